package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.HeadsFile;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.ModelFileException;
import dev.cerberus.model.DraftHeads;
import dev.cerberus.model.DraftPlan;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;
import dev.cerberus.model.ModelException;
import dev.cerberus.model.NodeScores;
import dev.cerberus.sample.GumbelNoise;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.tree.DraftTree;
import dev.cerberus.tree.HeadCandidates;
import dev.cerberus.tree.Transitions;
import dev.cerberus.tree.TreeShape;

/**
 * Draft heads as a TorchScript program beside a target model, in the target's number
 * format.
 *
 * <p>
 * Parallel heads take one native call per draft, serial ones a call per depth. Confined
 * to the thread of the target model, and to be closed before it.
 */
public final class DjlDraftHeads implements DraftHeads {

    /**
     * Candidates of one head that a free tree can use; further ones are never worth it.
     */
    private static final int MAX_RANKS = 32;

    /** Candidates of one head that are ranked again by noise when sampling. */
    private static final int COUPLED_RANKS = 64;

    /** Candidates of one head that transitions choose from. */
    private static final int FOLLOWING_RANKS = 256;

    /**
     * Up to this vocabulary, handing over whole distributions is faster than finding the
     * best tokens natively.
     */
    private static final int LARGEST_WHOLE = 2048;

    private final HeadsDescription description;

    private final int[] vocabulary;

    private final boolean whole;

    private final double temperature;

    private Optional<Transitions> transitions; // as sharp as the last draft wanted them

    private final NDManager manager;

    private final ScriptModule program;

    private final IValue[] weights;

    private final IValue embedding;

    private final IValue rotation;

    private DjlDraftHeads(HeadsFile file, HeadsDescription description, ModelConfig config, Checkpoint checkpoint,
            DjlTargetModel target, NDManager manager, int largestWhole) {
        this.description = description;
        this.vocabulary = file.draftVocabulary();
        this.temperature = file.temperature();
        this.transitions = (description.transitionRank() > 0) ? Optional
            .of(new Transitions(this.vocabulary, file.transitionsFrom().floats(), file.transitionsTo().floats()))
                : Optional.empty();
        this.whole = this.vocabulary.length <= largestWhole;
        this.manager = manager;
        LinearKernel kernel = target.device().linearKernel(target.precision());
        HeadsProgram drafting = HeadsProgram.forDrafting(description, kernel, target.precision(),
                config.vocabularySize());
        this.program = ScriptModule.load(this.manager, drafting.draftSource().toString());
        try (HeadsWeights loader = new HeadsWeights(file, description, target.precision(), kernel, this.manager)) {
            this.weights = loader.load(config, checkpoint);
        }
        this.embedding = ScriptModule.argument(target.embedding());
        this.rotation = target.rotation();
    }

    /**
     * Loads heads for a target model.
     * @param file the heads
     * @param count use only the first heads; empty for all in the file
     * @param config the target's configuration
     * @param checkpoint the target's weights; may be closed afterwards
     * @param target the target model, which must outlive the heads
     * @return the heads; the caller closes them
     * @throws ModelFileException if the heads belong to another target, or have fewer
     * heads than asked for
     * @throws ModelException if memory runs out
     */
    public static DjlDraftHeads load(HeadsFile file, OptionalInt count, ModelConfig config, Checkpoint checkpoint,
            DjlTargetModel target) {
        return load(file, count, config, checkpoint, target, LARGEST_WHOLE);
    }

    static DjlDraftHeads load(HeadsFile file, OptionalInt count, ModelConfig config, Checkpoint checkpoint,
            DjlTargetModel target, int largestWhole) {
        file.requireTarget(config, checkpoint);
        HeadsDescription all = file.description();
        int used = count.orElse(all.heads());
        if (used < 1 || used > all.heads()) {
            throw new ModelFileException(file.file(), "has " + all.heads() + " heads, asked for " + used,
                    "set cerberus.heads.count to 1.." + all.heads() + " or leave it out");
        }
        NDManager manager = target.device().newManager();
        try {
            return new DjlDraftHeads(file, all.first(used), config, checkpoint, target, manager, largestWhole);
        }
        catch (ModelException | ModelFileException ex) {
            manager.close();
            throw ex;
        }
        catch (EngineException | IllegalArgumentException ex) {
            manager.close();
            throw new ModelException("The heads in " + file.file() + " can not be loaded on " + target.device().name()
                    + ": " + ex.getMessage(), ex);
        }
    }

