package dev.cerberus.decode;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.cerberus.gate.BatchCost;
import dev.cerberus.gate.BatchCosts;
import dev.cerberus.gate.CostCurve;
import dev.cerberus.model.DeviceProfile;
import dev.cerberus.model.NodeScores;
import dev.cerberus.model.Span;
import dev.cerberus.model.TargetModel;

/**
 * Takes a step for several sessions in one forward of the target model, each with what it
 * wants next: a piece of its prompt, a token, or a tree.
 *
 * <p>
 * What a session writes does not depend on its company. Sessions may join and leave
 * between any two steps. Confined to the engine thread.
 */
/*
 * A forward has a number of rows that it may not exceed. Sequences that are being written
 * come first: the draft heads run once for all that want a draft, and each has a row for
 * its last token and, in turn, as many more as its gate finds worth their price, but no
 * more than twice its share of what is left; whoever plans later sees the rows that
 * others have taken. If there are more of them than rows, they take turns. Pieces of
 * prompts fill what is left, those with the least to read first, so that a short prompt
 * does not wait for a long one; a quarter of that is for who came first, so that a long
 * one does not wait for ever. Prompts that wait keep what the last tokens leave, half of
 * the rows at least, so that they are read however many are being written: a row of a
 * prompt has to be read, a draft node only may be right. Beside those who write a forward
 * is kept short, so that a long prompt delays every token of theirs by one small piece
 * and no more.
 */
public final class DecodeBatch implements AutoCloseable {

    private static final int SHARE_OF_PROMPTS = 2;

    /** Part of the rows of prompts that who came first has for certain. */
    private static final int SHARE_OF_FIRST = 4;

    /** How many equal shares of the rows for drafts one sequence may take. */
    private static final int SHARES = 2;

    private final TargetModel model;

    private final BatchCosts costs;

    private final int sharedRows;

    private final BatchListener listener;

    private final PrefixCache prefixes;

    private final KvRoom room;

    private final SharedProposals proposals;

    private int turn;

    /**
     * Creates a batch.
     * @param model the target model of all sessions
     * @param costs told what each session plans beside, and what forwards take
     * @param kvRows the most rows of all KV caches together, 1 or more
     * @param prefixRows the most of them that keep what finished sessions had, for others
     * whose text begins alike; 0 for none
     * @param sharedRows the most rows of a forward that somebody waits for with an answer
     * half written, at least 1
     * @param listener told of every forward
     */
    public DecodeBatch(TargetModel model, BatchCosts costs, long kvRows, long prefixRows, int sharedRows,
            BatchListener listener) {
        this.model = model;
        this.sharedRows = sharedRows;
        this.prefixes = new PrefixCache(prefixRows);
        this.room = new KvRoom(kvRows, this.prefixes, listener);
        this.costs = costs;
        this.listener = listener;
        this.proposals = new SharedProposals(listener);
    }

    /**
     * Creates a batch of sessions that draft nothing, so that nobody asks what rows cost.
     * @param model the target model of all sessions
     * @param kvRows the most rows of all KV caches together, 1 or more
     * @param prefixRows the most of them that keep what finished sessions had
     * @return the batch
     */
    public static DecodeBatch plain(TargetModel model, long kvRows, long prefixRows) {
        CostCurve unknown = CostCurve.through(new int[] { 0 }, new double[] { 1 }, 0);
        return new DecodeBatch(model, new BatchCosts(unknown, new BatchCost(unknown, 0)), kvRows, prefixRows,
                DeviceProfile.CPU.sharedRows(), BatchListener.NONE);
    }

    /**
     * Takes a step for those sessions for which there is room; the others' turn comes
     * with the next ones. A forward that fails is tried again for each session by itself.
     * @param sessions sessions that are not finished, in the order in which they came
     * @return what went wrong, by session; such a session has to be closed
     */
    public Map<DecodeSession, Throwable> step(List<DecodeSession> sessions) {
        Map<DecodeSession, Throwable> failures = new HashMap<>();
        long start = System.nanoTime();
        List<Entry> entries = plan(this.room.admit(sessions, failures), failures);
        if (!entries.isEmpty()) {
            boolean together = run(entries, failures);
            if (together && failures.isEmpty()) {
                observe(entries, (System.nanoTime() - start) * 1e-9);
            }
        }
        return failures;
    }

