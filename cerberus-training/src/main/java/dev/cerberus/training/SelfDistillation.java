package dev.cerberus.training;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.djl.DjlBatchGenerator;
import dev.cerberus.hf.Safetensors;
import dev.cerberus.hf.SafetensorsWriter;
import dev.cerberus.hf.TensorType;
import dev.cerberus.training.TrainingOptions.Distillation;

/**
 * Lets the target model continue prompts and keeps what it wrote, with the hidden states,
 * in files of some hundred sequences each.
 *
 * <p>
 * Files that exist already are not written again, so that an interrupted run goes on
 * where it was, and a second training for the same target and data finds its text done.
 */
/*-
 * A file holds, for its sequences one after another,
 *
 *   tokens  [n]            what was written
 *   hidden  [n, hidden]    bf16, the state that each token was chosen from
 *   ends    [sequences]    index after the last token of each sequence
 *   likely  [n, ranks]     optional: the target's most probable tokens instead of tokens[i]
 *   shares  [n, ranks]     and their probabilities
 *
 * Every file is made from scratch and from its own random numbers: which files were there
 * before does not matter.
 */
final class SelfDistillation {

    private static final Logger LOGGER = LoggerFactory.getLogger(SelfDistillation.class);

    private static final int PROMPTS_PER_FILE = 256;

    static final int SOFT_RANKS = 8;

    private final Distillation options;

    private final List<int[]> prompts;

    private final Set<Integer> endOfSequence;

    private final int capacity;

    private final long seed;

    private final Path directory;

    /**
     * Creates a distillation.
     * @param options what to write
     * @param prompts what to continue, at least one
     * @param endOfSequence tokens that end a continuation
     * @param capacity longest sequence, prompt included
     * @param seed of the sampled continuations
     * @param work folder for the files
     * @param writer everything else that decides what is written: model, number format
     */
    SelfDistillation(Distillation options, List<int[]> prompts, Set<Integer> endOfSequence, int capacity, long seed,
            Path work, String writer) {
        this.options = options;
        this.prompts = prompts;
        this.endOfSequence = endOfSequence;
        this.capacity = capacity;
        this.seed = seed;
        this.directory = work.resolve("distilled-" + fingerprint(writer));
    }

