package dev.cerberus.training.evaluation;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

import dev.cerberus.engine.GateOptions;
import dev.cerberus.gate.AdaptiveGate;
import dev.cerberus.gate.AlwaysGate;
import dev.cerberus.gate.CostCurve;
import dev.cerberus.gate.Experience;
import dev.cerberus.gate.Gate;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.gate.NeverGate;
import dev.cerberus.gate.StepOutcome;
import dev.cerberus.gate.ThresholdGate;
import dev.cerberus.gate.TreeSizer;
import dev.cerberus.tree.DraftTree;
import dev.cerberus.tree.TreeShape;

/**
 * An oracle over a recording: what any gate with any tree would have given.
 *
 * <p>
 * The gates and trees are the engine's own classes. Used by one thread.
 */
/*
 * A step that starts at root token i and accepts a draft tokens yields tokens i+1 …
 * i+a+1, and the next step starts at i+a+1, whose draft was recorded too. Candidates are
 * replayed by rank: the "token" of a candidate is its rank, and it is accepted where the
 * recorded answer's next token had that rank.
 */
public final class Replay {

    private final Recording recording;

    /**
     * Creates an oracle.
     * @param recording the recording
     */
    public Replay(Recording recording) {
        this.recording = recording;
    }

    /**
     * Returns the recording.
     * @return the recording
     */
    public Recording recording() {
        return this.recording;
    }

    /**
     * Decodes all recorded answers.
     * @param plan how
     * @return counts and times
     * @throws IllegalArgumentException if the plan needs more nodes or candidates than
     * were recorded
     */
    public ReplayResult run(ReplayPlan plan) {
        return run(plan, (answer) -> true);
    }

    /**
     * Decodes some of the recorded answers.
     * @param plan how
     * @param which the answers that count
     * @return counts and times
     * @throws IllegalArgumentException if the plan needs more nodes or candidates than
     * were recorded
     */
    public ReplayResult run(ReplayPlan plan, Predicate<RecordedAnswer> which) {
        requireRecorded(plan);
        Run run = new Run(plan);
        this.recording.answers().stream().filter(which).forEach(run::decode);
        return run.result();
    }

    private void requireRecorded(ReplayPlan plan) {
        Optional<TreeShape> used = plan.shape().map((shape) -> shape.limitedTo(this.recording.heads()));
        int nodes = used.map(TreeShape::nodeCount).orElse(plan.maxNodes());
        if (nodes > this.recording.maxNodes()) {
            throw new IllegalArgumentException("the recording knows the cost of at most " + this.recording.maxNodes()
                    + " draft nodes, asked for " + nodes
                    + (used.isPresent() ? "; give a smaller --tree" : "; give a smaller --max-nodes")
                    + ", or record again with a larger --max-nodes on a device that verifies as many in a step");
        }
        used.ifPresent((shape) -> {
            for (int depth = 1; depth <= shape.depth(); depth++) {
                if (shape.width(depth) > this.recording.ranks()) {
                    throw new IllegalArgumentException(
                            "the recording holds " + this.recording.ranks() + " candidates per head, tree shape "
                                    + shape + " needs " + shape.width(depth) + "; use a narrower tree");
                }
            }
        });
    }

    /** Returns the draft at a position, its tokens being ranks. */
    DraftTree draft(RecordedPosition position, Optional<TreeShape> shape, int maxNodes) {
        RecordedDraft recorded = position.draft();
        if (shape.isPresent()) {
            return filled(position, shape.get().limitedTo(position.heads()));
        }
        int n = Math.min(maxNodes, recorded.nodeCount());
        double[] probabilities = new double[n];
        for (int i = 0; i < n; i++) {
            probabilities[i] = recorded.pathProbabilities()[i];
        }
        return new DraftTree(0, Arrays.copyOf(recorded.ranks(), n), Arrays.copyOf(recorded.parents(), n), probabilities,
                position.headConfidence(), position.headEntropyNats());
    }

    /*
     * Nodes of the shape that were not among the recorded ones, all of them unlikely,
     * count nothing in what the tree is expected to yield. Whether they are accepted is
     * known all the same, from the true ranks.
     */
    private static DraftTree filled(RecordedPosition position, TreeShape shape) {
        int n = shape.nodeCount();
        int[] ranks = new int[n];
        int[] parents = new int[n];
        int[] recorded = new int[n + 1];
        double[] probabilities = new double[n];
        for (int i = 0; i < n; i++) {
            ranks[i] = shape.rank(i);
            parents[i] = shape.parentInTree(i);
            boolean known = parents[i] == 0 || recorded[parents[i]] > 0;
            recorded[i + 1] = known ? position.draft().child(recorded[parents[i]], ranks[i]) : 0;
            probabilities[i] = (recorded[i + 1] == 0) ? 0 : position.draft().pathProbabilities()[recorded[i + 1] - 1];
        }
        return new DraftTree(0, ranks, parents, probabilities, position.headConfidence(), position.headEntropyNats());
    }

