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

import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.HeadsFile;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.ModelFileException;
import dev.cerberus.model.DraftHeads;
import dev.cerberus.model.DraftProposal;
import dev.cerberus.model.DraftRoot;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;
import dev.cerberus.model.ModelException;
import dev.cerberus.sample.GumbelNoise;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.tree.DraftLimits;
import dev.cerberus.tree.DraftTree;
import dev.cerberus.tree.HeadCandidates;
import dev.cerberus.tree.SharpenedTransitions;
import dev.cerberus.tree.Transitions;
import dev.cerberus.tree.TreeShape;

/**
 * Draft heads as a TorchScript program beside a target model, in the target's number
 * format or, where that is exact enough for guesses and faster, in int8.
 *
 * <p>
 * Parallel heads take one native call for the roots of all sequences, serial ones a call
 * per depth and root. Confined to the thread of the target model, and to be closed before
 * it.
 */
public final class DjlDraftHeads implements DraftHeads {

    /** Candidates of one head that are ranked again by noise when sampling. */
    private static final int COUPLED_RANKS = 64;

    /** Candidates of one head that transitions choose from. */
    private static final int FOLLOWING_RANKS = 256;

    /**
     * Up to this vocabulary, handing over whole distributions is faster than finding the
     * best tokens natively.
     */
    private static final int LARGEST_WHOLE = 2048;

    /**
     * Heads are sure of one token long before this, and scores times its reciprocal are
     * still numbers.
     */
    private static final double LEAST_TEMPERATURE = 1e-4;

    private final TorchDevice device;

    private final HeadsDescription description;

    private final int[] vocabulary;

    private final boolean whole;

    private final double temperature;

    private final Optional<SharpenedTransitions> transitions;

    private final int rootsPerCall;

    private final NDManager manager;

    private final ScriptModule program;

    private final IValue[] weights;

    private final IValue embedding;

    private final IValue rotation;

    private DjlDraftHeads(HeadsFile file, HeadsDescription description, ModelConfig config, Checkpoint checkpoint,
            DjlTargetModel target, NDManager manager, int largestWhole) {
        this.device = target.device();
        this.description = description;
        this.vocabulary = file.draftVocabulary();
        this.temperature = file.temperature();
        this.transitions = (description.transitionRank() > 0) ? Optional.of(new SharpenedTransitions(
                new Transitions(this.vocabulary, file.transitionsFrom().floats(), file.transitionsTo().floats())))
                : Optional.empty();
        this.whole = this.vocabulary.length <= largestWhole;
        this.manager = manager;
        LinearKernel kernel = target.device()
            .headsKernel(target.precision(), HeadsProgram.weightsRead(description, config.vocabularySize()));
        // Scores of all heads are rows of one product.
        this.rootsPerCall = Math.max(1, kernel.exactRows() / description.heads());
        HeadsProgram drafting = HeadsProgram.forDrafting(description, kernel, target.precision(),
                config.vocabularySize());
        String basis = target.device().linearKernel(target.precision()).basis();
        boolean tabled = HeadsProgram.isTabled(description, config.vocabularySize());
        double balance = (kernel.quantized() && !tabled) ? InputBalance.of(file, description) : 1;
        this.program = ScriptModule.load(this.manager, drafting.draftSource(basis, balance).toString());
        try (HeadsWeights loader = new HeadsWeights(file, description, target.precision(), kernel, balance,
                this.manager)) {
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
            throw new ModelFileException(file.file().toString(), "has " + all.heads() + " heads, asked for " + used,
                    List.of(Remedy.of("set", Setting.HEADS_COUNT, "to 1.." + all.heads() + " or leave it out")));
        }
        NDManager manager = target.device().newManager();
        boolean loaded = false;
        try {
            DjlDraftHeads heads = new DjlDraftHeads(file, all.first(used), config, checkpoint, target, manager,
                    largestWhole);
            loaded = true;
            return heads;
        }
        catch (EngineException | IllegalArgumentException ex) {
            throw new ModelException("The heads in " + file.file() + " can not be loaded on " + target.device().name()
                    + ": " + ex.getMessage(), ex);
        }
        finally {
            if (!loaded) {
                manager.close();
            }
        }
    }

