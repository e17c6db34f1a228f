package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.HeadsFile;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.model.DraftHeads;
import dev.cerberus.model.DraftRoot;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.tree.DraftLimits;
import dev.cerberus.tree.DraftTree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Draft heads computed with loops, straight from the tensors of the file.
 */
final class NaiveHeads {

    private final HeadsFile file;

    private final HeadsDescription heads;

    private final float[] embedding;

    private final float[] targetLmHead;

    NaiveHeads(HeadsFile file, ModelConfig config, Checkpoint checkpoint) {
        this.file = file;
        this.heads = file.description();
        this.embedding = checkpoint.floats("model.embed_tokens.weight");
        this.targetLmHead = config.tieWordEmbeddings() ? this.embedding : checkpoint.floats("lm_head.weight");
    }

    record Path(int[] tokens, double probability) {
    }

    /**
     * Asserts that random heads propose what their tensors say, beside a model in a
     * number format.
     * @param directory where model and heads are written
     * @param tolerance of the probabilities of paths
     */
    static void assertProposed(ExactFormat format, HeadsDescription heads, java.nio.file.Path directory,
            double tolerance) {
        RandomHeads.target(directory);
        java.nio.file.Path file = directory.resolve("heads.safetensors");
        RandomHeads.heads(heads, directory, false).write(file);
        HeadsFile written = HeadsFile.read(file);
        ModelConfig config = ModelConfig.read(directory);
        int[] prompt = { 3, 17, 40, 5, 5, 29 };
        try (Checkpoint checkpoint = Checkpoint.open(directory);
                DjlTargetModel model = format.load(directory);
                DraftHeads draftHeads = DjlDraftHeads.load(written, OptionalInt.empty(), config, checkpoint, model);
                KvCache cache = model.newCache(32);
                NodeScores scores = model.prefill(cache, prompt)) {
            DraftTree tree = draftHeads
                .propose(new DraftRoot(scores, 0, 7, prompt.length, SamplingOptions.GREEDY, false, 8))
                .draft(DraftLimits.of(8, heads.heads()));
            double[] expected = new NaiveHeads(written, config, checkpoint).best(scores.hidden(0), 7, 8, heads.heads())
                .stream()
                .mapToDouble(Path::probability)
                .toArray();
            assertThat(Arrays.copyOf(tree.pathProbabilities(), expected.length)).containsExactly(expected,
                    within(tolerance));
        }
    }

    /** The likeliest paths of all, by trying every one of them. */
    List<Path> best(float[] hidden, int root, int nodes, int depth) {
        List<Path> all = new ArrayList<>();
        List<Path> level = List.of(new Path(new int[] { root }, 1));
        for (int d = 0; d < depth; d++) {
            List<Path> next = new ArrayList<>();
            for (Path path : level) {
                if (this.heads.kind() != HeadsKind.HYDRA && path.probability() < 0.03) {
                    continue; // what is rarer gets no children
                }
                double[] p = probabilities(hidden, path.tokens());
                for (int i = 0; i < p.length; i++) {
                    int[] tokens = Arrays.copyOf(path.tokens(), d + 2);
                    tokens[d + 1] = this.file.draftVocabulary()[i];
                    next.add(new Path(tokens, path.probability() * p[i]));
                }
            }
            next.sort(Comparator.comparingDouble(Path::probability).reversed());
            level = next.subList(0, Math.min(next.size(), nodes));
            all.addAll(level);
        }
        all.sort(Comparator.comparingDouble(Path::probability).reversed());
        return all.stream()
            .limit(nodes)
            .map((path) -> new Path(Arrays.copyOfRange(path.tokens(), 1, path.tokens().length), path.probability()))
            .toList();
    }

