package dev.cerberus.training.evaluation;

import java.util.ArrayList;
import java.util.List;

import dev.cerberus.engine.CostEstimate;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.model.HeadsDescription;

/**
 * A maker of recordings: it answers prompts token by token and notes what the heads
 * propose at every position.
 *
 * <p>
 * Used by one thread.
 */
public final class Recorder {

    /** Candidates noted per head: as many as a free tree can use. */
    private static final int RANKS = 32;

    private final Subject subject;

    private final BenchOptions options;

    private final CostEstimate costs;

    private final Bench.Progress progress;

    /**
     * Creates a recorder.
     * @param subject the model with its heads
     * @param options how answers are decoded
     * @param costs what steps cost on this machine
     * @param progress told about every recorded answer
     */
    public Recorder(Subject subject, BenchOptions options, CostEstimate costs, Bench.Progress progress) {
        this.subject = subject;
        this.options = options;
        this.costs = costs;
        this.progress = progress;
    }

    /**
     * Returns how many candidates of every head are recorded.
     * @param heads the heads
     * @return 1 or more
     */
    public static int ranks(HeadsDescription heads) {
        return Math.min(RANKS, heads.draftVocabulary());
    }

    /**
     * Answers and records all prompts.
     * @param conversations the prompts; later turns follow the answers recorded before
     * @return the recording
     * @throws EvaluationException if there are no parallel heads, or a prompt can not be
     * answered; the message names it
     */
    public Recording record(List<Conversation> conversations) {
        HeadsDescription heads = this.subject.description()
            .heads()
            .orElseThrow(() -> new EvaluationException("A recording needs draft heads, and "
                    + this.subject.description().modelName() + " has none; give --heads"));
        List<RecordedAnswer> recorded = new ArrayList<>();
        int total = conversations.stream().mapToInt((conversation) -> conversation.turns().size()).sum();
        for (Conversation conversation : conversations) {
            List<String> answers = new ArrayList<>();
            for (int turn = 0; turn < conversation.turns().size(); turn++) {
                GenerationRequest request = this.options.request(BenchMode.AUTOREGRESSIVE,
                        conversation.prompt(turn, answers, this.options.raw()), this.options.maxTokens());
                try {
                    if (turn + 1 < conversation.turns().size()) {
                        answers.add(this.subject.run(request).result().text());
                    }
                    recorded.add(this.subject.record(request, RANKS)
                        .named(conversation.id(), turn, conversation.category()));
                }
                catch (IllegalArgumentException ex) {
                    throw conversation.refused(turn, ex);
                }
                this.progress.advanced(recorded.size(), total);
            }
        }
        return new Recording(this.subject.description().modelName(), this.subject.description().device(),
                this.subject.description().precision(), heads.kind().id(), heads.heads(), ranks(heads),
                this.options.sampling().temperature(),
                this.options.drafting().coupled() && !this.options.sampling().greedy(), this.costs.stepSeconds(),
                this.costs.headsSeconds(), recorded);
    }

}