    @Override
    public HeadsDescription description() {
        return this.description;
    }

    @Override
    public List<DraftProposal> propose(List<DraftRoot> roots) {
        if (this.description.kind() == HeadsKind.HYDRA) {
            return roots.stream().map((root) -> (DraftProposal) (limits) -> serial(root, limits)).toList();
        }
        List<DraftProposal> proposals = new ArrayList<>(roots.size());
        for (int from = 0; from < roots.size(); from += this.rootsPerCall) {
            proposals.addAll(parallel(roots.subList(from, Math.min(roots.size(), from + this.rootsPerCall))));
        }
        return proposals;
    }

    /** Proposes for roots that fit into one native call. */
    private List<DraftProposal> parallel(List<DraftRoot> roots) {
        int fetched = this.whole ? 0 : fetched(roots);
        float[] result = guess(roots, fetched);
        int width = result.length / roots.size();
        List<DraftProposal> proposals = new ArrayList<>(roots.size());
        for (int i = 0; i < roots.size(); i++) {
            DraftRoot root = roots.get(i);
            HeadCandidates candidates = candidates(root, Arrays.copyOfRange(result, i * width, (i + 1) * width),
                    fetched);
            proposals.add((limits) -> {
                requireFit(limits);
                return candidates.draft(root.token(), limits);
            });
        }
        return proposals;
    }

    private void requireFit(DraftLimits limits) {
        int depth = Math.min(limits.maxDepth(), this.description.heads());
        limits.shape().ifPresent((shape) -> {
            if (shape.depth() > depth || shape.width() > this.vocabulary.length) {
                throw new IllegalArgumentException("tree shape " + shape + " is " + shape.depth() + " deep and "
                        + shape.width() + " wide; these heads allow a depth of " + depth + " and "
                        + this.vocabulary.length + " candidates");
            }
        });
    }

    /**
     * Returns how many candidates of a head are fetched: what any root could want, so
     * that among equals those are chosen that are chosen for a root alone.
     */
    private int fetched(List<DraftRoot> roots) {
        int wanted = roots.stream().mapToInt(DraftRoot::ranks).max().orElseThrow();
        int usual = this.transitions.isEmpty() ? COUPLED_RANKS : FOLLOWING_RANKS;
        return Math.min(Math.max(wanted, usual), this.vocabulary.length);
    }

    /** Returns a row per root and head. */
    private float[] guess(List<DraftRoot> roots, int ranks) {
        int count = roots.size();
        List<NDArray> states = new ArrayList<>(count);
        long[] rows = new long[count];
        long[] tokens = new long[count];
        double[] factors = new double[count];
        for (int i = 0; i < count; i++) {
            DraftRoot root = roots.get(i);
            DjlNodeScores scores = (DjlNodeScores) root.scores();
            states.add(scores.states());
            rows[i] = scores.row(root.node());
            tokens[i] = root.token();
            factors[i] = scale(root);
        }
        try (IValue hidden = ScriptModule.listArgument(states);
                IValue nodes = IValue.listFrom(rows);
                IValue chosen = IValue.listFrom(tokens);
                IValue scales = IValue.listFrom(factors)) {
            return fetch(ranks, scales, hidden, nodes, chosen);
        }
    }

    private HeadCandidates candidates(DraftRoot root, float[] result, int fetched) {
        int heads = this.description.heads();
        HeadCandidates candidates = this.whole ? HeadCandidates.whole(this.vocabulary, result, heads)
                : listed(root, result, fetched);
        if (this.transitions.isPresent()) {
            candidates = candidates.with(this.transitions.get().with(scale(root)));
        }
        if (root.isCoupled()) {
            long[] keys = new long[heads];
            for (int head = 0; head < heads; head++) {
                keys[head] = GumbelNoise.key(root.sampling().seed(), root.position() + head + 1L);
            }
            candidates = candidates.with((head, token) -> GumbelNoise.at(keys[head], token));
        }
        return candidates;
    }