    /**
     * Tells what a step in company brought; one in which something failed, be it only the
     * forward of all together, tells nothing.
     */
    private void observe(List<Entry> entries, double seconds) {
        List<Entry> writing = entries.stream().filter(Entry::isWriting).toList();
        if (writing.isEmpty() || writing.get(0).company().sequences() < 2) {
            return;
        }
        int written = writing.stream().mapToInt(Entry::written).sum();
        int drafted = writing.stream().mapToInt((entry) -> entry.span().rows() - 1).sum();
        int rows = entries.stream().mapToInt((entry) -> entry.span().rows()).sum();
        this.costs.observeStep(writing.get(0).company().sequences(), rows - drafted, (double) written / writing.size(),
                seconds);
    }

    private List<Entry> plan(List<DecodeSession> sessions, Map<DecodeSession, Throwable> failures) {
        List<DecodeSession> writing = new ArrayList<>(sessions);
        writing.removeIf(DecodeSession::isReading);
        List<DecodeSession> reading = new ArrayList<>(sessions);
        reading.removeIf((session) -> !session.isReading());
        int limit = writing.isEmpty() ? this.model.rowLimit() : Math.min(this.sharedRows, this.model.rowLimit());
        long waiting = reading.stream().mapToLong(DecodeSession::unreadTokens).sum();
        int kept = (int) Math.min(waiting, Math.max(Math.max(1, limit / SHARE_OF_PROMPTS), limit - writing.size()));
        List<Entry> entries = new ArrayList<>();
        int rows = 0;
        if (sessions.size() == 1 && reading.isEmpty()) {
            int asLargeAsItLikes = Integer.MAX_VALUE;
            rows = add(entries, writing.get(0), asLargeAsItLikes, Company.NONE, failures);
        }
        else if (!writing.isEmpty()) {
            List<DecodeSession> taking = inTurn(writing, Math.max(1, limit - kept));
            Company company = new Company(sessions.size(), taking.size() + ((kept > 0) ? 1 : 0), taking.size() + kept,
                    0, 0);
            rows = write(entries, taking, limit, company, failures);
        }
        read(entries, reading, limit - rows, failures);
        return entries;
    }

    /** Adds pieces of prompts, whose order is that in which they came. */
    private void read(List<Entry> entries, List<DecodeSession> reading, int room,
            Map<DecodeSession, Throwable> failures) {
        if (reading.isEmpty()) {
            return;
        }
        DecodeSession first = reading.get(0);
        int kept = Math.min(first.unreadTokens(), (room + SHARE_OF_FIRST - 1) / SHARE_OF_FIRST);
        List<DecodeSession> shortest = new ArrayList<>(reading);
        shortest.sort(Comparator.comparingInt(DecodeSession::unreadTokens)); // stable
        int left = room;
        for (DecodeSession session : shortest) {
            if (session == first) {
                kept = 0;
            }
            if (left > kept) {
                left -= add(entries, session, left - kept, Company.NONE, failures);
            }
        }
    }

    /** Returns some of the sessions, so that all get their turn if there are more. */
    private List<DecodeSession> inTurn(List<DecodeSession> writing, int most) {
        Collections.rotate(writing, -(this.turn % writing.size()));
        int count = Math.min(most, writing.size());
        // those left out come next; where all have room, another one chooses first
        this.turn = (count < writing.size()) ? (this.turn + count) % writing.size() : this.turn + 1;
        return writing.subList(0, count);
    }

    private int write(List<Entry> entries, List<DecodeSession> taking, int limit, Company company,
            Map<DecodeSession, Throwable> failures) {
        List<DecodeSession> writing = new ArrayList<>(taking);
        if (limit > company.plainRows()) { // else there is no room for drafts
            company.tell(this.costs);
            this.proposals.ask(writing, 1 + limit - company.plainRows(), failures);
            writing.removeIf(failures::containsKey);
        }
        int drafted = 0;
        int trees = 0;
        int rows = 0;
        for (int i = 0; i < writing.size(); i++) {
            int free = Math.max(0, limit - company.plainRows() - drafted);
            int left = writing.size() - i;
            int share = SHARES * ((free + left - 1) / left);
            Company before = company.withDrafted(drafted, trees);
            int own = add(entries, writing.get(i), 1 + Math.min(free, share), before, failures);
            rows += own;
            drafted += Math.max(0, own - 1);
            trees += (own > 1) ? 1 : 0;
        }
        return rows;
    }

