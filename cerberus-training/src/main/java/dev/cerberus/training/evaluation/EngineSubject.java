package dev.cerberus.training.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

import dev.cerberus.decode.DecodeStep;
import dev.cerberus.decode.FinishReason;
import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.CostEstimate;
import dev.cerberus.engine.EngineDescription;
import dev.cerberus.engine.EngineListener;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.Prompt;
import dev.cerberus.gate.Distributions;
import dev.cerberus.gate.GateMode;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;
import dev.cerberus.model.NodeScores;
import dev.cerberus.sample.GumbelNoise;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.tree.DraftTree;
import dev.cerberus.tree.TreeShape;

/**
 * An engine under evaluation; nobody else may send it requests meanwhile.
 *
 * <p>
 * Whoever opened the engine closes it.
 */
public final class EngineSubject implements Subject {

    /** The heads run at every step, and never is one of their drafts verified. */
    private static final GateOptions LOOK_ONLY = new GateOptions(GateMode.THRESHOLD, GateSignal.HEAD_CONFIDENCE, 2);

    private static final EngineListener IDLE = new EngineListener() {
    };

    private final CerberusEngine engine;

    private volatile EngineListener observer = IDLE;

    /**
     * Starts to observe an engine.
     * @param engine the engine
     */
    public EngineSubject(CerberusEngine engine) {
        this.engine = engine;
        engine.addListener(new EngineListener() {
            @Override
            public void onDraft(NodeScores scores, int node, Optional<DraftTree> draft) {
                EngineSubject.this.observer.onDraft(scores, node, draft);
            }

            @Override
            public void onStep(DecodeStep step) {
                EngineSubject.this.observer.onStep(step);
            }
        });
    }

    @Override
    public EngineDescription description() {
        return this.engine.description();
    }

    @Override
    public CostEstimate costs() {
        return this.engine.costs();
    }

    @Override
    public Observation run(GenerationRequest request) {
        List<DecodeStep> steps = new ArrayList<>();
        GenerationResult result = generate(request, new EngineListener() {
            @Override
            public void onStep(DecodeStep step) {
                steps.add(step);
            }
        });
        return new Observation(result, steps);
    }

    private GenerationResult generate(GenerationRequest request, EngineListener listener) {
        this.observer = listener;
        try {
            return this.engine.generate(request);
        }
        finally {
            this.observer = IDLE;
        }
    }

    @Override
    public OptionalDouble margin(GenerationRequest request, int[] answer, int position) {
        int[] before = continuation(request, answer, position);
        if (before.length + 1 >= this.engine.description().dimensions().maxContext()) {
            return OptionalDouble.empty();
        }
        List<Double> margins = new ArrayList<>();
        generate(shortRequest(request, before, 2), new EngineListener() {
            @Override
            public void onDraft(NodeScores scores, int node, Optional<DraftTree> draft) {
                if (margins.isEmpty()) {
                    margins.add(topTwoMargin(scores.logits(node), request.sampling(), before.length));
                }
            }
        });
        return margins.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(margins.get(0));
    }

    private int[] continuation(GenerationRequest request, int[] answer, int length) {
        int[] prompt = this.engine.encode(request.prompt());
        int[] all = Arrays.copyOf(prompt, prompt.length + length);
        System.arraycopy(answer, 0, all, prompt.length, length);
        return all;
    }

    private static GenerationRequest shortRequest(GenerationRequest request, int[] prompt, int tokens) {
        return new GenerationRequest(new Prompt.Tokens(prompt), request.sampling(), tokens, tokens, List.of(),
                Optional.of(GateOptions.DEFAULT.withMode(GateMode.NEVER)), Optional.empty(), request.maxNodes(),
                request.drafting());
    }

    private static double topTwoMargin(float[] logits, SamplingOptions sampling, long position) {
        long key = GumbelNoise.key(sampling.seed(), position);
        double best = Double.NEGATIVE_INFINITY;
        double second = Double.NEGATIVE_INFINITY;
        for (int token = 0; token < logits.length; token++) {
            double score = logits[token];
            if (!sampling.greedy()) {
                score += sampling.temperature() * GumbelNoise.at(key, token);
            }
            if (score > best) {
                second = best;
                best = score;
            }
            else {
                second = Math.max(second, score);
            }
        }
        return best - second;
    }

