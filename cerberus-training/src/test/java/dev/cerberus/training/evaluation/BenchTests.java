package dev.cerberus.training.evaluation;

import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.Prompt;
import dev.cerberus.gate.GateMode;
import dev.cerberus.sample.SamplingOptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

class BenchTests {

    private static final Bench.Progress SILENT = (done, total) -> {
    };

    private static final List<Conversation> TWO_PROMPTS = List.of(new Conversation("1", "math", List.of("a")),
            new Conversation("2", "stem", List.of("b")));

    private static BenchOptions options(int repeat, Set<BenchMode> modes) {
        return new BenchOptions(modes, true, 8, 0, repeat, 0, SamplingOptions.GREEDY, DraftingOptions.DEFAULT, Map.of(),
                4, GateOptions.DEFAULT);
    }

    private static BenchOutcome run(BenchOptions options, List<Conversation> prompts,
            Function<GenerationRequest, Observation> script) {
        ScriptedSubject subject = new ScriptedSubject(script);
        return new Bench(options, (mode) -> subject, SILENT).run(prompts);
    }

    @Test
    void rowsDivideSumsOfTimesAndTokens() {
        BenchOutcome outcome = run(options(1, EnumSet.of(BenchMode.CERBERUS_ALWAYS)), TWO_PROMPTS, (request) -> {
            boolean first = request.prompt().equals(new Prompt.Raw("a"));
            return (ScriptedSubject.mode(request) == GateMode.NEVER)
                    ? ScriptedSubject.plainAnswer("x", first ? 4 : 2, 1, 2, 3)
                    : ScriptedSubject.answer("x", first ? 1 : 2, first ? 2 : 0, 1, 2, 3);
        });
        BenchRow all = outcome.row(BenchMode.CERBERUS_ALWAYS, BenchRow.ALL);
        assertThat(all.prompts()).isEqualTo(2);
        assertThat(all.tokens()).isEqualTo(6);
        assertThat(all.speedup()).isEqualTo(6.0 / 3);
        assertThat(all.tokensPerSecond()).isEqualTo(6.0 / 3);
        assertThat(all.acceptanceLength()).isEqualTo(1 + 2.0 / 4);
        assertThat(all.zeroAcceptShare()).isEqualTo(0.5);
        assertThat(all.identical()).isEqualTo(1);
        assertThat(all.source()).isEqualTo(new SourceShares(1, 0, 0));
        assertThat(outcome.row(BenchMode.CERBERUS_ALWAYS, "math").speedup()).isEqualTo(4);
        assertThat(outcome.row(BenchMode.CERBERUS_ALWAYS, "stem").source()).isEqualTo(new SourceShares(0, 0, 0));
        assertThat(outcome.row(BenchMode.CERBERUS_ALWAYS, "stem").speedup()).isEqualTo(1);
        assertThat(outcome.row(BenchMode.AUTOREGRESSIVE, BenchRow.ALL).acceptanceLength()).isEqualTo(1);
        assertThat(outcome.row(BenchMode.AUTOREGRESSIVE, BenchRow.ALL).skipShare()).isZero();
        assertThat(outcome.categories()).containsExactly("math", "stem");
        assertThat(outcome.spread("cerberus-always", BenchRow.ALL))
            .hasValue(new BenchOutcome.Spread("cerberus-always", BenchRow.ALL, 1, 4));
        assertThat(outcome.spread("cerberus-always", "math"))
            .hasValue(new BenchOutcome.Spread("cerberus-always", "math", 4, 4));
        assertThat(outcome.spread("autoregressive", "math")).isEmpty();
    }

    @Test
    void skipShareCountsOnlyWhereAGateDecides() {
        BenchOutcome outcome = run(options(1, EnumSet.of(BenchMode.CERBERUS_ALWAYS, BenchMode.CERBERUS)), TWO_PROMPTS,
                (request) -> ScriptedSubject.answer("x", 1, 1, 1));
        assertThat(outcome.row(BenchMode.CERBERUS_ALWAYS, BenchRow.ALL).skipShare()).isZero();
        assertThat(outcome.row(BenchMode.CERBERUS, BenchRow.ALL).skipShare()).isEqualTo(0.5);
    }

