package dev.cerberus.training;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.model.Span;
import dev.cerberus.model.TargetModel;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.training.TrainingOptions.Distillation;
import dev.cerberus.tree.CandidateTree;

/**
 * Computes the hidden states of answers that a target model wrote elsewhere, and keeps
 * them in files as {@link SelfDistillation} does. The model reads many tokens in the time
 * in which it would write one. Used by one thread.
 */
final class AnsweredText {

    private static final Logger LOGGER = LoggerFactory.getLogger(AnsweredText.class);

    private static final int MOST_ANSWERS = 256;

    /** Rows of a forward; more make it no faster on a CPU. */
    private static final int MOST_ROWS = 64;

    private final Distillation options;

    private final List<WrittenAnswer> answers;

    private final int answersOfAFile;

    private final Path directory;

    /**
     * Creates the text of some answers.
     * @param options how much of them to take, and whether with soft labels
     * @param answers the answers, at least one
     * @param hidden width of the states
     * @param work folder for the files
     * @param reader everything else that decides what is computed: model, number format
     */
    AnsweredText(Distillation options, List<WrittenAnswer> answers, int hidden, Path work, String reader) {
        this.options = options;
        this.answers = answers;
        int longest = answers.stream().mapToInt((answer) -> answer.tokens().length).max().orElseThrow();
        this.answersOfAFile = Math.min(MOST_ANSWERS, DistilledFile.sequencesOf(longest, hidden));
        Fingerprint fingerprint = new Fingerprint().add("answers|" + reader + "|" + options.softLabels());
        answers.forEach((answer) -> fingerprint.add(answer.prompt()).add(answer.tokens()));
        this.directory = work.resolve("distilled-" + fingerprint.name());
    }

    /** Returns the most tokens of an answer with its prompt. */
    int longest() {
        return this.answers.stream()
            .mapToInt((answer) -> answer.prompt().length + answer.tokens().length)
            .max()
            .orElseThrow();
    }

    /**
     * Computes what is not there yet, until there is as much as asked for.
     * @param targets gives the model; called only if something is missing
     * @return the files, in order
     */
    List<Path> run(Supplier<TargetModel> targets) {
        List<List<WrittenAnswer>> parts = parts();
        List<Path> files = IntStream.range(0, parts.size())
            .mapToObj((index) -> this.directory.resolve(String.format(Locale.ROOT, "part-%05d.safetensors", index)))
            .toList();
        long there = IntStream.range(0, files.size())
            .takeWhile((index) -> Files.exists(files.get(index)))
            .mapToLong((index) -> tokens(parts.get(index)))
            .sum();
        long all = parts.stream().mapToLong(AnsweredText::tokens).sum();
        if (there < all) {
            Progress progress = new Progress("read answers", all, there, "tokens");
            TargetModel target = targets.get();
            for (int index = 0; index < files.size(); index++) {
                if (!Files.exists(files.get(index))) {
                    read(target, parts.get(index), files.get(index), progress);
                }
            }
        }
        return files;
    }

    private List<List<WrittenAnswer>> parts() {
        List<List<WrittenAnswer>> parts = new ArrayList<>();
        long tokens = 0;
        int from = 0;
        while (from < this.answers.size() && tokens < this.options.tokens()) {
            int to = Math.min(this.answers.size(), from + this.answersOfAFile);
            parts.add(this.answers.subList(from, to));
            tokens += tokens(this.answers.subList(from, to));
            from = to;
        }
        if (from < this.answers.size()) {
            LOGGER.warn("{} of {} answers are taken, which are {} tokens; raise --tokens for more", from,
                    this.answers.size(), tokens);
        }
        return parts;
    }

    private static long tokens(List<WrittenAnswer> answers) {
        return answers.stream().mapToLong((answer) -> answer.tokens().length).sum();
    }

    private void read(TargetModel target, List<WrittenAnswer> answers, Path file, Progress progress) {
        List<Continuation> sequences = new ArrayList<>();
        DistilledFile part = new DistilledFile(file, sequences);
        for (WrittenAnswer answer : answers) {
            Continuation continuation = new Continuation(answer.prompt(), SamplingOptions.GREEDY,
                    this.options.softLabels() ? SelfDistillation.SOFT_RANKS : 0);
            sequences.add(continuation);
            read(target, answer, part.begin());
            continuation.finish();
            progress.step(answer.tokens().length);
        }
        part.save();
    }

    /*
     * The state that a token was chosen from is that of the token before it. So the last
     * token of an answer is not read at all.
     */
    private static void read(TargetModel target, WrittenAnswer answer, Continuation continuation) {
        int[] tokens = answer.tokens();
        int rows = Math.min(MOST_ROWS, target.rowLimit());
        try (KvCache cache = target.newCache(answer.prompt().length + tokens.length)) {
            try (NodeScores scores = target.prefill(cache, answer.prompt())) {
                continuation.onToken(scores, 0, tokens[0]);
            }
            int read = 0;
            while (read < tokens.length - 1) {
                int count = Math.min(Math.min(rows, cache.treeRows()), tokens.length - 1 - read);
                int[] piece = Arrays.copyOfRange(tokens, read, read + count);
                int[] parents = IntStream.range(-1, count - 1).toArray();
                Span span = new Span.Tree(cache, CandidateTree.of(piece, parents));
                try (NodeScores scores = target.forward(List.of(span)).get(0)) {
                    for (int node = 0; node < count; node++) {
                        continuation.onToken(scores, node, tokens[read + node + 1]);
                    }
                }
                cache.commit(IntStream.range(0, count).toArray());
                read += count;
            }
        }
    }

}