    /** Token ids by falling probability. */
    int[] ranked(float[] hidden, int[] path) {
        double[] p = probabilities(hidden, path);
        return IntStream.range(0, p.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -p[i]))
            .mapToInt((i) -> this.file.draftVocabulary()[i])
            .toArray();
    }

    /** The largest probabilities that a temperature leaves of the first head's. */
    double[] flattened(float[] hidden, int root, double temperature, int count) {
        double[] weights = Arrays.stream(probabilities(hidden, new int[] { root }))
            .map((value) -> Math.pow(value, 1 / temperature))
            .toArray();
        double total = Arrays.stream(weights).sum();
        double[] falling = Arrays.stream(weights).map((value) -> -value / total).sorted().limit(count).toArray();
        return Arrays.stream(falling).map((value) -> -value).toArray();
    }

    double[] probabilities(float[] hidden, int[] path) {
        return probabilities(hidden, path, path.length - 1);
    }

    double[] probabilities(float[] hidden, int[] path, int head) {
        double[] state = switch (this.heads.kind()) {
            case CERBERUS -> lattice(hidden, embedding(path[0]))[head];
            case MEDUSA -> blocks(head, doubles(hidden), 0);
            case HYDRA -> {
                double[] z = doubles(hidden);
                for (int i = 0; i <= head; i++) {
                    z = concat(z, embedding(path[i]));
                }
                yield blocks(head, z, 0);
            }
        };
        return softmax(state, head, path);
    }

    private double[][] lattice(float[] hidden, double[] root) {
        double[] h = doubles(hidden);
        double[] e = this.heads.rootConditioned() ? root : new double[0];
        int count = this.heads.heads();
        double[][] states = new double[count][];
        for (int i = 0; i < count; i++) {
            states[i] = block(i, 0, concat(h, e));
        }
        for (int layer = 1; layer < this.heads.layers(); layer++) {
            double[][] next = new double[count][];
            for (int i = 0; i < count; i++) {
                double[] neighbour = this.heads.linked() ? ((i == 0) ? h : states[i - 1]) : states[i];
                next[i] = block(i, layer, concat(concat(states[i], neighbour), e));
            }
            states = next;
        }
        return states;
    }

    private double[] blocks(int head, double[] input, int from) {
        double[] state = input;
        for (int layer = from; layer < this.heads.layers(); layer++) {
            state = block(head, layer, state);
        }
        return state;
    }

    private double[] block(int head, int layer, double[] z) {
        double[] gated = product(this.file.blockWeight(head, layer).floats(), z);
        double[] kept = this.file.hasResidual() ? product(this.file.blockResidual(head, layer).floats(), z) : z;
        float[] bias = this.file.blockBias(head, layer).floats();
        double[] out = new double[gated.length];
        for (int i = 0; i < out.length; i++) {
            double x = gated[i] + bias[i];
            out[i] = kept[i] + x / (1 + Math.exp(-x));
        }
        return out;
    }

    private double[] softmax(double[] state, int head, int[] path) {
        int hidden = this.heads.hiddenSize();
        float[] rows;
        if (this.heads.ownLmHead()) {
            rows = this.file.lmHead(head).floats();
        }
        else if (this.file.sharedLmHead().isPresent()) {
            rows = this.file.sharedLmHead().get().floats();
        }
        else {
            int[] vocabulary = this.file.draftVocabulary();
            rows = new float[vocabulary.length * hidden];
            for (int i = 0; i < vocabulary.length; i++) {
                System.arraycopy(this.targetLmHead, vocabulary[i] * hidden, rows, i * hidden, hidden);
            }
        }
        double[] p = product(rows, state);
        int rank = this.heads.transitionRank();
        if (rank > 0 && head > 0) {
            int found = Arrays.binarySearch(this.file.draftVocabulary(), path[head]);
            int from = ((found >= 0) ? found : p.length) * rank;
            double[] scores = product(this.file.transitionsTo().floats(),
                    doubles(Arrays.copyOfRange(this.file.transitionsFrom().floats(), from, from + rank)));
            for (int i = 0; i < p.length; i++) {
                p[i] += scores[i];
            }
        }
        for (int i = 0; i < p.length; i++) {
            p[i] /= this.file.temperature();
        }
        double max = Arrays.stream(p).max().getAsDouble();
        double total = 0;
        for (int i = 0; i < p.length; i++) {
            p[i] = Math.exp(p[i] - max);
            total += p[i];
        }
        for (int i = 0; i < p.length; i++) {
            p[i] /= total;
        }
        return p;
    }

    private double[] embedding(int token) {
        int hidden = this.heads.hiddenSize();
        return doubles(Arrays.copyOfRange(this.embedding, token * hidden, (token + 1) * hidden));
    }

    private static double[] product(float[] matrix, double[] x) {
        double[] y = new double[matrix.length / x.length];
        for (int i = 0; i < y.length; i++) {
            for (int j = 0; j < x.length; j++) {
                y[i] += matrix[i * x.length + j] * x[j];
            }
        }
        return y;
    }

    private static double[] concat(double[] a, double[] b) {
        double[] joined = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, joined, a.length, b.length);
        return joined;
    }

    private static double[] doubles(float[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i];
        }
        return result;
    }

}