    @Test
    void differentTokensAreReportedWithPositionAndMargin() {
        BenchOutcome outcome = run(options(1, EnumSet.of(BenchMode.CERBERUS)), TWO_PROMPTS, (request) -> {
            boolean differs = ScriptedSubject.mode(request) == GateMode.ADAPTIVE
                    && request.prompt().equals(new Prompt.Raw("b"));
            return differs ? ScriptedSubject.answer("y", 1, 0, 1, 2, 9) : ScriptedSubject.plainAnswer("x", 1, 1, 2, 3);
        });
        assertThat(outcome.row(BenchMode.CERBERUS, BenchRow.ALL).identical()).isEqualTo(0.5);
        assertThat(outcome.row(BenchMode.CERBERUS, "math").identical()).isEqualTo(1);
        assertThat(outcome.flips()).singleElement().satisfies((flip) -> {
            assertThat(flip.mode()).isEqualTo("cerberus");
            assertThat(flip.category()).isEqualTo("stem");
            assertThat(flip.prompt()).isEqualTo("2");
            assertThat(flip.turn()).isEqualTo(1);
            assertThat(flip.position()).isEqualTo(2);
            assertThat(flip.margin()).hasValue(2.25);
        });
    }

    @Test
    void anAnswerThatEndsEarlierDiffersWhereItEnds() {
        BenchOutcome outcome = run(options(1, EnumSet.of(BenchMode.CERBERUS)), TWO_PROMPTS.subList(0, 1),
                (request) -> (ScriptedSubject.mode(request) == GateMode.NEVER)
                        ? ScriptedSubject.plainAnswer("x", 1, 1, 2, 3) : ScriptedSubject.plainAnswer("x", 1, 1, 2));
        assertThat(outcome.flips()).extracting(BenchOutcome.Flip::position).containsExactly(2);
    }

    @Test
    void answersThatLoopAreLeftOutOfARowOfTheirOwn() {
        int[] loop = IntStream.range(0, 60).map((i) -> (i < 12) ? 100 + i : i % 16).toArray();
        int[] text = IntStream.range(0, 60).map((i) -> i % 17).toArray();
        BenchOutcome outcome = run(options(1, EnumSet.of(BenchMode.CERBERUS)), TWO_PROMPTS, (request) -> {
            boolean first = request.prompt().equals(new Prompt.Raw("a"));
            return (ScriptedSubject.mode(request) == GateMode.NEVER)
                    ? ScriptedSubject.plainAnswer("x", 4, first ? loop : text)
                    : ScriptedSubject.answer("x", first ? 1 : 2, 1, first ? loop : text);
        });
        assertThat(outcome.row(BenchMode.CERBERUS, BenchRow.ALL).speedup()).isEqualTo(8.0 / 3);
        BenchRow left = outcome.row(BenchMode.CERBERUS, BenchRow.NOT_LOOPING);
        assertThat(left.prompts()).isEqualTo(1);
        assertThat(left.speedup()).isEqualTo(2);
        assertThat(outcome.categories()).containsExactly("math", "stem");
    }

    @Test
    void withoutLoopsThereIsNoRowForThem() {
        BenchOutcome outcome = run(options(1, EnumSet.of(BenchMode.CERBERUS)), TWO_PROMPTS,
                (request) -> ScriptedSubject.plainAnswer("x", 1, new int[47]));
        assertThat(outcome.rows()).extracting(BenchRow::category).doesNotContain(BenchRow.NOT_LOOPING);
    }

    @Test
    void medianRepetitionCounts() {
        Queue<Double> times = new ArrayDeque<>(List.of(9.0, 1.0, 5.0));
        BenchOutcome outcome = run(options(3, EnumSet.of(BenchMode.AUTOREGRESSIVE)), TWO_PROMPTS.subList(0, 1),
                (request) -> ScriptedSubject.plainAnswer("x", times.remove(), 1));
        assertThat(outcome.row(BenchMode.AUTOREGRESSIVE, BenchRow.ALL).decodeSeconds()).isEqualTo(5);
    }

