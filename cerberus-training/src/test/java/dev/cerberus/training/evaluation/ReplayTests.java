package dev.cerberus.training.evaluation;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;

import org.junit.jupiter.api.Test;

import dev.cerberus.engine.GateOptions;
import dev.cerberus.gate.GateMode;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.tree.TreeShape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class ReplayTests {

    private static final GateOptions ALWAYS = GateOptions.DEFAULT.withMode(GateMode.ALWAYS);

    private static ReplayPlan shaped(String shape) {
        return new ReplayPlan(ALWAYS, Optional.of(TreeShape.parse(shape)), 12, false);
    }

    @Test
    void plainDecodingTakesOneStepPerTokenAfterTheFirst() {
        Replay replay = new Replay(Recordings.of(Recordings.answer(List.of(0, 0, 0, 0), 5)));
        ReplayResult result = replay.run(new ReplayPlan(ALWAYS.withMode(GateMode.NEVER), Optional.empty(), 12, false));
        assertThat(result.steps()).isEqualTo(4);
        assertThat(result.draftSteps()).isZero();
        assertThat(result.tokens()).isEqualTo(5);
        assertThat(result.seconds()).isEqualTo(4);
        assertThat(result.speedup()).isEqualTo(1);
    }

    @Test
    void aPathThatIsAlwaysRightGainsItsDepthPerStep() {
        // tokens 0 | 1 2 3 | 4 5 6: two steps of two accepted tokens and the target's own
        Replay replay = new Replay(Recordings.of(Recordings.answer(List.of(0, 0, 0, 0, 0, 0), 9)));
        ReplayResult result = replay.run(shaped("0;0,0"));
        assertThat(result.steps()).isEqualTo(2);
        assertThat(result.acceptedDraftTokens()).isEqualTo(4);
        assertThat(result.draftedTokens()).isEqualTo(4);
        assertThat(result.seconds()).isCloseTo(2 * (1.2 + 0.25), within(1e-12));
        assertThat(result.plainSeconds()).isEqualTo(6);
    }

    @Test
    void aDraftedEndOfSequenceTokenIsNotCounted() {
        RecordedAnswer open = Recordings.answer(List.of(0, 0), 9);
        RecordedAnswer ended = new RecordedAnswer("p", 0, "writing", open.tokens(), 9, true, open.positions());
        assertThat(new Replay(Recordings.of(open)).run(shaped("0;0,0")).acceptedDraftTokens()).isEqualTo(2);
        ReplayResult result = new Replay(Recordings.of(ended)).run(shaped("0;0,0"));
        assertThat(result.acceptedDraftTokens()).isEqualTo(1);
        assertThat(result.tokens()).isEqualTo(2);
        assertThat(result.steps()).isEqualTo(1);
    }

    @Test
    void aStepThatAcceptsNothingIsCounted() {
        Replay replay = new Replay(Recordings.of(Recordings.answer(List.of(2, 2, 2), 9)));
        ReplayResult result = replay.run(shaped("2,1"));
        assertThat(result.zeroAcceptSteps()).isEqualTo(result.draftSteps()).isEqualTo(3);
    }

    @Test
    void aThresholdSkipsPositionsOnItsWrongSide() {
        Replay replay = new Replay(Recordings.of(Recordings.answer(List.of(0, 0, 0), 9)));
        // it is 0.9
        GateOptions below = new GateOptions(GateMode.THRESHOLD, GateSignal.HEAD_ENTROPY, 0.8);
        GateOptions above = new GateOptions(GateMode.THRESHOLD, GateSignal.HEAD_ENTROPY, 1.0);
        assertThat(replay.run(new ReplayPlan(below, Optional.empty(), 4, false)).draftSteps()).isZero();
        assertThat(replay.run(new ReplayPlan(above, Optional.empty(), 4, false)).skipShare()).isZero();
    }

    @Test
    void aThresholdOfATargetSignalSkipsWithoutPayingForTheHeads() {
        Replay replay = new Replay(Recordings.of(Recordings.answer(List.of(0, 0, 0), 9)));
        // it is 2
        GateOptions gate = new GateOptions(GateMode.THRESHOLD, GateSignal.VOCAB_ENTROPY, 1.0);
        assertThat(replay.run(new ReplayPlan(gate, Optional.empty(), 4, false)).seconds()).isEqualTo(3);
    }

    @Test
    void runAgreesWithAWalkThatKnowsTheAnswer() {
        RandomGenerator random = new Random(5);
        for (String shape : List.of("1", "2,2", "3,1", "0;1;0,1", "2")) {
            for (int round = 0; round < 20; round++) {
                Recording recording = Recordings.random(random);
                ReplayResult result = new Replay(recording).run(shaped(shape));
                long[] expected = walk(recording, TreeShape.parse(shape));
                assertThat(new long[] { result.steps(), result.draftSteps(), result.acceptedDraftTokens() })
                    .isEqualTo(expected);
            }
        }
    }

    /** The naive twin: accept while the shape has a node for the ranks that came true. */
    private static long[] walk(Recording recording, TreeShape whole) {
        long[] counts = new long[3];
        for (RecordedAnswer answer : recording.answers()) {
            int root = 0;
            while (root < answer.positions().size()) {
                RecordedPosition position = answer.positions().get(root);
                int accepted = 0;
                if (position.heads() > 0) {
                    TreeShape shape = whole.limitedTo(position.heads());
                    counts[1]++;
                    while (accepted < position.trueRanks().length
                            && contains(shape, position.trueRanks(), accepted + 1)) {
                        accepted++;
                    }
                }
                counts[0]++;
                counts[2] += accepted;
                root += accepted + 1;
            }
        }
        return counts;
    }

    private static boolean contains(TreeShape shape, int[] ranks, int length) {
        StringBuilder path = new StringBuilder(";");
        for (int d = 0; d < length; d++) {
            path.append((d == 0) ? "" : ",").append(ranks[d]);
        }
        return (";" + shape).contains(path.append(';'));
    }

    @Test
    void runWhenTheTreeIsWiderThanTheRecordingIsRefused() {
        Replay replay = new Replay(Recordings.of(Recordings.answer(List.of(0), 9)));
        assertThatIllegalArgumentException().isThrownBy(() -> replay.run(shaped("4")))
            .withMessageContaining("holds 3 candidates per head");
    }

    @Test
    void runWhenTheTreeIsLargerThanTheCostCurveIsRefused() {
        Replay replay = new Replay(Recordings.of(Recordings.answer(List.of(0), 9)));
        assertThatIllegalArgumentException()
            .isThrownBy(() -> replay.run(new ReplayPlan(ALWAYS, Optional.empty(), 13, false)))
            .withMessageContaining("at most 12 draft nodes")
            .withMessageEndingWith("give a smaller --max-nodes, or record again with a larger --max-nodes on a "
                    + "device that verifies as many in a step");
    }

    @Test
    void nodesDeeperThanThereAreHeadsAreNotCounted() {
        Replay replay = new Replay(Recordings.of(Recordings.answer(List.of(0, 0, 0, 0, 0, 0), 9)));
        assertThat(replay.run(shaped("2,1,1,1,1,1,1,1,1")).draftSteps()).isPositive();
    }

    @Test
    void bestStaticTreeTakesThePathsHitMostOften() {
        // ranks that follow: 0 0 | 0 1 | 1 0 | 0 0 ...: paths 0 and 0,0 are hit most
        Recording recording = Recordings.of(Recordings.answer(List.of(0, 0, 0, 1, 0, 0, 0), 20));
        List<List<Integer>> best = new PathCounts(recording).best(3);
        assertThat(best).containsExactly(List.of(0), List.of(0, 0), List.of(1));
        assertThat(new PathCounts(recording).share(List.of(1))).isCloseTo(1 / 7.0, within(1e-12));
        assertThat(PathCounts.shape(best)).isEqualTo(TreeShape.parse("0;0,0;1"));
    }

    @Test
    void aSignalThatDoesNotVaryTellsNothing() {
        Replay replay = new Replay(Recordings.of(Recordings.answer(List.of(0, 2, 0, 2, 1), 9)));
        List<SignalAnalysis> signals = SignalAnalysis.of(replay, Optional.empty(), 1);
        assertThat(signals).hasSize(6).allSatisfy((signal) -> {
            assertThat(signal.positions()).isEqualTo(5);
            assertThat(signal.spearman()).isZero();
            assertThat(signal.areaUnderCurve()).isEqualTo(0.5);
            assertThat(signal.zeroAcceptShare()).isCloseTo(0.6, within(1e-12));
        });
    }

}