    @Override
    public RecordedAnswer record(GenerationRequest request, int ranks) {
        HeadsDescription heads = description().heads()
            .orElseThrow(() -> new EvaluationException(
                    "A recording needs draft heads, and " + description().modelName() + " has none; give --heads"));
        if (heads.kind() == HeadsKind.HYDRA) {
            throw new EvaluationException("Hydra heads can not be recorded: what they propose depends on the tokens "
                    + "drafted before; record cerberus or medusa heads");
        }
        int width = Math.min(ranks, heads.draftVocabulary());
        DraftRecorder recorder = new DraftRecorder(width);
        GenerationRequest looking = new GenerationRequest(request.prompt(), request.sampling(),
                request.maxOutputTokens(), request.minOutputTokens(), request.stopStrings(), Optional.of(LOOK_ONLY),
                Optional.of(DraftRecorder.comb(heads.heads(), width)), request.maxNodes(), request.drafting());
        GenerationResult result = generate(looking, recorder);
        int[] tokens = result.tokens();
        boolean ended = result.finishReason() == FinishReason.STOP;
        int promptTokens = result.statistics().promptTokens();
        int context = description().dimensions().maxContext();
        if (ended) {
            tokens = Arrays.copyOf(tokens, tokens.length + 1);
            tokens[tokens.length - 1] = endOfSequence(request, result.tokens());
        }
        int budget = Math.min(request.maxOutputTokens(), context - promptTokens);
        return new RecordedAnswer("", 0, "all", tokens, budget, ended, recorder.positions(tokens));
    }

    /** Asks which token ended an answer: it is not part of the result. */
    private int endOfSequence(GenerationRequest request, int[] answer) {
        int[] before = continuation(request, answer, answer.length);
        return this.engine.generate(shortRequest(request, before, 1)).tokens()[0];
    }

    /**
     * Notes what is known at the begin of every step.
     */
    private static final class DraftRecorder implements EngineListener {

        private final int ranks;

        private final List<Note> notes = new ArrayList<>();

        private record Note(double hiddenEntropy, double vocabEntropy, double margin, double headEntropy,
                int[][] tokens, float[][] probabilities) {
        }

        DraftRecorder(int ranks) {
            this.ranks = ranks;
        }

        /**
         * Returns the shape that shows every candidate of parallel heads: all ranks of
         * each head below the first candidates of the heads before it.
         */
        static TreeShape comb(int heads, int ranks) {
            List<int[]> paths = new ArrayList<>();
            for (int depth = 1; depth <= heads; depth++) {
                for (int rank = 0; rank < ranks; rank++) {
                    int[] path = new int[depth];
                    path[depth - 1] = rank;
                    paths.add(path);
                }
            }
            return TreeShape.ofPaths(paths);
        }

        @Override
        public void onDraft(NodeScores scores, int node, Optional<DraftTree> draft) {
            float[] logits = scores.logits(node);
            int heads = draft.map(DraftTree::nodeCount).orElse(0) / this.ranks;
            int[][] tokens = new int[heads][this.ranks];
            float[][] probabilities = new float[heads][this.ranks];
            if (draft.isPresent() && heads > 0) {
                DraftTree tree = draft.get();
                TreeShape shape = comb(heads, this.ranks);
                for (int i = 0; i < tree.nodeCount(); i++) {
                    int head = shape.depth(i) - 1;
                    double parent = (tree.parent(i) == 0) ? 1 : tree.pathProbability(tree.parent(i) - 1);
                    tokens[head][shape.rank(i)] = tree.token(i);
                    probabilities[head][shape.rank(i)] = (parent > 0) ? (float) (tree.pathProbability(i) / parent) : 0;
                }
            }
            this.notes.add(new Note(Distributions.entropyNats(scores.hidden(node)), Distributions.entropyNats(logits),
                    Distributions.top1Margin(logits), draft.map(DraftTree::headEntropyNats).orElse(0.0), tokens,
                    probabilities));
        }

        List<RecordedPosition> positions(int[] answer) {
            List<RecordedPosition> positions = new ArrayList<>();
            for (int i = 0; i < this.notes.size(); i++) {
                Note note = this.notes.get(i);
                int[] trueRanks = new int[Math.min(note.tokens().length, answer.length - i - 1)];
                for (int depth = 1; depth <= trueRanks.length; depth++) {
                    trueRanks[depth - 1] = rank(note.tokens()[depth - 1], answer[i + depth]);
                }
                positions.add(new RecordedPosition(note.hiddenEntropy(), note.vocabEntropy(), note.margin(),
                        note.headEntropy(), note.probabilities(), trueRanks));
            }
            return positions;
        }

        private static int rank(int[] candidates, int token) {
            int rank = 0;
            while (rank < candidates.length && candidates[rank] != token) {
                rank++;
            }
            return rank;
        }

    }

}
