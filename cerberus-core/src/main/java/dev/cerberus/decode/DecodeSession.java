package dev.cerberus.decode;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.cerberus.accept.ExactMatch;
import dev.cerberus.accept.Verdict;
import dev.cerberus.gate.Gate;
import dev.cerberus.gate.GateDecision;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.model.DraftHeads;
import dev.cerberus.model.DraftProposal;
import dev.cerberus.model.DraftRoot;
import dev.cerberus.model.NodeScores;
import dev.cerberus.model.Span;
import dev.cerberus.model.TargetModel;
import dev.cerberus.tree.CandidateTree;
import dev.cerberus.tree.DraftTree;
import dev.cerberus.tree.Recollection;

/**
 * One request's way through the decode loop, advanced one step at a time: alone by
 * {@link #step}, or with others by a {@link DecodeBatch}, which runs what each has
 * {@linkplain #plan planned} in one forward.
 *
 * <p>
 * Confined to the engine thread. Closing releases the KV cache, whatever state the
 * session is in.
 */
/*-
 * Positions of a step whose committed cache has length c, with two of three draft nodes
 * accepted:
 *
 *   position     … c-1 │  c    c+1  c+2 │ c+3
 *   token              │ root  d1   d2  │ next     d1, d2: accepted draft tokens
 *   scored by    …     │ before d1 root │ d2       next: the target's choice after d2
 *
 * The root was emitted by the step before (or by prefill); this step emits d1, d2 and
 * next, and next is the root of the following step.
 */
public final class DecodeSession implements AutoCloseable {

    private static final int[] NO_TOKENS = {};

    private final TargetModel model;

    private final Optional<DraftHeads> heads;

    private final Gate gate;

    private final DecodeRequest request;

    private final DecodeListener listener;

    private final AnswerWriter answer;

    private final SequenceCache cache;

    private final DecodeCounts counts = new DecodeCounts();

    private final SequenceReading reading;

    private final List<Recollection> others;

    private final StepDrafts drafts;

    private final TokenChoice choice;

    private @Nullable NodeScores scores;

    private @Nullable Consultation consultation; // about the step under way

    private @Nullable Plan plan; // of the forward under way

    private int lastNode;

    /**
     * Creates a session; nothing is computed yet.
     * @param model the target model
     * @param heads the draft heads, if there are any
     * @param gate decides about drafting
     * @param request what to decode; the prompt must be shorter than the model's context
     * @param sink receives the output tokens
     * @param listener observes the steps
     */
    public DecodeSession(TargetModel model, Optional<DraftHeads> heads, Gate gate, DecodeRequest request,
            TokenSink sink, DecodeListener listener) {
        this(model, heads, gate, List.of(), new LookupTrust(), request, sink, listener);
    }

    /**
     * Creates a session that learns from others when to trust context lookup.
     * @param model the target model
     * @param heads the draft heads, if there are any
     * @param gate decides about drafting
     * @param others other texts of the model, for drafts; they take the answer when it is
     * finished
     * @param trust what sessions of the same kind have learned
     * @param request what to decode; the prompt must be shorter than the model's context
     * @param sink receives the output tokens
     * @param listener observes the steps
     */
    public DecodeSession(TargetModel model, Optional<DraftHeads> heads, Gate gate, List<Recollection> others,
            LookupTrust trust, DecodeRequest request, TokenSink sink, DecodeListener listener) {
        int context = model.dimensions().maxContext();
        int promptLength = request.prompt().length;
        if (promptLength >= context) {
            throw new PromptTooLongException(promptLength, context);
        }
        this.model = model;
        this.heads = heads;
        this.gate = gate;
        this.request = request;
        this.listener = listener;
        int budget = Math.min(request.maxTokens(), context - promptLength);
        Optional<AnswerConstraint> constraint = request.constraint().map(AnswerConstraint::new);
        this.others = others;
        ContextLookup lookup = new ContextLookup(request.prompt(), others, trust);
        this.drafts = new StepDrafts(heads, gate, request, lookup, constraint);
        this.choice = new TokenChoice(request, budget, constraint);
        this.answer = new AnswerWriter(request, budget, lookup, this.choice, constraint, sink, listener);
        int treeRows = this.drafts.mostNodes();
        this.cache = new SequenceCache(model, Math.min(context, promptLength + budget + treeRows), treeRows);
        this.reading = new SequenceReading(this.answer.text(), this.cache);
    }

    /**
     * Advances alone, by a piece of the prompt or by one decode step.
     * @return whether there is more to do
     */
    public boolean step() {
        if (this.answer.isFinished()) {
            return false;
        }
        if (roomyRows() > heldRows()) {
            hold(lastingRows());
        }
        Span span = plan(isReading() ? this.model.rowLimit() : Integer.MAX_VALUE);
        long start = System.nanoTime();
        NodeScores after = this.model.forward(List.of(span)).get(0);
        boolean goesOn = apply(after, secondsSince(start));
        if (!goesOn) {
            remember();
        }
        return goesOn;
    }

    /**
     * Returns whether the prompt is not read to its end.
     * @return whether the next span is a piece of the prompt
     */
    public boolean isReading() {
        return this.scores == null;
    }