    private String fingerprint(String writer) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            Distillation o = this.options;
            String settings = String.join("|", writer, Integer.toString(o.maxNewTokens()),
                    Double.toString(o.sampledShare()), Double.toString(o.temperature()), Integer.toString(o.slots()),
                    Boolean.toString(o.softLabels()), Integer.toString(this.capacity), Long.toString(this.seed),
                    this.endOfSequence.stream().sorted().toList().toString());
            digest.update(settings.getBytes(StandardCharsets.UTF_8));
            for (int[] prompt : this.prompts) {
                ByteBuffer bytes = ByteBuffer.allocate(4 * prompt.length + 4).putInt(prompt.length);
                for (int token : prompt) {
                    bytes.putInt(token);
                }
                digest.update(bytes.flip());
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, 12);
        }
        catch (NoSuchAlgorithmException ex) {
            throw new IllegalStateException("Every Java platform has SHA-256", ex);
        }
    }

    /**
     * Writes until there is as much text as asked for.
     * @param generator loads the target model; called only if something is missing
     * @return the files, in order
     */
    List<Path> run(Supplier<DjlBatchGenerator> generator) {
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
        Progress progress = new Progress("write text", this.options.tokens(), tokens, "tokens");
        try (DjlBatchGenerator target = generator.get()) {
            while (tokens < this.options.tokens() && offers(files.size())) {
                tokens += write(target, files.size(), progress);
                files.add(file(files.size()));
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
        try (Safetensors tensors = Safetensors.open(file)) {
            return tensors.info("tokens").elements();
        }
    }

    /*
     * Prompts are used again when they run out: first the other way (sampled instead of
     * greedy), then sampled with new numbers.
     */
    private boolean offers(int index) {
        long pass = (long) index * PROMPTS_PER_FILE / this.prompts.size();
        return pass == 0 || (pass == 1 && this.options.sampledShare() < 1) || this.options.sampledShare() > 0;
    }

    private boolean sampled(long item) {
        long pass = item / this.prompts.size();
        long at = item % this.prompts.size();
        double share = this.options.sampledShare();
        boolean first = Math.floor((at + 1) * share) > Math.floor(at * share);
        return (pass == 0) ? first : (pass > 1 || !first) && share > 0;
    }

    private long write(DjlBatchGenerator target, int index, Progress progress) {
        int first = index * PROMPTS_PER_FILE;
        int next = 0;
        // A small data set would otherwise be used many times for one file.
        int count = Math.min(PROMPTS_PER_FILE, Math.max(this.prompts.size(), 1));
        List<Sequence> all = new ArrayList<>();
        List<Sequence> running = new ArrayList<>();
        while (next < count || !running.isEmpty()) {
            while (next < count && target.hasRoom()) {
                long item = (long) first + next++;
                Sequence sequence = new Sequence(sampled(item), this.seed * 1_000_003 + item);
                DjlBatchGenerator.Written written = target.begin(this.prompts.get((int) (item % this.prompts.size())),
                        sequence.uniform());
                sequence.add(written, 0);
                all.add(sequence);
                running.add(sequence);
                endFinished(target, running, running.size() - 1);
            }
            if (!running.isEmpty()) {
                double[] uniforms = running.stream().mapToDouble(Sequence::uniform).toArray();
                DjlBatchGenerator.Written written = target.advance(uniforms);
                for (int slot = 0; slot < uniforms.length; slot++) {
                    running.get(slot).add(written, slot);
                }
                progress.step(uniforms.length);
                for (int slot = uniforms.length - 1; slot >= 0; slot--) {
                    endFinished(target, running, slot);
                }
            }
        }
        return save(all, file(index), target.hiddenBytes() / 2);
    }

    private void endFinished(DjlBatchGenerator target, List<Sequence> running, int slot) {
        Sequence sequence = running.get(slot);
        if (sequence.length() >= this.options.maxNewTokens() || target.length(slot) >= this.capacity
                || this.endOfSequence.contains(sequence.lastToken())) {
            target.end(slot);
            Sequence last = running.remove(running.size() - 1);
            if (slot < running.size()) {
                running.set(slot, last);
            }
        }
    }

    private long save(List<Sequence> sequences, Path file, int hidden) {
        int total = sequences.stream().mapToInt(Sequence::length).sum();
        ByteBuffer tokens = bytes(4 * total);
        ByteBuffer states = bytes(2 * hidden * total);
        ByteBuffer ends = bytes(4 * sequences.size());
        ByteBuffer likely = bytes(4 * SOFT_RANKS * total);
        ByteBuffer shares = bytes(4 * SOFT_RANKS * total);
        int end = 0;
        for (Sequence sequence : sequences) {
            end += sequence.length();
            ends.putInt(end);
            sequence.tokens.forEach(tokens::putInt);
            states.put(sequence.hidden.toByteArray());
            for (int i = 0; this.options.softLabels() && i < sequence.length(); i++) {
                for (int rank = 0; rank < SOFT_RANKS; rank++) {
                    boolean known = rank < sequence.likely.get(i).length;
                    likely.putInt(known ? sequence.likely.get(i)[rank] : 0);
                    shares.putFloat(known ? sequence.shares.get(i)[rank] : 0);
                }
            }
        }
        SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "cerberus-distilled")
            .add("tokens", TensorType.I32, new long[] { total }, tokens.flip())
            .add("hidden", TensorType.BF16, new long[] { total, hidden }, states.flip())
            .add("ends", TensorType.I32, new long[] { sequences.size() }, ends.flip());
        if (this.options.softLabels()) {
            writer.add("likely", TensorType.I32, new long[] { total, SOFT_RANKS }, likely.flip())
                .add("shares", TensorType.F32, new long[] { total, SOFT_RANKS }, shares.flip());
        }
        writer.write(file);
        return total;
    }

    private static ByteBuffer bytes(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** One continuation while it is written. */
    private static final class Sequence {

        private final List<Integer> tokens = new ArrayList<>();

        private final ByteArrayOutputStream hidden = new ByteArrayOutputStream();

        private final List<int[]> likely = new ArrayList<>();

        private final List<float[]> shares = new ArrayList<>();

        private final boolean sampled;

        private final SplittableRandom random;

        Sequence(boolean sampled, long seed) {
            this.sampled = sampled;
            this.random = new SplittableRandom(seed);
        }

        double uniform() {
            return this.sampled ? this.random.nextDouble() : -1;
        }

        void add(DjlBatchGenerator.Written written, int row) {
            this.tokens.add(written.tokens()[row]);
            int width = written.hidden().length / written.tokens().length;
            this.hidden.write(written.hidden(), row * width, width);
            this.likely.add(written.likely()[row]);
            this.shares.add(written.probabilities()[row]);
        }

        int length() {
            return this.tokens.size();
        }

        int lastToken() {
            return this.tokens.get(this.tokens.size() - 1);
        }

    }

}
