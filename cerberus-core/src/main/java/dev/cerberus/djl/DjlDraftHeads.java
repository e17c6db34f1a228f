package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.List;
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

    private final HeadsDescription description;

    private final int[] vocabulary;

    private final NDManager manager;

    private final ScriptModule program;

    private final IValue weights;

    private final IValue embedding;

    private DjlDraftHeads(HeadsFile file, HeadsDescription description, ModelConfig config, Checkpoint checkpoint,
            DjlTargetModel target, NDManager manager) {
        this.description = description;
        this.vocabulary = file.draftVocabulary();
        this.manager = manager;
        LinearKernel kernel = target.device().linearKernel();
        HeadsProgram drafting = HeadsProgram.forDrafting(description, kernel, config.vocabularySize());
        this.program = ScriptModule.load(this.manager, drafting.source() + draftMethod(description, drafting.tabled()));
        try (HeadsWeights loader = new HeadsWeights(file, description, target.precision(), kernel, this.manager)) {
            this.weights = ScriptModule.listArgument(loader.load(config, checkpoint));
        }
        this.embedding = ScriptModule.argument(target.embedding());
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
        file.requireTarget(config, checkpoint);
        HeadsDescription all = file.description();
        int used = count.orElse(all.heads());
        if (used < 1 || used > all.heads()) {
            throw new ModelFileException(file.file(), "has " + all.heads() + " heads, asked for " + used,
                    "set cerberus.heads.count to 1.." + all.heads() + " or leave it out");
        }
        NDManager manager = target.device().newManager();
        try {
            return new DjlDraftHeads(file, all.first(used), config, checkpoint, target, manager);
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

    /*
     * Both methods return one row per head or node, [2·ranks + 1] float32: the
     * probabilities of the best candidates, their rows in the draft vocabulary, the
     * entropy. One tensor crosses to Java. The entropy is the logits' normalizer less
     * their mean, which needs no logarithm per token.
     */
    private static String draftMethod(HeadsDescription heads, boolean tabled) {
        String rows = """
                  def ranked(self: __torch__.M, logits: Tensor, scale: float, ranks: int) -> Tensor:
                    scaled = torch.mul(torch.to(logits, 6), scale)
                    p = torch.softmax(scaled, 1)
                    best, at, = torch.topk(p, ranks, 1)
                    top = torch.slice(at, 1, 0, 1)
                    normalizer = torch.sub(torch.gather(scaled, 1, top), torch.log(torch.slice(best, 1, 0, 1)))
                    entropy = torch.sub(normalizer, torch.sum(torch.mul(p, scaled), [1], True))
                    return torch.cat([best, torch.to(at, 6), entropy], 1)
                """;
        if (heads.kind() != HeadsKind.HYDRA) {
            return rows + """
                      def draft(self: __torch__.M, hs: Tensor, node: int, root: int, table: Tensor, ws: List[Tensor],
                                scale: float, ranks: int) -> Tensor:
                        h = torch.slice(hs, 0, node, torch.add(node, 1))
                        e = torch.slice(%s, 0, root, torch.add(root, 1))
                        logits = torch.squeeze((self).logits((self).states(h, e, ws), ws), 1)
                        return (self).ranked(logits, scale, ranks)
                    """.formatted(tabled ? "ws[1]" : "table");
        }
        int last = HeadsProgram.forTraining(heads).weightShapes().length - 1;
        return rows + """
                  def draft(self: __torch__.M, hs: Tensor, node: int, paths: List[int], head: int, table: Tensor,
                            ws: List[Tensor], scale: float, ranks: int) -> Tensor:
                    tokens = torch.tensor(paths, dtype=4, device=ops.prim.device(table))
                    seen = torch.mul(torch.add(head, 1), %1$d)
                    e = torch.reshape(torch.embedding(table, tokens), [-1, seen])
                    h = torch.slice(hs, 0, node, torch.add(node, 1))
                    z = torch.cat([torch.expand(h, [torch.size(e, 0), %1$d]), e], 1)
                    s = (self).state(z, head, ws)
                    return (self).ranked(%2$s, scale, ranks)
                """.formatted(heads.hiddenSize(), heads.ownLmHead()
                ? "torch.matmul(s, torch.select(ws[" + last + "], 0, head))" : "(self).logits(s, ws)");
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
        try (IValue hidden = ScriptModule.argument(tensors.hiddenStates()); IValue at = IValue.from((long) node)) {
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
            List<RankedTokens> heads = rank(plan, ranks, (scale, fetched) -> this.program.call("draft", hidden, node,
                    root, this.embedding, this.weights, scale, fetched), (row) -> row + 1);
            int[][] tokens = new int[depth][];
            double[][] probabilities = new double[depth][];
            for (int h = 0; h < depth; h++) {
                tokens[h] = heads.get(h).tokens();
                probabilities[h] = heads.get(h).probabilities();
            }
            HeadCandidates candidates = new HeadCandidates(tokens, probabilities, heads.get(0).entropyNats());
            return plan.shape()
                .map((shape) -> candidates.fill(plan.rootToken(), shape))
                .orElseGet(() -> candidates.dynamic(plan.rootToken(), plan.maxNodes(), plan.maxDepth(),
                        plan.continuation()));
        }
    }

    private DraftTree serial(IValue hidden, IValue node, DraftPlan plan, int depth, int ranks) {
        SerialDrafter drafter = new SerialDrafter(plan.rootToken(), (index, paths) -> {
            try (IValue tokens = IValue.listFrom(flat(plan.rootToken(), paths));
                    IValue head = IValue.from((long) index)) {
                return rank(plan, ranks, (scale, fetched) -> this.program.call("draft", hidden, node, tokens, head,
                        this.embedding, this.weights, scale, fetched), (row) -> index + 1);
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

    /** The depth that a result row is for. */
    @FunctionalInterface
    private interface RowDepth {

        int of(int row);

    }

    private List<RankedTokens> rank(DraftPlan plan, int ranks, Call call, RowDepth depths) {
        SamplingOptions sampling = plan.sampling();
        boolean coupled = plan.coupled() && !sampling.greedy();
        int fetched = coupled ? Math.min(Math.max(COUPLED_RANKS, ranks), this.vocabulary.length) : ranks;
        float[] result;
        try (IValue scale = IValue.from(sampling.greedy() ? 1.0 : 1 / sampling.temperature());
                IValue count = IValue.from((long) fetched);
                IValue output = call.run(scale, count);
                NDArray rows = output.toTensor((PtNDManager) this.manager)) {
            result = rows.toFloatArray();
        }
        List<RankedTokens> ranked = new ArrayList<>();
        for (int row = 0; row < result.length / (2 * fetched + 1); row++) {
            RankedTokens tokens = RankedTokens.read(result, row, fetched, this.vocabulary);
            long position = plan.rootPosition() + depths.of(row);
            ranked.add(coupled ? tokens.coupled(GumbelNoise.key(sampling.seed(), position), ranks) : tokens);
        }
        return ranked;
    }

    @Override
    public void close() {
        this.weights.close();
        this.embedding.close();
        this.program.close();
        this.manager.close();
    }

}