    /**
     * Returns the number of rows in the KV cache, filled or not.
     * @return 0 without a cache
     */
    public int heldRows() {
        return this.cache.heldRows();
    }

    /**
     * Returns the number of rows that the next step cannot do without: all of the text
     * that is to be read, and a row for the token after it.
     */
    int neededRows() {
        return (isReading() ? this.reading.length() : cachedTokens()) + 1;
    }

    /**
     * Returns the number of tokens that are to be read before the next one is written.
     */
    int unreadTokens() {
        return isReading() ? this.reading.left() : 0;
    }

    /** Returns the number of tokens that may still be written. */
    int tokensLeft() {
        return this.answer.left();
    }

    /** Returns the number of rows that the next step takes with the largest draft. */
    int roomyRows() {
        return this.cache.roomyRows(neededRows());
    }

    /** Returns the number of rows that last for some steps. */
    int lastingRows() {
        return this.cache.lastingRows(neededRows());
    }

    /**
     * Makes room.
     * @param rows rows of the KV cache, at least {@link #neededRows()}
     */
    void hold(int rows) {
        this.cache.hold(rows);
    }

    /** Returns what of the text is in the KV cache, and where the rest may come from. */
    SequenceReading reading() {
        return this.reading;
    }

    /**
     * Gives the KV cache back. The next step needs one again and begins to read the text
     * from its start; what is written afterwards is the same.
     * @return how many rows it had
     */
    int suspend() {
        int rows = heldRows();
        this.reading.begin();
        this.plan = null;
        this.consultation = null;
        release();
        return rows;
    }

    /**
     * Returns whether there is nothing more to do.
     * @return whether there is a {@link #result()}
     */
    public boolean isFinished() {
        return this.answer.isFinished();
    }

    /**
     * Returns what this sequence puts into the next forward: a piece of its prompt, or
     * its last token with what is drafted below it. {@link #apply} follows if the forward
     * succeeds; until then the session does not change, and may be asked again.
     * @param mostRows the most rows of the span, at least 1
     * @return the span
     * @throws IllegalStateException if the decoding is finished
     */
    public Span plan(int mostRows) {
        if (this.answer.isFinished()) {
            throw new IllegalStateException("the decoding is finished");
        }
        NodeScores before = this.scores;
        Plan next = (before == null) ? piece(mostRows) : drafting(before, mostRows);
        this.plan = next;
        return next.span();
    }

    private Plan piece(int mostRows) {
        return new Plan(this.reading.piece(mostRows).withSampling(this.choice.byScores()), null, null, 0, 0);
    }

    /**
     * Asks the gate whether to draft at this step; {@link #plan} does so where it was not
     * done before.
     * @param mostRows the most rows that the span may get, at least 1
     * @return what the draft heads are to be asked before the step is planned; empty if
     * they are not to run
     */
    Optional<DraftRoot> consult(int mostRows) {
        NodeScores before = this.scores;
        return (before == null) ? Optional.empty() : consulted(before, mostRows).asked();
    }

    private Consultation consulted(NodeScores before, int mostRows) {
        int treeRows = this.cache.get().treeRows();
        int useful = Math.min(this.answer.left(), treeRows) - 1;
        int room = Math.min(treeRows, mostRows) - 1;
        Consultation made = this.drafts.consult(before, this.lastNode, this.answer.lastToken(), this.cache.length(),
                useful, room);
        this.consultation = made;
        return made;
    }

    /**
     * Takes what the draft heads propose; follows {@link #consult}.
     * @param proposal what they propose
     * @param seconds this sequence's share of their time
     */
    void offer(DraftProposal proposal, double seconds) {
        Objects.requireNonNull(this.consultation, "nothing was asked").offer(proposal, seconds);
    }

    /** Returns the draft heads that are to be asked, if there are any. */
    Optional<DraftHeads> heads() {
        return this.heads;
    }

    private Plan drafting(NodeScores before, int mostRows) {
        Consultation asked = (this.consultation != null) ? this.consultation : consulted(before, mostRows);
        long start = System.nanoTime();
        int room = Math.min(this.cache.get().treeRows(), mostRows) - 1;
        if (asked.proposal() == null && asked.asked().isPresent() && room > 0) {
            asked.offer(this.heads.orElseThrow().propose(asked.asked().get()), 0);
        }
        SignalReader signals = asked.signals();
        DraftTree draft = this.drafts.draft(asked, room);
        this.listener.onDraft(before, this.lastNode, Optional.ofNullable(draft));
        CandidateTree tree = CandidateTree.rootOnly(this.answer.lastToken());
        double expectation = 0;
        if (draft != null) {
            GateDecision decision = this.gate.decide(draft.pathProbabilities(), this.request.shape().isPresent(),
                    signals);
            tree = draft.best(decision.nodes());
            expectation = draft.expectation(decision.nodes());
        }
        return new Plan(new Span.Tree(this.cache.get(), tree, this.choice.byScores()), asked, draft, expectation,
                asked.seconds() + secondsSince(start));
    }

