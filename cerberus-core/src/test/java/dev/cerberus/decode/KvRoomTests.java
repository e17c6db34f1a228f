package dev.cerberus.decode;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.gate.AlwaysGate;
import dev.cerberus.gate.BatchCost;
import dev.cerberus.gate.BatchCosts;
import dev.cerberus.gate.CostCurve;
import dev.cerberus.gate.Experience;
import dev.cerberus.gate.TreeSizer;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.ModelException;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.ScriptedHeads;
import dev.cerberus.testing.ScriptedTargetModel;

import static org.assertj.core.api.Assertions.assertThat;

class KvRoomTests {

    private static final int VOCABULARY = 40;

    private final ScriptedTargetModel model = new ScriptedTargetModel(VOCABULARY, 512);

    private final List<DecodeSession> sessions = new ArrayList<>();

    private final Map<DecodeSession, int[]> prompts = new IdentityHashMap<>();

    private final Map<DecodeSession, Throwable> failures = new IdentityHashMap<>();

    private long prefixRows;

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(9);

    @AfterEach
    void nothingIsLeft() {
        this.sessions.forEach(DecodeSession::close);
        assertThat(this.model.openCaches()).isZero();
        assertThat(this.model.openScores()).isZero();
    }

    private DecodeSession session(int promptTokens, int tokens) {
        return session(this.random.ints(promptTokens, 0, VOCABULARY).toArray(), tokens);
    }

    private DecodeSession session(int[] prompt, int tokens) {
        CostCurve costs = CostCurve.through(new int[] { 0, 4, 16 }, new double[] { 1, 1.2, 2 }, 0.1);
        DecodeSession session = new DecodeSession(this.model,
                Optional.of(new ScriptedHeads(this.model, 4, 0.7, SamplingOptions.GREEDY)),
                new AlwaysGate(new TreeSizer(costs, new Experience())), DecodeRequest.greedy(prompt, tokens),
                (token, origin) -> TokenSink.Signal.CONTINUE, DecodeListener.NONE);
        this.sessions.add(session);
        this.prompts.put(session, prompt);
        return session;
    }

    private DecodeBatch batch(long kvRows) {
        CostCurve alone = CostCurve.through(new int[] { 0, 4, 12 }, new double[] { 1, 1.2, 2 }, 0.1);
        return new DecodeBatch(this.model, new BatchCosts(alone, new BatchCost(alone, 0.1)), kvRows, this.prefixRows,
                64, BatchListener.NONE);
    }

    private static KvRoom room(long rows) {
        return new KvRoom(rows, new PrefixCache(0), BatchListener.NONE);
    }

    private long held() {
        return this.sessions.stream().mapToLong(DecodeSession::heldRows).sum();
    }

    @Test
    void rowsAreHeldForSomeTimeAndNotForTheLongestAnswer() {
        DecodeSession session = session(10, 400);
        room(10_000).admit(this.sessions, this.failures);
        // 10 tokens and the next, 16 draft nodes, 64 rows to grow into: 91, which is
        // rounded to a size that others have
        assertThat(session.heldRows()).isEqualTo(96);
        session.run();
        assertThat(session.statistics().steps()).isPositive();
    }

    @Test
    void whoComesLaterWaitsUntilThereAreRows() {
        session(100, 5);
        session(100, 5);
        session(10, 5);
        KvRoom room = room(150);
        List<DecodeSession> able = room.admit(this.sessions, this.failures);
        assertThat(able).containsExactly(this.sessions.get(0), this.sessions.get(2));
        this.sessions.remove(0).close();
        assertThat(room.admit(this.sessions, this.failures)).contains(this.sessions.get(0));
        assertThat(this.failures).isEmpty();
    }

    @Test
    void whoCanNotGrowAsItLikesGoesOnWithTheRowsThatThereAre() {
        DecodeSession session = session(10, 300);
        DecodeBatch batch = batch(10_000);
        assertThat(batch.step(this.sessions)).isEmpty();
        this.model.withMemoryFor(250);
        while (!session.isFinished() && session.neededRows() <= 250) {
            assertThat(batch.step(this.sessions)).isEmpty();
        }
        assertThat(session.heldRows()).isEqualTo(250);
        this.model.withMemoryFor(400);
        while (!session.isFinished()) {
            assertThat(batch.step(this.sessions)).isEmpty();
        }
        assertThat(session.result().tokens())
            .isEqualTo(this.model.continuation(this.prompts.get(session), 300, SamplingOptions.GREEDY));
    }

