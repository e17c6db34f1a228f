package dev.cerberus.recipe.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CorpusTests {

    @TempDir
    Path folder;

    @Test
    void batchWhenDocumentIsAloneShiftsTargetsByOne() throws IOException {
        // tokens 5 6 7 0, mask 0 0 1 1: 7 is learnt at the position of 6, 0 at the
        // position of 7
        Corpus corpus = corpus(new int[] { 5, 6, 7, 0 }, new int[] { 0, 0, 1, 1 });
        BatchPolicy policy = new BatchPolicy(16, 16, 0, 8, 0);
        List<Corpus.PlannedBatch> plan = corpus.plan(policy, 1);
        assertThat(plan).hasSize(1);
        Batch batch = corpus.batch(plan.get(0), policy);
        assertThat(batch.length()).isEqualTo(16);
        assertThat(batch.tokens()).startsWith(5, 6, 7, 0);
        assertThat(batch.positions()).containsExactly(1, 2);
        assertThat(batch.targets()).containsExactly(7, 0);
        assertThat(batch.weights()).containsExactly(1, 1);
    }

    @Test
    void batchWhenDocumentsArePackedDoesNotPredictOneFromAnother() throws IOException {
        Corpus corpus = corpus(new int[] { 5, 0, 6, 0 }, new int[] { 1, 1, 1, 1 });
        BatchPolicy policy = new BatchPolicy(16, 16, 1, 8, 0);
        Batch batch = corpus.batch(corpus.plan(policy, 1).get(0), policy);
        assertThat(batch.positions()).containsExactly(0, 2);
        assertThat(batch.targets()).containsExactly(0, 0);
    }

    @Test
    void planCoversEveryTargetOnce() throws IOException {
        int[] tokens = new int[3000];
        Map<Integer, Integer> expected = new HashMap<>();
        int start = 0;
        for (int i = 0; i < tokens.length; i++) {
            // Documents of growing length; some are longer than the longest sequence.
            tokens[i] = (i - start == 3 + start / 20 || i == tokens.length - 1) ? 0 : i + 1;
            if (i > start) {
                expected.merge(tokens[i], 1, Integer::sum);
            }
            if (tokens[i] == 0) {
                start = i + 1;
            }
        }
        int[] mask = new int[tokens.length];
        Arrays.fill(mask, 1);
        Corpus corpus = corpus(tokens, mask);
        BatchPolicy policy = new BatchPolicy(128, 64, 0, 4, 0);
        Map<Integer, Integer> seen = new HashMap<>();
        for (Corpus.PlannedBatch planned : corpus.plan(policy, 3)) {
            Batch batch = corpus.batch(planned, policy);
            assertThat(batch.tokens().length).isLessThanOrEqualTo(128);
            for (long target : batch.targets()) {
                seen.merge((int) target, 1, Integer::sum);
            }
        }
        assertThat(seen).isEqualTo(expected);
    }

    @Test
    void planWhenSeedIsEqualIsEqual() throws IOException {
        int[] tokens = new int[400];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = i % 7;
        }
        Corpus corpus = corpus(tokens, new int[400]);
        BatchPolicy policy = new BatchPolicy(32, 16, 0.5, 4, 0);
        assertThat(corpus.plan(policy, 9)).isEqualTo(corpus.plan(policy, 9)).isNotEqualTo(corpus.plan(policy, 10));
    }

    @Test
    void readWhenMaskHasAnotherLengthExplains() {
        assertThatIllegalArgumentException().isThrownBy(() -> corpus(new int[] { 1, 0 }, new int[] { 1 }))
            .withMessageContaining("has 1 entries but")
            .withMessageContaining("has 2 tokens");
    }

    private Corpus corpus(int[] tokens, int[] mask) throws IOException {
        write(this.folder, "tokens", tokens, mask);
        return Corpus.read(this.folder.resolve("tokens.bin"), this.folder.resolve("tokens-mask.bin"), 0);
    }

    static void write(Path folder, String name, int[] tokens, int[] mask) throws IOException {
        ByteBuffer ids = ByteBuffer.allocate(tokens.length * 2).order(ByteOrder.LITTLE_ENDIAN);
        for (int token : tokens) {
            ids.putShort((short) token);
        }
        byte[] bits = new byte[mask.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = (byte) mask[i];
        }
        Files.write(folder.resolve(name + ".bin"), ids.array());
        Files.write(folder.resolve(name + "-mask.bin"), bits);
    }

}