    /**
     * Returns the nodes of the path, among the first ones, that agrees with the answer.
     */
    static int[] acceptedNodes(DraftTree draft, int nodes, int[] trueRanks) {
        int[] path = new int[trueRanks.length];
        int at = 0;
        for (int depth = 0; depth < trueRanks.length; depth++) {
            at = child(draft, nodes, at, trueRanks[depth]);
            if (at == 0) {
                return Arrays.copyOf(path, depth);
            }
            path[depth] = at - 1;
        }
        return path;
    }

    /** Returns a node's child with the given token as index plus 1; 0 if it has none. */
    private static int child(DraftTree draft, int nodes, int parent, int token) {
        for (int i = parent; i < nodes; i++) {
            if (draft.parent(i) == parent && draft.token(i) == token) {
                return i + 1;
            }
        }
        return 0;
    }

    static double signal(GateSignal signal, RecordedPosition position, DraftTree draft) {
        return switch (signal) {
            case HIDDEN_ENTROPY -> position.hiddenEntropyNats();
            case VOCAB_ENTROPY -> position.vocabEntropyNats();
            case TOP1_MARGIN -> position.top1Margin();
            case HEAD_CONFIDENCE -> draft.headConfidence();
            case HEAD_ENTROPY -> draft.headEntropyNats();
            case TREE_EXPECTATION -> draft.expectation(draft.nodeCount());
        };
    }

    /**
     * One decoding of all answers.
     */
    private final class Run {

        private final ReplayPlan plan;

        private final double[] stepSeconds;

        private final double headsSeconds;

        private final CostCurve costs;

        private final Experience experience = new Experience();

        private long tokens;

        private long plainSteps;

        private long steps;

        private long draftSteps;

        private long zeroAcceptSteps;

        private long draftedTokens;

        private long acceptedDraftTokens;

        private double seconds;

        Run(ReplayPlan plan) {
            this.plan = plan;
            this.stepSeconds = Replay.this.recording.stepSeconds();
            this.headsSeconds = Replay.this.recording.headsSeconds();
            this.costs = new CostCurve(this.stepSeconds, this.headsSeconds);
        }

        private Gate gate() {
            GateOptions options = this.plan.gate();
            TreeSizer sizer = new TreeSizer(this.costs, this.experience);
            return switch (options.mode()) {
                case NEVER -> new NeverGate();
                case ALWAYS -> new AlwaysGate(sizer);
                case THRESHOLD -> new ThresholdGate(options.signal(), options.threshold(), sizer);
                case ADAPTIVE -> new AdaptiveGate(sizer);
            };
        }

        void decode(RecordedAnswer answer) {
            Gate gate = gate();
            this.tokens += answer.outputTokens();
            this.plainSteps += answer.positions().size();
            int root = 0;
            while (root < answer.positions().size()) {
                root += 1 + step(gate, answer, root);
            }
        }

        private int step(Gate gate, RecordedAnswer answer, int root) {
            RecordedPosition position = answer.positions().get(root);
            double plain = this.stepSeconds[0];
            if (position.heads() == 0) {
                count(0, 0, plain);
                gate.observe(StepOutcome.plain(false, 0, plain));
                return 0;
            }
            DraftTree draft = draft(position, this.plan.shape(), this.plan.maxNodes());
            ToDoubleFunction<GateSignal> signals = (signal) -> signal(signal, position, draft);
            if (!gate.consultsHeads(signals)) {
                count(0, 0, plain);
                gate.observe(StepOutcome.plain(false, 0, plain));
                return 0;
            }
            boolean whole = this.plan.shape().isPresent() || this.plan.fixedSize();
            int nodes = gate.decide(draft.pathProbabilities(), whole, signals).nodes();
            int[] accepted = acceptedNodes(draft, nodes, position.trueRanks());
            double verifySeconds = this.stepSeconds[nodes];
            // a drafted end-of-sequence token ends the answer and is no part of it
            int kept = Math.min(accepted.length, answer.outputTokens() - root - 1);
            count(nodes, kept, verifySeconds + this.headsSeconds);
            gate.observe(new StepOutcome(Arrays.copyOf(draft.pathProbabilities(), nodes), accepted, true,
                    this.headsSeconds, verifySeconds));
            return accepted.length;
        }

        private void count(int nodes, int accepted, double time) {
            this.steps++;
            this.seconds += time;
            if (nodes > 0) {
                this.draftSteps++;
                this.draftedTokens += nodes;
                this.acceptedDraftTokens += accepted;
                this.zeroAcceptSteps += (accepted == 0) ? 1 : 0;
            }
        }

        ReplayResult result() {
            return new ReplayResult(this.tokens, this.steps, this.draftSteps, this.zeroAcceptSteps, this.draftedTokens,
                    this.acceptedDraftTokens, this.seconds, this.plainSteps * this.stepSeconds[0]);
        }

    }

}