    @Test
    void whoHasNoMemoryForItsNextTokenFails() {
        session(10, 300);
        this.model.withMemoryFor(10);
        assertThat(batch(10_000).step(this.sessions)).containsOnlyKeys(this.sessions.get(0));
        this.model.withMemoryFor(11);
        assertThat(batch(10_000).step(this.sessions)).isEmpty();
    }

    @Test
    void answerIsFinishedAlthoughItsRowsCanNotBeKept() {
        this.prefixRows = 1000;
        DecodeSession session = session(30, 5);
        List<Throwable> told = new ArrayList<>();
        CostCurve alone = CostCurve.through(new int[] { 0 }, new double[] { 1 }, 0.1);
        DecodeBatch batch = new DecodeBatch(this.model, new BatchCosts(alone, new BatchCost(alone, 0.1)), 1000, 1000,
                64, new BatchListener() {
                    @Override
                    public void onNotKept(Throwable failure) {
                        told.add(failure);
                    }
                });
        assertThat(batch.step(this.sessions)).isEmpty();
        this.model.withMemoryFor(1);
        while (!session.isFinished()) {
            assertThat(batch.step(this.sessions)).isEmpty();
        }
        assertThat(told).singleElement().isInstanceOf(ModelException.class);
        assertThat(session.heldRows()).isZero();
        DecodeSession givenUp = session(30, 5);
        session.close();
        this.sessions.remove(session);
        this.model.withMemoryFor(1000);
        assertThat(batch.step(this.sessions)).isEmpty();
        this.model.withMemoryFor(1);
        batch.keep(givenUp);
        assertThat(told).hasSize(2);
    }

    @Test
    void whoCameLastGivesItsRowsBack() {
        session(60, 200);
        session(20, 300);
        session(20, 300);
        DecodeBatch batch = batch(300);
        boolean suspended = false;
        while (!this.sessions.get(0).isFinished()) {
            assertThat(batch.step(this.sessions)).isEmpty();
            assertThat(held()).isLessThanOrEqualTo(300);
            suspended |= this.sessions.get(2).heldRows() == 0 && this.sessions.get(2).statistics().steps() > 0;
        }
        assertThat(suspended).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = { 120, 200, 400, 5000 })
    void nothingIsLostWhereRowsAreScarce(int rows) {
        this.model.withSharedRows(80);
        List<int[]> begun = new ArrayList<>();
        this.prefixRows = rows / 2;
        DecodeBatch batch = batch(rows);
        Map<DecodeSession, int[]> expected = new IdentityHashMap<>();
        int started = 0;
        int finished = 0;
        while (finished < 40) {
            while (started < 40 && this.sessions.size() < 6 && this.random.nextInt(3) > 0) {
                int[] prompt = prompt(begun);
                begun.add(prompt);
                int tokens = 1 + this.random.nextInt(60);
                DecodeSession session = session(prompt, tokens);
                expected.put(session, this.model.continuation(prompt, tokens, SamplingOptions.GREEDY));
                started++;
            }
            assertThat(batch.step(this.sessions)).isEmpty();
            assertThat(held()).isLessThanOrEqualTo(rows);
            for (DecodeSession session : List.copyOf(this.sessions)) {
                if (session.isFinished()) {
                    assertThat(session.result().tokens()).isEqualTo(expected.get(session));
                    begun.add(wholeOf(this.prompts.get(session), session));
                    session.close();
                    this.sessions.remove(session);
                    finished++;
                }
            }
        }
        batch.close();
    }

    /** Returns a prompt that begins with nothing known, or with some or all of a text. */
    private int[] prompt(List<int[]> texts) {
        int own = 1 + this.random.nextInt(20);
        int[] beginning = texts.isEmpty() ? new int[0] : texts.get(this.random.nextInt(texts.size()));
        int shared = Math.min(30, switch (this.random.nextInt(3)) {
            case 0 -> 0;
            case 1 -> beginning.length;
            default -> this.random.nextInt(beginning.length + 1);
        });
        int[] prompt = this.random.ints(shared + own, 0, VOCABULARY).toArray();
        System.arraycopy(beginning, 0, prompt, 0, shared);
        return prompt;
    }

    @Test
    void whatASessionBeginsLikeIsGivenUpAfterOtherTexts() {
        int[] own = this.random.ints(100, 0, VOCABULARY).toArray();
        PrefixCache prefixes = new PrefixCache(1000);
        keep(prefixes, own);
        keep(prefixes, this.random.ints(100, 0, VOCABULARY).toArray());
        long rows = prefixes.rows();
        DecodeSession session = session(Arrays.copyOf(own, 120), 10);
        List<Integer> known = new ArrayList<>();
        new KvRoom(rows + session.neededRows() - 10, prefixes, learning(known)).admit(this.sessions, this.failures);
        assertThat(known).containsExactly(100);
        assertThat(prefixes.rows()).isEqualTo(rows / 2);
        prefixes.close();
    }