    @Override
    public HeadsDescription description() {
        return this.description;
    }

    @Override
    public DraftTree draft(NodeScores scores, int node, DraftPlan plan) {
        DjlNodeScores tensors = (DjlNodeScores) scores;
        int depth = Math.min(plan.maxDepth(), this.description.heads());
        plan.shape().ifPresent((shape) -> requireFit(shape, depth));
        int ranks = Math.min(this.vocabulary.length,
                plan.shape().map(DjlDraftHeads::width).orElse(Math.min(plan.maxNodes(), MAX_RANKS)));
        try (IValue hidden = ScriptModule.argument(tensors.states());
                IValue at = IValue.from((long) tensors.row(node))) {
            return (this.description.kind() == HeadsKind.HYDRA) ? serial(hidden, at, plan, depth, ranks)
                    : parallel(hidden, at, plan, depth, ranks);
        }
        catch (EngineException ex) {
            throw new ModelException("The draft heads failed: " + ex.getMessage(), ex);
        }
    }

    private void requireFit(TreeShape shape, int depth) {
        if (shape.depth() > depth || width(shape) > this.vocabulary.length) {
            throw new IllegalArgumentException("tree shape " + shape + " is " + shape.depth() + " deep and "
                    + width(shape) + " wide; these heads allow a depth of " + depth + " and " + this.vocabulary.length
                    + " candidates");
        }
    }

    private static int width(TreeShape shape) {
        int width = 0;
        for (int depth = 1; depth <= shape.depth(); depth++) {
            width = Math.max(width, shape.width(depth));
        }
        return width;
    }

    private DraftTree parallel(IValue hidden, IValue node, DraftPlan plan, int depth, int ranks) {
        try (IValue root = IValue.from((long) plan.rootToken())) {
            HeadCandidates candidates = candidates(plan, depth, ranks,
                    (scale, fetched) -> call(scale, fetched, hidden, node, root));
            return plan.shape()
                .map((shape) -> candidates.fill(plan.rootToken(), shape))
                .orElseGet(() -> candidates.dynamic(plan.rootToken(), plan.maxNodes(), plan.maxDepth(), plan.lookup(),
                        plan.growth()));
        }
    }

    private HeadCandidates candidates(DraftPlan plan, int depth, int ranks, Call call) {
        HeadCandidates candidates = this.whole ? HeadCandidates.whole(this.vocabulary, fetch(plan, 0, call), depth)
                : listed(plan, depth, ranks, call);
        if (this.transitions.isPresent()) {
            candidates = candidates.with(transitions(plan));
        }
        if (coupled(plan)) {
            long[] keys = new long[depth];
            for (int head = 0; head < depth; head++) {
                keys[head] = GumbelNoise.key(plan.sampling().seed(), plan.rootPosition() + head + 1L);
            }
            candidates = candidates.with((head, token) -> GumbelNoise.at(keys[head], token));
        }
        return candidates;
    }

    private Transitions transitions(DraftPlan plan) {
        Transitions sharpened = this.transitions.orElseThrow().withSharpness(scale(plan));
        this.transitions = Optional.of(sharpened);
        return sharpened;
    }

    /**
     * Returns what the heads' scores are multiplied by. Coupled candidates are ranked by
     * what the target is believed to compare, and get their doubts afterwards.
     */
    private double scale(DraftPlan plan) {
        SamplingOptions sampling = plan.sampling();
        if (sampling.greedy()) {
            return 1 / this.temperature;
        }
        return 1 / (coupled(plan) ? sampling.temperature() : this.temperature * sampling.temperature());
    }

