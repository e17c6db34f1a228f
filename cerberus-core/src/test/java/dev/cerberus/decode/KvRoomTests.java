package dev.cerberus.decode;

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
        this.prefixRows = rows / 2;
        DecodeBatch batch = batch(rows);
        Map<DecodeSession, int[]> expected = new IdentityHashMap<>();
        int started = 0;
        int finished = 0;
        while (finished < 40) {
            while (started < 40 && this.sessions.size() < 6 && this.random.nextInt(3) > 0) {
                int[] prompt = this.random.ints(1 + this.random.nextInt(50), 0, VOCABULARY).toArray();
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
                    session.close();
                    this.sessions.remove(session);
                    finished++;
                }
            }
        }
        batch.close();
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

    private void keep(PrefixCache prefixes, int[] text) {
        KvCache cache = this.model.newCache(text.length);
        this.model.prefill(cache, text).close();
        prefixes.keep(text, cache);
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