    @Test
    void whatASessionBeginsLikeIsNotGivenUpForDrafts() {
        int[] own = this.random.ints(100, 0, VOCABULARY).toArray();
        PrefixCache prefixes = new PrefixCache(1000);
        keep(prefixes, own);
        long rows = prefixes.rows();
        DecodeSession session = session(Arrays.copyOf(own, 120), 10);
        List<Integer> known = new ArrayList<>();
        new KvRoom(rows + session.neededRows(), prefixes, learning(known)).admit(this.sessions, this.failures);
        assertThat(known).containsExactly(100);
        assertThat(prefixes.rows()).isEqualTo(rows);
        prefixes.close();
    }

    @Test
    void whatASessionBeginsLikeIsGivenUpWhereItCouldNotGoOnElse() {
        int[] own = this.random.ints(100, 0, VOCABULARY).toArray();
        PrefixCache prefixes = new PrefixCache(1000);
        keep(prefixes, own);
        DecodeSession session = session(Arrays.copyOf(own, 120), 10);
        KvRoom room = new KvRoom(session.neededRows() + 20, prefixes, BatchListener.NONE);
        assertThat(room.admit(this.sessions, this.failures)).containsExactly(session);
        assertThat(prefixes.rows()).isZero();
    }

    @Test
    void whatFailsWhileRowsAreGivenUpForOneIsItsOwnFailure() {
        PrefixCache prefixes = new PrefixCache(1000);
        int[] text = this.random.ints(100, 0, VOCABULARY).toArray();
        KvCache cache = this.model.newCache(text.length);
        this.model.prefill(cache, text).close();
        prefixes.keep(text, failingToClose(cache));
        DecodeSession first = session(40, 10);
        DecodeSession second = session(10, 10);
        KvRoom room = new KvRoom(120, prefixes, BatchListener.NONE);
        assertThat(room.admit(this.sessions, this.failures)).containsExactly(second);
        assertThat(this.failures).containsOnlyKeys(first);
        assertThat(this.failures.get(first)).hasMessage("not closed");
        this.failures.clear();
        assertThat(room.admit(this.sessions, this.failures)).containsExactly(first, second);
        assertThat(this.failures).isEmpty();
    }

    /** Frees its rows, and fails all the same. */
    private static KvCache failingToClose(KvCache cache) {
        return (KvCache) Proxy.newProxyInstance(KvCache.class.getClassLoader(), new Class<?>[] { KvCache.class },
                (proxy, method, arguments) -> {
                    Object returned = method.invoke(cache, arguments);
                    if (method.getName().equals("close")) {
                        throw new IllegalStateException("not closed");
                    }
                    return returned;
                });
    }

    private void keep(PrefixCache prefixes, int[] text) {
        KvCache cache = this.model.newCache(text.length);
        this.model.prefill(cache, text).close();
        prefixes.keep(text, cache);
    }

    /** Takes steps until all are finished, and returns the tokens that were read. */
    private int readTokens(DecodeBatch batch) {
        int before = this.model.rows();
        while (!this.sessions.stream().allMatch(DecodeSession::isFinished)) {
            List<DecodeSession> left = new ArrayList<>(this.sessions);
            left.removeIf(DecodeSession::isFinished);
            assertThat(batch.step(left)).isEmpty();
        }
        return this.model.rows() - before;
    }

    @Test
    void whatRequestsThatComeTogetherBeginWithIsReadOnce() {
        this.prefixRows = 5000;
        int[] task = this.random.ints(200, 0, VOCABULARY).toArray();
        for (int i = 0; i < 4; i++) {
            int[] prompt = Arrays.copyOf(task, 220);
            Arrays.setAll(prompt, (at) -> (at < task.length) ? task[at] : this.random.nextInt(VOCABULARY));
            session(prompt, 1);
        }
        try (DecodeBatch batch = batch(5000)) {
            // once, but for the few for which nobody waits
            assertThat(readTokens(batch)).isBetween(200 + 4 * 20, 200 + 4 * 20 + 3 * PrefixCache.LEAST_TOKENS);
        }
        for (DecodeSession session : this.sessions) {
            assertThat(session.result().tokens())
                .isEqualTo(this.model.continuation(this.prompts.get(session), 1, SamplingOptions.GREEDY));
        }
    }

