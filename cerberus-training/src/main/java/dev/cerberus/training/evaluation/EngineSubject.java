package dev.cerberus.training.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

import dev.cerberus.decode.DecodeListener;
import dev.cerberus.decode.DecodeStep;
import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.CostEstimate;
import dev.cerberus.engine.EngineDescription;
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
import dev.cerberus.sample.LogitChanges;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.tree.DraftTree;
import dev.cerberus.tree.HeadCandidates;

/**
 * An engine under evaluation; nobody else may send it requests meanwhile.
 *
 * <p>
 * Whoever opened the engine closes it.
 */
public final class EngineSubject implements Subject {

    /** The heads run at every step, and never is one of their drafts verified. */
    private static final GateOptions LOOK_ONLY = new GateOptions(GateMode.THRESHOLD, GateSignal.HEAD_CONFIDENCE, 2);

    /** Nodes noted per position; a static tree may have a few that are not among them. */
    private static final int RECORDED_NODES = 64;

    private final CerberusEngine engine;

    private volatile DecodeListener observer = DecodeListener.NONE;

    /**
     * Starts to observe an engine.
     * @param engine the engine
     */
    public EngineSubject(CerberusEngine engine) {
        this.engine = engine;
        engine.observeSteps(new DecodeListener() {
            @Override
            public void onDraft(NodeScores scores, int node, Optional<DraftTree> draft) {
                EngineSubject.this.observer.onDraft(scores, node, draft);
            }

            @Override
            public void onToken(NodeScores scores, int node, int token) {
                EngineSubject.this.observer.onToken(scores, node, token);
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
        GenerationResult result = generate(request, new DecodeListener() {
            @Override
            public void onStep(DecodeStep step) {
                steps.add(step);
            }
        });
        return new Observation(result, steps);
    }

    private GenerationResult generate(GenerationRequest request, DecodeListener listener) {
        this.observer = listener;
        try {
            return this.engine.generate(request);
        }
        finally {
            this.observer = DecodeListener.NONE;
        }
    }

    @Override
    public OptionalDouble margin(GenerationRequest request, int[] answer, int position) {
        int[] before = continuation(request, answer, position);
        if (before.length + 1 >= this.engine.description().dimensions().maxContext()) {
            return OptionalDouble.empty();
        }
        List<Double> margins = new ArrayList<>();
        generate(shortRequest(request, before, 2), new DecodeListener() {
            @Override
            public void onDraft(NodeScores scores, int node, Optional<DraftTree> draft) {
                if (margins.isEmpty()) {
                    float[] logits = changed(scores.logits(node), request.sampling(), before, before.length - position);
                    if (position < request.minOutputTokens()) {
                        withoutEnd(logits);
                    }
                    margins.add(topTwoMargin(logits, request.sampling(), before.length));
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

    /** Changes logits as the choice of the token after an answer does. */
    private static float[] changed(float[] logits, SamplingOptions sampling, int[] text, int promptLength) {
        LogitChanges changes = new LogitChanges(sampling, Arrays.copyOf(text, promptLength));
        changes.apply(logits, Arrays.copyOfRange(text, promptLength, text.length));
        return logits;
    }

    /** What can not be chosen there is no rival of what is. */
    private void withoutEnd(float[] logits) {
        for (int end : this.engine.endOfSequence()) {
            if (end < logits.length) {
                logits[end] = Float.NEGATIVE_INFINITY;
            }
        }
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
                Optional.empty(), Optional.of(RECORDED_NODES), request.drafting().within(false));
        GenerationResult result = generate(looking, recorder);
        int[] tokens = recorder.tokens();
        boolean ended = tokens.length > result.tokens().length;
        int promptTokens = result.statistics().promptTokens();
        int context = description().dimensions().maxContext();
        int budget = Math.min(request.maxOutputTokens(), context - promptTokens);
        return new RecordedAnswer("", 0, "all", tokens, budget, ended, recorder.positions(tokens));
    }

    /**
     * Notes what is known at the begin of every step.
     */
    private static final class DraftRecorder implements DecodeListener {

        private final int ranks;

        private final List<Note> notes = new ArrayList<>();

        private final List<Integer> tokens = new ArrayList<>();

        private record Note(double hiddenEntropy, double vocabEntropy, double margin, Optional<DraftTree> draft) {

            RecordedPosition position(int[] answer, int index, int ranks) {
                Optional<HeadCandidates> candidates = this.draft.flatMap(DraftTree::candidates);
                if (candidates.isEmpty()) {
                    return RecordedPosition.plain(this.hiddenEntropy, this.vocabEntropy, this.margin);
                }
                int[] following = RecordedPosition.following(answer, index, candidates.get().heads());
                return RecordedPosition.of(this.hiddenEntropy, this.vocabEntropy, this.margin, this.draft.orElseThrow(),
                        candidates.get(), ranks, following);
            }

        }

        DraftRecorder(int ranks) {
            this.ranks = ranks;
        }

        @Override
        public void onDraft(NodeScores scores, int node, Optional<DraftTree> draft) {
            float[] logits = scores.logits(node);
            this.notes.add(new Note(Distributions.entropyNats(scores.hidden(node)), Distributions.entropyNats(logits),
                    Distributions.top1Margin(logits), draft));
        }

        @Override
        public void onToken(NodeScores scores, int node, int token) {
            this.tokens.add(token);
        }

        /** Returns the tokens of the answer, and the one that ended it if one did. */
        int[] tokens() {
            return this.tokens.stream().mapToInt(Integer::intValue).toArray();
        }

        List<RecordedPosition> positions(int[] answer) {
            List<RecordedPosition> positions = new ArrayList<>();
            for (int i = 0; i < this.notes.size(); i++) {
                positions.add(this.notes.get(i).position(answer, i, this.ranks));
            }
            return positions;
        }

    }

}