    /**
     * Takes what the forward of the last {@link #plan} says.
     * @param after scores of the span, owned by this session from now on
     * @param seconds this sequence's share of the forward's time
     * @return whether there is more to do
     */
    public boolean apply(NodeScores after, double seconds) {
        NodeScores before = this.scores;
        this.scores = after; // closed with the session, whatever happens here
        if (before != null) {
            before.close();
        }
        Plan done = this.plan;
        if (done == null) {
            throw new IllegalStateException("nothing was planned");
        }
        this.plan = null;
        this.consultation = null;
        if (done.span() instanceof Span.Tree span) {
            verify(span.tree(), done, after, seconds);
        }
        else {
            read(after, seconds);
        }
        return !this.answer.isFinished();
    }

    /**
     * Has the other texts take the answer, if somebody wanted it to its end; follows the
     * last {@link #apply}.
     */
    void remember() {
        if (!this.answer.isCancelled()) {
            SequenceText text = this.answer.text();
            this.others.forEach((texts) -> texts.learn(text.whole(), text.promptLength()));
        }
    }

    private void read(NodeScores after, double seconds) {
        this.counts.prefilled(seconds);
        if (after.nodeCount() == 0) { // not the end of the prompt
            this.scores = null;
            after.close();
            return;
        }
        this.lastNode = 0;
        if (this.answer.text().answered() > 0) { // read again; what follows is known
            return;
        }
        long start = System.nanoTime();
        int token = this.choice.choose(after, 0, this.answer.text().promptLength(), () -> NO_TOKENS);
        this.counts.prefilled(secondsSince(start));
        this.listener.onPrefill(this.answer.text().promptLength(), this.counts.prefillSeconds());
        this.answer.accept(after, 0, token, TokenOrigin.TARGET);
    }

    private void verify(CandidateTree tree, Plan done, NodeScores after, double seconds) {
        long verifyStart = System.nanoTime();
        int base = this.cache.length() + 1;
        Verdict verdict = ExactMatch.INSTANCE.accept(tree,
                (node) -> this.choice.choose(after, node, base + tree.depth(node), () -> tree.tokensTo(node)));
        double verifySeconds = seconds + secondsSince(verifyStart);

        long commitStart = System.nanoTime();
        this.cache.get().commit(verdict.path());
        double commitSeconds = secondsSince(commitStart);
        this.counts.decoded(done.draftSeconds() + verifySeconds + commitSeconds);
        this.lastNode = verdict.lastNode();

        // The gate learns from all that was accepted; what the answer did not need is not
        // counted.
        DraftTree draft = done.draft();
        int[] kept = StepDrafts.kept(draft, tree, verdict);
        Consultation asked = done.asked();
        boolean headsRan = asked != null && asked.proposal() != null;
        this.drafts.observe(draft, headsRan, tree, kept, verdict.nextToken(), done.draftSeconds(),
                verifySeconds + commitSeconds);
        Map<GateSignal, Double> signals = (asked == null) ? Map.of() : asked.signals().values();
        DecodeStep step = new DecodeStep(tree.nodeCount() - 1, tree.maxDepth(), headsRan, done.expectation(),
                StepDrafts.accepted(draft, kept, this.answer.accept(after, tree, verdict)), signals,
                done.draftSeconds(), verifySeconds, commitSeconds);
        this.counts.count(step);
        this.listener.onStep(step);
    }

    /**
     * Ends the session before its next step.
     */
    public void cancel() {
        this.answer.cancel();
    }

    /**
     * Returns the number of tokens in the KV cache.
     * @return committed tokens
     */
    public int cachedTokens() {
        return this.cache.length();
    }

    /**
     * Returns the outcome so far.
     * @return the tokens emitted, the finish reason and the counts
     * @throws IllegalStateException while there is more to do
     */
    public DecodeResult result() {
        return this.answer.result(statistics());
    }

    /**
     * Returns the counts so far.
     * @return counts and times
     */
    public DecodeStatistics statistics() {
        return this.counts.statistics(this.answer.text().promptLength());
    }

    /**
     * Decodes to the end and closes the session.
     * @return the outcome
     */
    public DecodeResult run() {
        try (this) {
            boolean more = true;
            while (more) {
                more = step();
            }
            return result();
        }
    }

    private static double secondsSince(long nanoTime) {
        return (System.nanoTime() - nanoTime) * 1e-9;
    }

    /**
     * Frees the cache; a session that is not finished counts as cancelled. May be called
     * more than once.
     */
    @Override
    public void close() {
        cancel();
        release();
    }

    private void release() {
        NodeScores last = this.scores;
        this.scores = null;
        try (this.cache) {
            if (last != null) {
                last.close();
            }
        }
    }

    /**
     * What the forward under way is to verify, or reads of the prompt.
     *
     * @param span what goes into the forward
     * @param asked what the gate said, for a tree
     * @param draft what the heads proposed, if they ran
     * @param expectation accepted draft tokens that the heads expect of the tree
     * @param draftSeconds time of making it
     */
    private record Plan(Span span, @Nullable Consultation asked, @Nullable DraftTree draft, double expectation,
            double draftSeconds) {
    }

}