    private HeadCandidates listed(DraftRoot root, float[] result, int fetched) {
        int kept = (this.transitions.isEmpty() && !root.isCoupled()) ? Math.min(fetched, root.ranks()) : fetched;
        int heads = this.description.heads();
        int[][] tokens = new int[heads][];
        double[][] probabilities = new double[heads][];
        for (int head = 0; head < heads; head++) {
            RankedTokens ranked = RankedTokens.read(result, head, fetched, this.vocabulary);
            tokens[head] = Arrays.copyOf(ranked.tokens(), kept);
            probabilities[head] = Arrays.copyOf(ranked.probabilities(), kept);
        }
        return new HeadCandidates(tokens, probabilities,
                RankedTokens.read(result, 0, fetched, this.vocabulary).entropyNats());
    }

    /**
     * Returns what the heads' scores are multiplied by. Coupled candidates are ranked by
     * what the target is believed to compare, and get their doubts afterwards.
     */
    private double scale(DraftRoot root) {
        SamplingOptions sampling = root.sampling();
        if (sampling.greedy()) {
            return 1 / this.temperature;
        }
        double temperature = Math.max(sampling.temperature(), LEAST_TEMPERATURE);
        return 1 / (root.isCoupled() ? temperature : this.temperature * temperature);
    }

    private DraftTree serial(DraftRoot root, DraftLimits limits) {
        requireFit(limits);
        int depth = Math.min(limits.maxDepth(), this.description.heads());
        int ranks = Math.min(this.vocabulary.length,
                limits.shape().map(TreeShape::width).orElse(Math.min(limits.maxNodes(), root.ranks())));
        DjlNodeScores scores = (DjlNodeScores) root.scores();
        try (IValue hidden = ScriptModule.argument(scores.states());
                IValue node = IValue.from((long) scores.row(root.node()));
                IValue scale = IValue.from(scale(root))) {
            SerialDrafter drafter = new SerialDrafter(root.token(), (index, paths) -> {
                try (IValue tokens = IValue.listFrom(flat(root.token(), paths));
                        IValue head = IValue.from((long) index)) {
                    int fetched = root.isCoupled() ? Math.min(Math.max(COUPLED_RANKS, ranks), this.vocabulary.length)
                            : ranks;
                    float[] result = fetch(fetched, scale, hidden, node, tokens, head);
                    return ranked(result, root, fetched, ranks, root.position() + index + 1L);
                }
            });
            return limits.shape().map(drafter::fill).orElseGet(() -> drafter.dynamic(limits.maxNodes(), depth));
        }
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

    /** Returns the candidates of every row, all being for one position. */
    private List<RankedTokens> ranked(float[] result, DraftRoot root, int fetched, int ranks, long position) {
        long key = GumbelNoise.key(root.sampling().seed(), position);
        List<RankedTokens> ranked = new ArrayList<>();
        for (int row = 0; row < result.length / (2 * fetched + 1); row++) {
            RankedTokens tokens = RankedTokens.read(result, row, fetched, this.vocabulary);
            ranked.add(root.isCoupled() ? tokens.coupled(key, ranks) : tokens);
        }
        return ranked;
    }

    /** Calls the program with what is special to a call before what all have. */
    private float[] fetch(int ranks, IValue scale, IValue... first) {
        try (IValue count = IValue.from((long) ranks)) {
            IValue[] arguments = Arrays.copyOf(first, first.length + this.weights.length + 4);
            arguments[first.length] = this.embedding;
            arguments[first.length + 1] = this.rotation;
            System.arraycopy(this.weights, 0, arguments, first.length + 2, this.weights.length);
            arguments[arguments.length - 2] = scale;
            arguments[arguments.length - 1] = count;
            try (IValue output = this.program.call("draft", arguments);
                    NDArray rows = output.toTensor((PtNDManager) this.manager)) {
                return rows.toFloatArray();
            }
        }
        catch (EngineException ex) {
            throw this.device.stepFailed("The draft heads", ex);
        }
    }

    @Override
    public void close() {
        Arrays.stream(this.weights).forEach(IValue::close);
        this.embedding.close();
        this.program.close();
        this.manager.close();
    }

}