    private HeadCandidates listed(DraftPlan plan, int depth, int ranks, Call call) {
        int wanted = Math.max(ranks,
                this.transitions.isPresent() ? FOLLOWING_RANKS : coupled(plan) ? COUPLED_RANKS : 0);
        int fetched = Math.min(wanted, this.vocabulary.length);
        float[] result = fetch(plan, fetched, call);
        int[][] tokens = new int[depth][];
        double[][] probabilities = new double[depth][];
        for (int head = 0; head < depth; head++) {
            RankedTokens ranked = RankedTokens.read(result, head, fetched, this.vocabulary);
            tokens[head] = ranked.tokens();
            probabilities[head] = ranked.probabilities();
        }
        return new HeadCandidates(tokens, probabilities,
                RankedTokens.read(result, 0, fetched, this.vocabulary).entropyNats());
    }

    private static boolean coupled(DraftPlan plan) {
        return plan.coupled() && !plan.sampling().greedy();
    }

    private DraftTree serial(IValue hidden, IValue node, DraftPlan plan, int depth, int ranks) {
        SerialDrafter drafter = new SerialDrafter(plan.rootToken(), (index, paths) -> {
            try (IValue tokens = IValue.listFrom(flat(plan.rootToken(), paths));
                    IValue head = IValue.from((long) index)) {
                return rank(plan, ranks, plan.rootPosition() + index + 1L,
                        (scale, fetched) -> call(scale, fetched, hidden, node, tokens, head));
            }
        });
        return plan.shape().map(drafter::fill).orElseGet(() -> drafter.dynamic(plan.maxNodes(), depth));
    }

    private static long[] flat(int rootToken, List<int[]> paths) {
        int width = paths.get(0).length + 1;
        long[] tokens = new long[paths.size() * width];
        for (int i = 0; i < paths.size(); i++) {
            tokens[i * width] = rootToken;
            for (int j = 1; j < width; j++) {
                tokens[i * width + j] = paths.get(i)[j - 1];
            }
        }
        return tokens;
    }

    /** One native call: scale of the logits and number of candidates to result rows. */
    @FunctionalInterface
    private interface Call {

        IValue run(IValue scale, IValue ranks);

    }

    /** Calls the program with what is special to a call before what all have. */
    private IValue call(IValue scale, IValue ranks, IValue... first) {
        IValue[] arguments = Arrays.copyOf(first, first.length + this.weights.length + 4);
        arguments[first.length] = this.embedding;
        arguments[first.length + 1] = this.rotation;
        System.arraycopy(this.weights, 0, arguments, first.length + 2, this.weights.length);
        arguments[arguments.length - 2] = scale;
        arguments[arguments.length - 1] = ranks;
        return this.program.call("draft", arguments);
    }

    private float[] fetch(DraftPlan plan, int ranks, Call call) {
        try (IValue scale = IValue.from(scale(plan));
                IValue count = IValue.from((long) ranks);
                IValue output = call.run(scale, count);
                NDArray rows = output.toTensor((PtNDManager) this.manager)) {
            return rows.toFloatArray();
        }
    }

    /** Returns the candidates of every row, all being for one position. */
    private List<RankedTokens> rank(DraftPlan plan, int ranks, long position, Call call) {
        int fetched = coupled(plan) ? Math.min(Math.max(COUPLED_RANKS, ranks), this.vocabulary.length) : ranks;
        float[] result = fetch(plan, fetched, call);
        long key = GumbelNoise.key(plan.sampling().seed(), position);
        List<RankedTokens> ranked = new ArrayList<>();
        for (int row = 0; row < result.length / (2 * fetched + 1); row++) {
            RankedTokens tokens = RankedTokens.read(result, row, fetched, this.vocabulary);
            ranked.add(coupled(plan) ? tokens.coupled(key, ranks) : tokens);
        }
        return ranked;
    }

    @Override
    public void close() {
        Arrays.stream(this.weights).forEach(IValue::close);
        this.embedding.close();
        this.program.close();
        this.manager.close();
    }

}