    /** Returns the number of rows added. */
    private int add(List<Entry> entries, DecodeSession session, int mostRows, Company company,
            Map<DecodeSession, Throwable> failures) {
        company.tell(this.costs);
        try {
            Span span = session.plan(mostRows);
            entries.add(new Entry(session, span, company, session.tokensLeft()));
            return span.rows();
        }
        catch (Throwable ex) { // also an Error: it is this session's, the others go on
            failures.put(session, ex);
            return 0;
        }
    }

    /** Returns whether one forward did for all. */
    private boolean run(List<Entry> entries, Map<DecodeSession, Throwable> failures) {
        int rows = entries.stream().mapToInt((entry) -> entry.span().rows()).sum();
        long start = System.nanoTime();
        List<NodeScores> scores;
        try {
            scores = this.model.forward(entries.stream().map(Entry::span).toList());
        }
        catch (Throwable ex) { // nothing has changed
            if (entries.size() == 1) {
                failures.put(entries.get(0).session(), ex);
            }
            else {
                this.listener.onRetry(entries.size(), ex);
                entries.forEach((entry) -> run(List.of(entry), failures));
            }
            return false;
        }
        double seconds = (System.nanoTime() - start) * 1e-9;
        int applied = 0;
        try {
            this.listener.onForward(rows, entries.size(), seconds);
            while (applied < entries.size()) {
                Entry entry = entries.get(applied);
                apply(entry, scores.get(applied++), seconds * entry.span().rows() / rows, failures);
            }
            // with what verifying and committing took, for which all wait, too
            int trees = (int) entries.stream().filter(Entry::isTree).count();
            this.costs.observeForward(entries.size(), rows, trees, (System.nanoTime() - start) * 1e-9);
        }
        finally {
            scores.subList(applied, scores.size()).forEach(NodeScores::close);
        }
        return true;
    }

    private void apply(Entry entry, NodeScores scores, double seconds, Map<DecodeSession, Throwable> failures) {
        entry.company().tell(this.costs);
        try {
            if (!entry.session().apply(scores, seconds)) {
                remember(entry.session());
                keep(entry.session());
            }
        }
        catch (Throwable ex) { // also an Error: it is this session's, the others go on
            failures.put(entry.session(), ex);
        }
    }

    private void remember(DecodeSession session) {
        try {
            session.remember();
        }
        catch (Throwable ex) { // also an Error: what the session wrote is whole all the
                               // same
            this.listener.onNotRemembered(ex);
        }
    }

    /**
     * Keeps what a session has read that is given up between two steps: who breaks an
     * answer off goes on with the same conversation. Where that fails, for want of memory
     * say, the listener is told, and nothing is kept.
     * @param session a session that takes no more steps; has to be closed all the same
     */
    public void keep(DecodeSession session) {
        if (session.heldRows() > 0) {
            try {
                session.reading().keepIn(this.prefixes);
            }
            catch (Throwable ex) { // also an Error: what the session wrote is whole all
                                   // the same
                this.listener.onNotKept(ex);
            }
        }
    }

    /**
     * Frees what was kept of finished sessions.
     */
    @Override
    public void close() {
        this.prefixes.close();
    }

    /**
     * What a session plans beside.
     *
     * @param sessions all that wait while a forward runs, itself included
     * @param sequences sequences of the forward, itself included
     * @param plainRows rows without any draft
     * @param draftedRows draft nodes of those who planned before it
     * @param trees how many of those have any
     */
    private record Company(int sessions, int sequences, int plainRows, int draftedRows, int trees) {

        static final Company NONE = new Company(1, 1, 1, 0, 0);

        Company withDrafted(int rows, int treesSoFar) {
            return new Company(this.sessions, this.sequences, this.plainRows, rows, treesSoFar);
        }

        void tell(BatchCosts costs) {
            costs.beside(this.sessions, this.sequences, this.plainRows, this.draftedRows, this.trees);
        }

    }

    /**
     * A session's part of a forward.
     *
     * @param session the session
     * @param span what it planned
     * @param company what it planned beside
     * @param left tokens that it might still write
     */
    private record Entry(DecodeSession session, Span span, Company company, int left) {

        boolean isWriting() {
            return this.span instanceof Span.Tree;
        }

        int written() {
            return this.left - this.session.tokensLeft();
        }

        boolean isTree() {
            return this.span instanceof Span.Tree && this.span.rows() > 1;
        }

    }

}
