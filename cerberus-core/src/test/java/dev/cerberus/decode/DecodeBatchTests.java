package dev.cerberus.decode;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.gate.AdaptiveGate;
import dev.cerberus.gate.AlwaysGate;
import dev.cerberus.gate.BatchCost;
import dev.cerberus.gate.BatchCosts;
import dev.cerberus.gate.CostCurve;
import dev.cerberus.gate.Experience;
import dev.cerberus.gate.Gate;
import dev.cerberus.gate.NeverGate;
import dev.cerberus.gate.TreeSizer;
import dev.cerberus.model.ModelException;
import dev.cerberus.model.TargetModel;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.ScriptedHeads;
import dev.cerberus.testing.ScriptedTargetModel;
import dev.cerberus.tree.Recollection;
import dev.cerberus.tree.TreeShape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class DecodeBatchTests {

    private static final int VOCABULARY = 40;

    private final ScriptedTargetModel model = new ScriptedTargetModel(VOCABULARY, 4096);

    private final BatchCosts costs = costs();

    private final List<Integer> rows = new ArrayList<>();

    private int retries;

    private int notRemembered;

    private final DecodeBatch batch = new DecodeBatch(this.model, this.costs, 1_000_000, 0, 64, new BatchListener() {
        @Override
        public void onForward(int rowsOfAll, int sequences, double seconds) {
            DecodeBatchTests.this.rows.add(rowsOfAll);
        }

        @Override
        public void onRetry(int sequences, Throwable failure) {
            DecodeBatchTests.this.retries++;
        }

        @Override
        public void onNotRemembered(Throwable failure) {
            DecodeBatchTests.this.notRemembered++;
        }
    });

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(5);

    private final Experience experience = new Experience();

    private static BatchCosts costs() {
        CostCurve alone = CostCurve.through(new int[] { 0, 4, 12 }, new double[] { 1, 1.2, 2 }, 0.1);
        return new BatchCosts(alone, new BatchCost(alone, 0.1));
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(this.model.openCaches()).isZero();
        assertThat(this.model.openScores()).isZero();
    }

    private DecodeSession session(int[] prompt, int tokens, SamplingOptions sampling, Gate gate) {
        return new DecodeSession(this.model, Optional.of(new ScriptedHeads(this.model, 4, 0.7, sampling)), gate,
                new DecodeRequest(prompt, tokens, 0, Set.of(), sampling, Optional.empty(), 12, DraftingOptions.DEFAULT),
                (token, origin) -> TokenSink.Signal.CONTINUE, DecodeListener.NONE);
    }

    private DecodeSession plain(int[] prompt, int tokens) {
        return session(prompt, tokens, SamplingOptions.GREEDY, new NeverGate());
    }

    private int[] prompt(int length) {
        return this.random.ints(length, 0, VOCABULARY).toArray();
    }

    private Gate gate() {
        TreeSizer sizer = new TreeSizer(this.costs, this.experience);
        return switch (this.random.nextInt(3)) {
            case 0 -> new NeverGate();
            case 1 -> new AlwaysGate(sizer);
            default -> new AdaptiveGate(sizer);
        };
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 2, 5, 16, 64 })
    void sessionsThatComeAndGoWriteWhatTheyWriteAlone(int rowLimit) {
        this.model.withRowLimit(rowLimit); // which fails where a forward has more
        List<DecodeSession> running = new ArrayList<>();
        List<int[]> expected = new ArrayList<>();
        List<int[]> written = new ArrayList<>();
        List<int[]> expectedOfRunning = new ArrayList<>();
        int cancelled = 0;
        while (expected.size() + cancelled < 60 || !running.isEmpty()) {
            while (expected.size() + running.size() + cancelled < 60 && this.random.nextInt(3) > 0) {
                int[] prompt = prompt(1 + this.random.nextInt(60));
                int tokens = 1 + this.random.nextInt(30);
                SamplingOptions sampling = this.random.nextBoolean() ? SamplingOptions.GREEDY
                        : new SamplingOptions(0.8, 20, 0.95, this.random.nextInt());
                running.add(session(prompt, tokens, sampling, gate()));
                expectedOfRunning.add(this.model.continuation(prompt, tokens, sampling));
            }
            assertThat(this.batch.step(running)).isEmpty();
            for (int i = running.size() - 1; i >= 0; i--) {
                if (this.random.nextInt(100) == 0) {
                    running.get(i).cancel();
                }
                if (running.get(i).isFinished()) {
                    DecodeResult result = running.get(i).result();
                    if (result.finishReason() == FinishReason.CANCELLED) {
                        assertThat(result.tokens())
                            .isEqualTo(Arrays.copyOf(expectedOfRunning.get(i), result.tokens().length));
                        cancelled++;
                    }
                    else {
                        written.add(result.tokens());
                        expected.add(expectedOfRunning.get(i));
                    }
                    running.remove(i).close();
                    expectedOfRunning.remove(i);
                }
            }
        }
        assertThat(cancelled).isPositive();
        assertThat(written).hasSameSizeAs(expected);
        for (int i = 0; i < written.size(); i++) {
            assertThat(written.get(i)).isEqualTo(expected.get(i));
        }
        assertThat(this.model.mostSpans()).isEqualTo((rowLimit == 1) ? 1 : this.model.mostSpans()).isPositive();
    }

    @Test
    void sessionsTakeTurnsWhereThereAreMoreOfThemThanRows() {
        this.model.withRowLimit(3);
        List<DecodeSession> sessions = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            sessions.add(plain(prompt(2), 400));
        }
        while (sessions.stream().anyMatch(DecodeSession::isReading)) {
            assertThat(this.batch.step(sessions)).isEmpty();
        }
        int[] before = steps(sessions);
        for (int i = 0; i < 100; i++) {
            assertThat(this.batch.step(sessions)).isEmpty();
        }
        int[] after = steps(sessions);
        for (int i = 0; i < 10; i++) {
            assertThat(after[i] - before[i]).as("steps of session %d", i).isCloseTo(30, within(1));
        }
        sessions.forEach(DecodeSession::close);
    }

    private static int[] steps(List<DecodeSession> sessions) {
        return sessions.stream().mapToInt((session) -> session.statistics().steps()).toArray();
    }

    /*
     * Every answer gets a token with every forward, none of which has more rows than one
     * piece: no gap between two tokens is longer than that.
     */
    @Test
    void aLongPromptDelaysAnswersByOnePieceAndNoMore() {
        int longest = 64;
        List<DecodeSession> sessions = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            sessions.add(session(prompt(3), 3000, SamplingOptions.GREEDY,
                    new AlwaysGate(new TreeSizer(this.costs, this.experience))));
        }
        this.batch.step(sessions);
        DecodeSession reading = plain(prompt(2000), 5);
        sessions.add(reading);
        this.rows.clear();
        int taken = 0;
        while (reading.isReading()) {
            int[] before = steps(sessions);
            assertThat(this.batch.step(sessions)).isEmpty();
            int[] after = steps(sessions);
            for (int i = 0; i < 8; i++) {
                assertThat(after[i]).isEqualTo(before[i] + 1);
            }
            taken++;
        }
        assertThat(this.rows).hasSize(taken).allMatch((count) -> count <= longest);
        // the prompt has at least half of the rows
        assertThat(taken).isBetween(2000 / longest, 2 * 2000 / longest + 1);
        sessions.forEach(DecodeSession::close);
    }

    @Test
    void aShortPromptDoesNotWaitForALongOneThatCameBefore() {
        DecodeSession longer = plain(prompt(2000), 1);
        List<DecodeSession> sessions = new ArrayList<>(List.of(longer));
        this.batch.step(sessions);
        DecodeSession shorter = plain(prompt(5), 1);
        sessions.add(shorter);
        this.batch.step(sessions);
        assertThat(shorter.isFinished()).isTrue();
        assertThat(longer.isReading()).isTrue();
        sessions.forEach(DecodeSession::close);
    }

    @Test
    void aLongPromptIsReadHoweverManyShortOnesCome() {
        DecodeSession longer = plain(prompt(500), 1);
        List<DecodeSession> sessions = new ArrayList<>(List.of(longer));
        int steps = 0;
        while (sessions.contains(longer)) {
            assertThat(steps++).isLessThan(500 / 16 + 2); // a quarter of the rows each
                                                          // time
            while (sessions.size() < 9) {
                sessions.add(plain(prompt(this.model.rowLimit()), 1));
            }
            assertThat(this.batch.step(sessions)).isEmpty();
            sessions.stream().filter(DecodeSession::isFinished).forEach(DecodeSession::close);
            sessions.removeIf(DecodeSession::isFinished);
        }
        sessions.forEach(DecodeSession::close);
    }

    @Test
    void whatIsLeastIsReadFirstAndWhoCameFirstHasAQuarter() {
        List<DecodeSession> sessions = List.of(plain(prompt(100), 2), plain(prompt(20), 2), plain(prompt(40), 2));
        this.batch.step(sessions);
        assertThat(sessions).extracting(DecodeSession::cachedTokens).containsExactly(16, 20, 28);
        sessions.forEach(DecodeSession::close);
    }

    @Test
    void promptsOfOneLengthAreReadInTheOrderInWhichTheyCame() {
        List<DecodeSession> sessions = List.of(plain(prompt(100), 2), plain(prompt(100), 2), plain(prompt(100), 2));
        this.batch.step(sessions);
        assertThat(sessions).extracting(DecodeSession::cachedTokens).containsExactly(64, 0, 0);
        this.batch.step(sessions);
        assertThat(sessions).extracting(DecodeSession::cachedTokens).containsExactly(100, 28, 0);
        sessions.forEach(DecodeSession::close);
    }

    @Test
    void promptsTakeTheirRowsBeforeDraftsDo() {
        DecodeSession writing = session(prompt(3), 50, SamplingOptions.GREEDY,
                new AlwaysGate(new TreeSizer(this.costs, this.experience)));
        this.batch.step(List.of(writing));
        DecodeSession reading = plain(prompt(200), 1);
        this.batch.step(List.of(writing, reading));
        assertThat(reading.cachedTokens()).isEqualTo(63); // all rows but one
        writing.close();
        reading.close();
    }

    @Test
    void onePriceForAllShrinksTreesUnderLoad() {
        double alone = meanNodes(1);
        double few = meanNodes(4);
        double many = meanNodes(24);
        assertThat(alone).isGreaterThan(2);
        assertThat(few).isLessThan(alone);
        assertThat(many).isLessThan(few / 2);
    }

    private double meanNodes(int count) {
        List<DecodeSession> sessions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sessions.add(session(prompt(3), 200, SamplingOptions.GREEDY,
                    new AdaptiveGate(new TreeSizer(this.costs, new Experience()))));
        }
        for (int i = 0; i < 60; i++) {
            this.batch.step(sessions);
        }
        double nodes = 0;
        double steps = 0;
        for (DecodeSession session : sessions) {
            nodes += session.statistics().draftedTokens();
            steps += session.statistics().steps();
            session.close();
        }
        return nodes / steps;
    }

    @Test
    void theHeadsRunOnceAStepForAllSessions() {
        ScriptedHeads heads = new ScriptedHeads(this.model, 4, 0.7, SamplingOptions.GREEDY);
        List<DecodeSession> running = drafting(heads, 6);
        int steps = 0;
        while (!running.isEmpty()) {
            int writing = (int) running.stream().filter((session) -> !session.isReading()).count();
            int before = heads.calls().size();
            assertThat(this.batch.step(running)).isEmpty();
            assertThat(heads.calls().size() - before).isEqualTo((writing > 0) ? 1 : 0);
            steps += (writing > 1) ? 1 : 0;
            finishedOf(running).forEach(DecodeSession::close);
        }
        assertThat(steps).isGreaterThan(5);
        assertThat(heads.calls()).contains(6);
    }

    @Test
    void headsAreNotAskedForAStaticTreeThatHasNoRoomBesideOthers() {
        ScriptedHeads heads = new ScriptedHeads(this.model, 4, 0.7, SamplingOptions.GREEDY);
        Gate gate = new AlwaysGate(new TreeSizer(this.costs, this.experience));
        List<DecodeSession> sessions = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            sessions.add(new DecodeSession(this.model, Optional.of(heads), gate,
                    new DecodeRequest(prompt(5), 40, 0, Set.of(), SamplingOptions.GREEDY,
                            Optional.of(TreeShape.branching(3, 4, 4)), 12, DraftingOptions.DEFAULT),
                    (token, origin) -> TokenSink.Signal.CONTINUE, DecodeListener.NONE));
        }
        for (int i = 0; i < 20; i++) { // 63 nodes and two roots are more rows than there
                                       // are
            assertThat(this.batch.step(sessions)).isEmpty();
        }
        assertThat(heads.drafts()).isZero();
        assertThat(this.batch.step(sessions.subList(0, 1))).isEmpty();
        assertThat(heads.drafts()).isEqualTo(1);
        sessions.forEach(DecodeSession::close);
    }

    @Test
    void headsThatFailForOneSessionAreAskedForEach() {
        ScriptedHeads heads = new ScriptedHeads(this.model, 4, 0.7, SamplingOptions.GREEDY);
        List<DecodeSession> running = drafting(heads, 4);
        while (running.stream().anyMatch(DecodeSession::isReading)) {
            assertThat(this.batch.step(running)).isEmpty();
        }
        DecodeSession broken = running.get(2);
        int position = broken.cachedTokens();
        int others = (int) running.stream().filter((session) -> session.cachedTokens() == position).count();
        heads.failWith((roots) -> {
            if (roots.stream().anyMatch((root) -> root.position() == position)) {
                throw new ModelException("no heads here");
            }
        });
        Map<DecodeSession, Throwable> failures = this.batch.step(running);
        assertThat(failures).hasSize(others).containsKey(broken);
        assertThat(this.retries).isEqualTo(1);
        running.removeAll(failures.keySet());
        failures.keySet().forEach(DecodeSession::close);
        assertThat(running).isNotEmpty();
        heads.failWith((roots) -> {
        });
        finish(running);
        running.forEach(DecodeSession::close);
    }

    /** Returns sessions with prompts of different lengths that always draft. */
    private List<DecodeSession> drafting(ScriptedHeads heads, int count) {
        TreeSizer sizer = new TreeSizer(this.costs, this.experience);
        List<DecodeSession> sessions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            DecodeRequest request = DecodeRequest.greedy(prompt(3 + 2 * i), 30);
            sessions.add(new DecodeSession(this.model, Optional.of(heads), new AlwaysGate(sizer), request,
                    (token, origin) -> TokenSink.Signal.CONTINUE, DecodeListener.NONE));
        }
        return sessions;
    }

    /** Removes the finished sessions. */
    private static List<DecodeSession> finishedOf(List<DecodeSession> running) {
        List<DecodeSession> finished = running.stream().filter(DecodeSession::isFinished).toList();
        running.removeAll(finished);
        return finished;
    }

    @Test
    void aSessionThatCanNotBeRunFailsAlone() {
        List<DecodeSession> sessions = new ArrayList<>();
        sessions.add(plain(new int[] { 1, 2 }, 5));
        sessions.add(plain(new int[] { 1, VOCABULARY }, 5));
        sessions.add(plain(new int[] { 3 }, 5));
        Map<DecodeSession, Throwable> failures = this.batch.step(sessions);
        assertThat(failures).containsOnlyKeys(sessions.get(1));
        assertThat(failures.get(sessions.get(1))).isInstanceOf(ModelException.class);
        sessions.remove(1).close();
        finish(sessions);
        assertThat(sessions.get(0).result().tokens())
            .isEqualTo(this.model.continuation(new int[] { 1, 2 }, 5, SamplingOptions.GREEDY));
        assertThat(sessions.get(1).result().tokens())
            .isEqualTo(this.model.continuation(new int[] { 3 }, 5, SamplingOptions.GREEDY));
        sessions.forEach(DecodeSession::close);
    }

    @Test
    void aForwardOfAllThatFailsIsTriedAgainForEach() {
        this.model.failAtForward(3);
        List<DecodeSession> sessions = List.of(plain(new int[] { 1, 2 }, 8), plain(new int[] { 3 }, 8));
        finish(sessions);
        assertThat(this.retries).isEqualTo(1);
        assertThat(sessions.get(0).result().tokens())
            .isEqualTo(this.model.continuation(new int[] { 1, 2 }, 8, SamplingOptions.GREEDY));
        assertThat(sessions.get(1).result().tokens())
            .isEqualTo(this.model.continuation(new int[] { 3 }, 8, SamplingOptions.GREEDY));
        sessions.forEach(DecodeSession::close);
    }

    @Test
    void stepsWhoseForwardFailedForAllTogetherTeachNothing() {
        TargetModel failing = (TargetModel) Proxy.newProxyInstance(TargetModel.class.getClassLoader(),
                new Class<?>[] { TargetModel.class }, (proxy, method, arguments) -> {
                    if (method.getName().equals("forward") && ((List<?>) arguments[0]).size() > 1) {
                        throw new ModelException("for a test");
                    }
                    return method.invoke(this.model, arguments);
                });
        this.costs.beside(2, 2, 2, 0, 0);
        boolean rests = this.costs.rests();
        try (DecodeBatch each = new DecodeBatch(failing, this.costs, 1_000_000, 0, 64, BatchListener.NONE)) {
            List<DecodeSession> sessions = List.of(plain(prompt(5), 200), plain(prompt(5), 200));
            for (int i = 0; i < 100; i++) { // a trial of the other way begins before that
                assertThat(each.step(sessions)).isEmpty();
                this.costs.beside(2, 2, 2, 0, 0);
                assertThat(this.costs.rests()).as("step %d", i).isEqualTo(rests);
            }
            sessions.forEach(DecodeSession::close);
        }
    }

    @Test
    void answerIsFinishedAlthoughItCanNotBeRemembered() {
        Recollection full = new Recollection() {
            @Override
            public Kind kind() {
                return Kind.LIVE;
            }

            @Override
            public Optional<Continuation> after(int[] recent) {
                return Optional.empty();
            }

            @Override
            public void learn(int[] text, int from) {
                throw new OutOfMemoryError("for a test");
            }
        };
        DecodeSession session = new DecodeSession(this.model, Optional.empty(), new NeverGate(), List.of(full),
                new LookupTrust(), DecodeRequest.greedy(new int[] { 1, 2 }, 8),
                (token, origin) -> TokenSink.Signal.CONTINUE, DecodeListener.NONE);
        finish(List.of(session));
        assertThat(session.result().tokens())
            .isEqualTo(this.model.continuation(new int[] { 1, 2 }, 8, SamplingOptions.GREEDY));
        assertThat(this.notRemembered).isEqualTo(1);
        session.close();
    }

    private void finish(List<DecodeSession> sessions) {
        List<DecodeSession> open = new ArrayList<>(sessions);
        while (!open.isEmpty()) {
            assertThat(this.batch.step(open)).isEmpty();
            open.removeIf(DecodeSession::isFinished);
        }
    }

}