    @Test
    void whatARunningRequestHasReadIsNotReadAgain() {
        this.prefixRows = 5000;
        int[] task = this.random.ints(100, 0, VOCABULARY).toArray();
        session(task, 300);
        try (DecodeBatch batch = batch(5000)) {
            for (int i = 0; i < 10; i++) {
                batch.step(this.sessions);
            }
            int before = this.model.rows();
            session(Arrays.copyOf(task, 130), 1);
            batch.step(this.sessions);
            assertThat(this.sessions.get(1).isFinished()).isTrue();
            assertThat(this.model.rows() - before).isLessThan(30 + 20); // and a tree
        }
    }

    @Test
    void nobodyWaitsForWhoHasMuchMoreToRead() {
        this.prefixRows = 5000;
        int[] book = this.random.ints(400, 0, VOCABULARY).toArray();
        session(book, 1);
        int[] question = Arrays.copyOf(book, 30);
        question[25] = (question[25] + 1) % VOCABULARY;
        session(question, 1);
        try (DecodeBatch batch = batch(5000)) {
            batch.step(this.sessions);
            assertThat(this.sessions.get(1).isFinished()).isTrue();
        }
    }

    @Test
    void nothingIsSharedWhereNothingIsKept() {
        int[] task = this.random.ints(100, 0, VOCABULARY).toArray();
        session(task, 1);
        session(task, 1);
        assertThat(readTokens(batch(5000))).isEqualTo(200);
    }

    @Test
    void aTurnGoesOnInTheCacheOfTheTurnBefore() {
        this.model.withSharedRows(64);
        this.prefixRows = 5000;
        int[] first = this.random.ints(100, 0, VOCABULARY).toArray();
        DecodeSession before = session(first, 10);
        List<Integer> known = new ArrayList<>();
        PrefixCache prefixes = new PrefixCache(5000);
        KvRoom room = new KvRoom(5000, prefixes, learning(known));
        room.admit(this.sessions, this.failures);
        while (before.step()) {
            assertThat(before.isFinished()).isFalse();
        }
        int rows = before.heldRows();
        before.reading().keepIn(prefixes);
        assertThat(prefixes.rows()).isEqualTo(rows);
        this.sessions.remove(before);
        before.close();
        DecodeSession next = session(Arrays.copyOf(wholeOf(first, before), 111), 10);
        assertThat(room.admit(this.sessions, this.failures)).containsExactly(next);
        assertThat(next.heldRows()).isEqualTo(rows);
        assertThat(prefixes.rows()).isZero();
        assertThat(known).containsExactly(0, 109); // all but the answer's last token
        assertThat(next.run().tokens())
            .isEqualTo(this.model.continuation(this.prompts.get(next), 10, SamplingOptions.GREEDY));
        prefixes.close();
    }

    private static int[] wholeOf(int[] prompt, DecodeSession session) {
        int[] answer = session.result().tokens();
        int[] whole = Arrays.copyOf(prompt, prompt.length + answer.length);
        System.arraycopy(answer, 0, whole, prompt.length, answer.length);
        return whole;
    }

    private static BatchListener learning(List<Integer> known) {
        return new BatchListener() {
            @Override
            public void onPrefix(int knownTokens, int readTokens) {
                known.add(knownTokens);
            }
        };
    }

    @Test
    void whatCanNeverFitIsRefusedWithFigures() {
        DecodeSession large = session(200, 5);
        session(10, 5);
        Map<DecodeSession, Throwable> failed = batch(150).step(this.sessions);
        assertThat(failed).containsOnlyKeys(large);
        assertThat(failed.get(large)).isInstanceOf(ModelException.class)
            .hasMessageContaining("201 rows")
            .hasMessageContaining("150")
            .hasMessageContaining("EngineOptions.kvCacheTokens");
    }

    @Test
    void aSuspendedSessionWritesOnAsIfNothingHadHappened() {
        int[] prompt = this.random.ints(30, 0, VOCABULARY).toArray();
        DecodeSession session = session(prompt, 60);
        int[] expected = this.model.continuation(prompt, 60, SamplingOptions.GREEDY);
        for (int i = 0; session.step(); i++) {
            if (i % 3 == 0) {
                assertThat(session.suspend()).isPositive();
                assertThat(session.suspend()).isZero();
                assertThat(session.cachedTokens()).isZero();
            }
        }
        assertThat(session.result().tokens()).isEqualTo(expected);
    }

}
