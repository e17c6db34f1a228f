package dev.cerberus.constrain;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How long compiling and masks take over a vocabulary of 150 000 tokens. The bounds are
 * wide, for machines that do something else too; the figures are logged.
 */
class ConstraintSpeedTests {

    private static final Logger LOGGER = LoggerFactory.getLogger(ConstraintSpeedTests.class);

    @Test
    void compilingAndMasksAreFast() throws IOException {
        long start = System.nanoTime();
        TokenVocabulary vocabulary = TestVocabularies.of("qwen2.5", "<|im_end|>");
        LOGGER.info("vocabulary of {} tokens read and ordered in {} ms", vocabulary.size(),
                (System.nanoTime() - start) / 1_000_000);
        Figures figures = measure(vocabulary);
        LOGGER.info("compile: {}", figures.compile);
        LOGGER.info("mask, each state once per schema: {}", figures.masks);
        LOGGER.info("mask or look-up, every token: {}", figures.all);
        LOGGER.info("one token looked up: {}", figures.allows);
        assertThat(figures.compile.at(0.5)).isLessThan(100_000);
        assertThat(figures.all.at(0.5)).isLessThan(2_000);
        assertThat(figures.masks.at(0.99)).isLessThan(200_000);
    }

    private static Figures measure(TokenVocabulary vocabulary) throws IOException {
        Figures figures = new Figures();
        SplittableRandom random = new SplittableRandom(11);
        try (InputStream in = ConstraintSpeedTests.class.getResourceAsStream("schemas.json")) {
            for (JsonNode schema : new JsonMapper().readTree(in)) {
                long start = System.nanoTime();
                Grammar grammar = SchemaCompiler.compile(schema.toString(), SchemaOptions.DEFAULT, new CompileBudget());
                Constraints constraints = new Constraints(grammar, vocabulary, false);
                figures.compile.add(System.nanoTime() - start);
                List<TokenConstraint> seen = new ArrayList<>();
                for (int answer = 0; answer < 6; answer++) {
                    walk(constraints.start(), random, figures, seen);
                }
            }
        }
        return figures;
    }

    private static void walk(TokenConstraint start, SplittableRandom random, Figures figures,
            List<TokenConstraint> seen) {
        TokenConstraint at = start;
        for (int count = 0; count < 60 && !at.isComplete(); count++) {
            long before = System.nanoTime();
            TokenMask mask = at.allowed();
            long nanos = System.nanoTime() - before;
            figures.all.add(nanos);
            if (!seen.contains(at)) {
                seen.add(at);
                figures.masks.add(nanos);
            }
            int[] allowed = mask.tokens().toArray();
            int token = allowed[random.nextInt(allowed.length)];
            long asked = System.nanoTime();
            boolean possible = at.next(token).isPresent();
            figures.allows.add(System.nanoTime() - asked);
            if (!possible) {
                return; // the end
            }
            at = at.after(token);
        }
    }

    private static final class Figures {

        private final Times compile = new Times();

        private final Times masks = new Times();

        private final Times all = new Times();

        private final Times allows = new Times();

    }

    /** Times in nanoseconds. */
    private static final class Times {

        private long[] values = new long[1024];

        private int count;

        void add(long nanos) {
            if (this.count == this.values.length) {
                this.values = Arrays.copyOf(this.values, 2 * this.count);
            }
            this.values[this.count++] = nanos;
        }

        /** Returns a quantile in microseconds. */
        double at(double share) {
            long[] sorted = Arrays.copyOf(this.values, this.count);
            Arrays.sort(sorted);
            return sorted[Math.min(this.count - 1, (int) (share * this.count))] / 1e3;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%d times, p50 %.1f us, p90 %.1f us, p99 %.1f us, largest %.1f us",
                    this.count, at(0.5), at(0.9), at(0.99), at(1));
        }

    }

}
