package dev.cerberus.training;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.hf.Safetensors;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.training.TrainingOptions.Distillation;

/**
 * Lets the target model continue prompts and keeps what it wrote, with the hidden states,
 * in files of a few sequences at first and of some hundred later, so that little text is
 * not much work, and much not many files.
 *
 * <p>
 * Files that exist already are not written again, so that an interrupted run goes on
 * where it was, and a second training for the same target and data finds its text done.
 */
final class SelfDistillation {

    private static final Logger LOGGER = LoggerFactory.getLogger(SelfDistillation.class);

    private static final int FIRST_SEQUENCES = 8;

    private static final int MOST_SEQUENCES = 64;

    static final int SOFT_RANKS = 8;

    private final Distillation options;

    private final List<int[]> prompts;

    private final Set<Integer> endOfSequence;

    private final int capacity;

    private final long seed;

    private final int most; // sequences of a file, a power of two

    private final Path directory;

    /**
     * Creates a distillation.
     * @param options what to write
     * @param prompts what to continue, at least one
     * @param endOfSequence tokens that end a continuation
     * @param capacity longest sequence, prompt included
     * @param hidden width of the states
     * @param seed of the sampled continuations
     * @param work folder for the files
     * @param writer everything else that decides what is written: model, number format
     */
    SelfDistillation(Distillation options, List<int[]> prompts, Set<Integer> endOfSequence, int capacity, int hidden,
            long seed, Path work, String writer) {
        this.options = options;
        this.prompts = prompts;
        this.endOfSequence = endOfSequence;
        this.capacity = capacity;
        this.seed = seed;
        this.most = Integer
            .highestOneBit(Math.min(MOST_SEQUENCES, DistilledFile.sequencesOf(options.maxNewTokens(), hidden)));
        this.directory = work.resolve("distilled-" + fingerprint(writer));
    }

    private String fingerprint(String writer) {
        Distillation o = this.options;
        Fingerprint fingerprint = new Fingerprint().add(String.join("|", writer, FIRST_SEQUENCES + " to " + this.most,
                Integer.toString(o.maxNewTokens()), Double.toString(o.sampledShare()), Double.toString(o.temperature()),
                Integer.toString(o.slots()), Boolean.toString(o.softLabels()), Integer.toString(this.capacity),
                Long.toString(this.seed), this.endOfSequence.stream().sorted().toList().toString()));
        this.prompts.forEach(fingerprint::add);
        return fingerprint.name();
    }

    /**
     * Writes until there is as much text as asked for.
     * @param writers makes what writes; called only if something is missing
     * @return the files, in order
     */
    List<Path> run(Supplier<TextWriter> writers) {
        List<Path> files = new ArrayList<>();
        long tokens = 0;
        while (tokens < this.options.tokens() && Files.exists(file(files.size()))) {
            tokens += count(file(files.size()));
            files.add(file(files.size()));
        }
        if (!files.isEmpty()) {
            LOGGER.info("{} tokens are already there in {}", tokens, this.directory);
        }
        if (tokens >= this.options.tokens()) {
            return files;
        }
        if (offers(first(files.size()))) {
            Progress progress = new Progress("write text", this.options.tokens(), tokens, "tokens");
            try (TextWriter writer = writers.get()) {
                tokens += write(writer, files, this.options.tokens() - tokens, progress);
            }
        }
        if (tokens < this.options.tokens()) {
            LOGGER.warn("The data gave {} tokens of the {} asked for; give more data or a larger sampled share", tokens,
                    this.options.tokens());
        }
        return files;
    }

    private Path file(int index) {
        return this.directory.resolve(String.format(Locale.ROOT, "part-%05d.safetensors", index));
    }

    private static long count(Path file) {
        try (Safetensors tensors = DistilledFile.open(file)) {
            return tensors.info("tokens").elements();
        }
    }

    /**
     * Returns the sequences of all files before one: 0, 8, 16, 32, 64, 128, 192, … if a
     * file may have 64.
     */
    private long first(int file) {
        int few = Math.min(FIRST_SEQUENCES, this.most);
        int doublings = Integer.numberOfTrailingZeros(this.most / few) + 1;
        if (file > doublings) {
            return (long) this.most * (file - doublings + 1);
        }
        return (file == 0) ? 0 : (long) few << (file - 1);
    }

    /*
     * Prompts are used again when they run out: first the other way (sampled instead of
     * greedy), then sampled with new numbers. What is always greedy would be the same.
     */
    private boolean offers(long item) {
        return item < this.prompts.size() || this.options.sampledShare() > 0;
    }

    private boolean sampled(long item) {
        long pass = item / this.prompts.size();
        long at = item % this.prompts.size();
        double share = this.options.sampledShare();
        boolean first = Math.floor((at + 1) * share) > Math.floor(at * share);
        return (pass == 0) ? first : (pass > 1 || !first) && share > 0;
    }

    /*
     * Sequences of the next file begin while the last ones of a file are still being
     * written, so that the model always has as many as it can; not where the files at
     * work are likely to be enough. What a sequence is likely to become is what those
     * that are finished are on average.
     */
    private long write(TextWriter writer, List<Path> files, long wanted, Progress progress) {
        Deque<DistilledFile> open = new ArrayDeque<>();
        long saved = 0;
        long ended = 0; // sequences that were saved
        long written = 0;
        while (saved < wanted) {
            double likely = (ended == 0) ? this.options.maxNewTokens() / 2.0 : (double) saved / ended;
            DistilledFile beginning = beginning(open, files.size(), wanted - saved, likely);
            while (beginning != null && writer.hasRoom(beginning.next().prompt())) {
                writer.begin(beginning.begin());
                beginning = beginning(open, files.size(), wanted - saved, likely);
            }
            if (open.isEmpty()) {
                return saved; // the prompts are used up
            }
            writer.step();
            long now = saved + open.stream().mapToLong(DistilledFile::tokens).sum();
            progress.step(now - written);
            written = now;
            while (!open.isEmpty() && open.getFirst().isFinished()) {
                DistilledFile finished = open.removeFirst();
                finished.save();
                saved += finished.tokens();
                ended += finished.sequences();
                files.add(finished.path());
            }
        }
        return saved;
    }

    /** Returns the file of the sequence that begins next, if one may begin. */
    private @Nullable DistilledFile beginning(Deque<DistilledFile> open, int saved, long wanted, double likely) {
        DistilledFile last = open.peekLast();
        if (last != null && !last.isBegun()) {
            return last;
        }
        int index = saved + open.size();
        double expected = open.stream().mapToDouble((file) -> file.expected(likely)).sum();
        if (expected >= wanted || !offers(first(index))) {
            return null;
        }
        DistilledFile another = new DistilledFile(file(index), sequences(index));
        open.addLast(another);
        return another;
    }

    private List<Continuation> sequences(int index) {
        List<Continuation> sequences = new ArrayList<>();
        for (long item = first(index); item < first(index + 1) && offers(item); item++) {
            SamplingOptions sampling = sampled(item)
                    ? new SamplingOptions(this.options.temperature(), 0, 1, this.seed * 1_000_003 + item)
                    : SamplingOptions.GREEDY;
            sequences.add(new Continuation(this.prompts.get((int) (item % this.prompts.size())), sampling,
                    this.options.softLabels() ? SOFT_RANKS : 0));
        }
        return sequences;
    }

}