    @Test
    void modesTakeTurnsInRotatingOrder() {
        ScriptedSubject subject = new ScriptedSubject((request) -> ScriptedSubject.plainAnswer("x", 1, 1));
        new Bench(options(1, EnumSet.of(BenchMode.CERBERUS, BenchMode.CERBERUS_ALWAYS)), (mode) -> subject, SILENT)
            .run(TWO_PROMPTS);
        assertThat(subject.requests).extracting(ScriptedSubject::mode)
            .containsExactly(GateMode.NEVER, GateMode.ALWAYS, GateMode.ADAPTIVE, GateMode.ALWAYS, GateMode.ADAPTIVE,
                    GateMode.NEVER);
    }

    @Test
    void secondTurnFollowsTheAutoregressiveAnswerInEveryMode() {
        ScriptedSubject subject = new ScriptedSubject((request) -> ScriptedSubject
            .plainAnswer((ScriptedSubject.mode(request) == GateMode.NEVER) ? "!" : "?", 1, 1));
        new Bench(options(1, EnumSet.of(BenchMode.CERBERUS)), (mode) -> subject, SILENT)
            .run(List.of(new Conversation("1", "math", List.of("a", "b"))));
        assertThat(subject.requests).extracting(GenerationRequest::prompt)
            .containsExactly(new Prompt.Raw("a"), new Prompt.Raw("a"), new Prompt.Raw("a!\nb"),
                    new Prompt.Raw("a!\nb"));
    }

    @Test
    void warmUpIsNotMeasured() {
        ScriptedSubject subject = new ScriptedSubject((request) -> ScriptedSubject.plainAnswer("x", 1, 1));
        BenchOptions warm = new BenchOptions(EnumSet.of(BenchMode.CERBERUS), true, 8, 0, 1, 1, SamplingOptions.GREEDY,
                DraftingOptions.DEFAULT, Map.of(), 4, GateOptions.DEFAULT);
        BenchOutcome outcome = new Bench(warm, (mode) -> subject, SILENT).run(TWO_PROMPTS);
        assertThat(subject.requests).hasSize(2 + 4);
        assertThat(outcome.row(BenchMode.CERBERUS, BenchRow.ALL).prompts()).isEqualTo(2);
    }

    @Test
    void depthsCountDraftedAndAcceptedSteps() {
        BenchOutcome outcome = run(options(1, EnumSet.of(BenchMode.CERBERUS_ALWAYS)), TWO_PROMPTS,
                (request) -> ScriptedSubject.answer("x", 1, request.prompt().equals(new Prompt.Raw("a")) ? 2 : 1, 1));
        assertThat(outcome.depths()).contains(new BenchOutcome.DepthCount("cerberus-always", 1, 2, 2),
                new BenchOutcome.DepthCount("cerberus-always", 2, 2, 1));
    }

    @Test
    void predictionsCompareExpectationWithAccepts() {
        BenchOutcome outcome = run(options(1, EnumSet.of(BenchMode.CERBERUS)), TWO_PROMPTS,
                (request) -> ScriptedSubject.answer("x", 1, 2, 1));
        assertThat(outcome.predictions().stream().mapToLong(BenchOutcome.PredictionBin::steps).sum()).isEqualTo(2);
        assertThat(outcome.predictions()).allSatisfy((bin) -> {
            assertThat(bin.expected()).isEqualTo(1.5, within(1e-12));
            assertThat(bin.accepted()).isEqualTo(2);
        });
    }

    @Test
    void aPromptThatCanNotBeAnsweredIsNamed() {
        assertThatExceptionOfType(EvaluationException.class)
            .isThrownBy(() -> run(options(1, EnumSet.of(BenchMode.CERBERUS)), TWO_PROMPTS, (request) -> {
                throw new IllegalArgumentException("The prompt is too long");
            }))
            .withMessage("Prompt 1 of category math, turn 1, can not be answered: The prompt is too long");
    }

}
