package dev.cerberus.decode;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.constrain.CompileBudget;
import dev.cerberus.constrain.Constraints;
import dev.cerberus.constrain.SchemaCompiler;
import dev.cerberus.constrain.SchemaOptions;
import dev.cerberus.constrain.TokenConstraint;
import dev.cerberus.constrain.TokenVocabulary;
import dev.cerberus.gate.AdaptiveGate;
import dev.cerberus.gate.AlwaysGate;
import dev.cerberus.gate.Gate;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.gate.NeverGate;
import dev.cerberus.gate.ThresholdGate;
import dev.cerberus.model.DraftHeads;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.sample.TokenSampler;
import dev.cerberus.testing.ScriptedHeads;
import dev.cerberus.testing.ScriptedTargetModel;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Decoding under a constraint: the tokens are those that the target model alone would
 * choose among the allowed ones, whatever is drafted.
 */
class ConstrainedDecoderTests {

    private static final int[] PROMPT = { 3, 1, 4, 1, 5 };

    private static final List<String> TOKENS = List.of("{", "}", "\"", ":", " ", ",", "[", "]", "{\"", "\": ", ", \"",
            "\"}", "a", "b", "c", "name", "na", "me", "age", "tags", "ab", "1", "2", "12", "0", "-", ".", "true",
            "false", "null", "\", \"", "s", "g", "e", "m", "n", "t", "ca", "");

    private static final int END = TOKENS.size() - 1;

    private static final String SCHEMA = """
            {"type": "object", "required": ["name", "tags", "age"], "properties": {
              "name": {"type": "string", "minLength": 1, "maxLength": 6},
              "tags": {"type": "array", "items": {"enum": ["a", "ab", "cab"]}, "minItems": 1, "maxItems": 3},
              "age": {"type": "integer", "minimum": 10, "maximum": 212}}}""";

    private static final String INSTANCE = "\\{\"name\": \"[^\"]{1,6}\", \"tags\": \\[(\"(a|ab|cab)\"(, )?){1,3}], "
            + "\"age\": (1\\d|[2-9]\\d|1\\d\\d|2[01]\\d)}";

    private final ScriptedTargetModel model = new ScriptedTargetModel(TOKENS.size() + 1, 512);

    private final TokenVocabulary vocabulary = new TokenVocabulary(
            TOKENS.stream().map((text) -> text.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new), Set.of(END));

    private final Constraints constraints = new Constraints(
            SchemaCompiler.compile(SCHEMA, SchemaOptions.DEFAULT, new CompileBudget()), this.vocabulary, false);

    enum Sampling {

        GREEDY(SamplingOptions.GREEDY), PURE(new SamplingOptions(1, 0, 1, 5)),
        FILTERED(new SamplingOptions(0.9, 5, 0.9, 8));

        private final SamplingOptions options;

        Sampling(SamplingOptions options) {
            this.options = options;
        }

    }

    /** Masks first, then lets the sampler choose, one token after another. */
    private int[] expected(SamplingOptions sampling, int most) {
        TokenSampler sampler = new TokenSampler(sampling);
        TokenConstraint at = this.constraints.start();
        int[] text = PROMPT;
        while (text.length < PROMPT.length + most && !at.isComplete()) {
            float[] logits = this.model.logitsAfter(text);
            at.allowed().apply(logits);
            int token = sampler.choose(logits, text.length);
            if (token == END) {
                break;
            }
            at = at.after(token);
            text = Arrays.copyOf(text, text.length + 1);
            text[text.length - 1] = token;
        }
        return Arrays.copyOfRange(text, PROMPT.length, text.length);
    }

    private DecodeResult run(SamplingOptions sampling, int most, Gate gate, double accuracy) {
        return run(sampling, most, gate, accuracy, new DecodeListener() {
        });
    }

    private DecodeResult run(SamplingOptions sampling, int most, Gate gate, double accuracy, DecodeListener listener) {
        Optional<DraftHeads> heads = (accuracy < 0) ? Optional.empty()
                : Optional.of(new ScriptedHeads(this.model, 4, accuracy, sampling));
        DecodeRequest request = new DecodeRequest(PROMPT, most, 0, Set.of(END), sampling, Optional.empty(), 12,
                DraftingOptions.DEFAULT)
            .withConstraint(this.constraints.start());
        DecodeResult result = new DecodeSession(this.model, heads, gate, request,
                (token, origin) -> TokenSink.Signal.CONTINUE, listener)
            .run();
        assertThat(this.model.openCaches()).isZero();
        assertThat(this.model.openScores()).isZero();
        return result;
    }

    private static String text(int[] tokens) {
        return String.join("", IntStream.of(tokens).mapToObj(TOKENS::get).toList());
    }

    @ParameterizedTest
    @EnumSource(Sampling.class)
    void tokensAreTheTargetsOwnAmongThoseAllowed(Sampling sampling) {
        for (long seed = 0; seed < 20; seed++) {
            this.model.withSeed(seed);
            int[] expected = expected(sampling.options, 200);
            assertThat(text(expected)).matches(INSTANCE);
            List<Gate> gates = new ArrayList<>(
                    List.of(new NeverGate(), new AlwaysGate(AbstractDecoderContractTests.sizer()),
                            new AdaptiveGate(AbstractDecoderContractTests.sizer())));
            for (Gate gate : gates) {
                for (double accuracy : new double[] { -1, 0, 0.5, 1 }) {
                    DecodeResult result = run(sampling.options, 200, gate, accuracy);
                    assertThat(text(result.tokens())).as("%s, heads %s", gate, accuracy).isEqualTo(text(expected));
                    assertThat(result.tokens()).isEqualTo(expected);
                    assertThat(result.finishReason()).isEqualTo(FinishReason.STOP);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Sampling.class)
    void answerIsWholeWhenItsTokensAreUsedUp(Sampling sampling) {
        int least = IntStream.range(1, 100).filter(this.constraints.start()::canEndWithin).findFirst().orElseThrow();
        for (int most : new int[] { least, least + 1, least + 3, least + 7 }) {
            for (long seed = 0; seed < 10; seed++) {
                this.model.withSeed(seed);
                DecodeResult plain = run(sampling.options, most, new NeverGate(), -1);
                assertThat(text(plain.tokens())).matches(INSTANCE);
                assertThat(plain.tokens()).hasSizeLessThanOrEqualTo(most);
                // whole, but not what the model would have said
                boolean own = Arrays.equals(plain.tokens(), expected(sampling.options, 200));
                assertThat(plain.finishReason()).isEqualTo(own ? FinishReason.STOP : FinishReason.LENGTH);
                for (double accuracy : new double[] { -1, 0.5, 1 }) {
                    DecodeResult result = run(sampling.options, most,
                            new AlwaysGate(AbstractDecoderContractTests.sizer()), accuracy);
                    assertThat(result.tokens()).isEqualTo(plain.tokens());
                    assertThat(result.finishReason()).isEqualTo(plain.finishReason());
                }
            }
        }
    }

    @Test
    void forcedTextIsDraftedAlsoWithoutHeads() {
        int[] expected = expected(SamplingOptions.GREEDY, 200);
        DecodeResult result = run(SamplingOptions.GREEDY, 200, new AlwaysGate(AbstractDecoderContractTests.sizer()),
                -1);
        assertThat(result.tokens()).isEqualTo(expected);
        assertThat(result.statistics().draftedTokens()).isPositive();
        assertThat(result.statistics().steps()).isLessThan(expected.length);
    }

    /* Their signals are what they would say of a token that is known. */
    @ParameterizedTest
    @EnumSource(value = GateSignal.class, names = { "HEAD_ENTROPY", "HEAD_CONFIDENCE" })
    void forcedTextIsDraftedByThresholdsOfHeadsThatAreNotAsked(GateSignal signal) {
        double threshold = signal.draftsBelow() ? 1e-9 : 0.999; // heads are never as sure
        int[] expected = expected(SamplingOptions.GREEDY, 200);
        DecodeResult result = run(SamplingOptions.GREEDY, 200,
                new ThresholdGate(signal, threshold, AbstractDecoderContractTests.sizer()), 0.5);
        assertThat(result.tokens()).isEqualTo(expected);
        assertThat(result.statistics().acceptedDraftTokens()).isPositive();
    }

    @Test
    void headsAreNotAskedWhereHalfOfWhatTheyProposeIsForced() {
        List<DecodeStep> steps = new ArrayList<>();
        int[] tokens = run(SamplingOptions.GREEDY, 200, new AlwaysGate(AbstractDecoderContractTests.sizer()), 0.5,
                new DecodeListener() {
                    @Override
                    public void onStep(DecodeStep step) {
                        steps.add(step);
                    }
                })
            .tokens();
        AnswerConstraint answer = new AnswerConstraint(this.constraints.start());
        int asked = 0;
        int written = 0;
        for (DecodeStep step : steps) {
            if (answer.isComplete() || written + 1 >= tokens.length) {
                break; // drafts of what is not needed
            }
            answer.append(tokens[written++]);
            assertThat(step.headsRan()).as("after %d tokens", written).isEqualTo(answer.forcedAhead(2) < 2);
            asked += step.headsRan() ? 1 : 0;
            for (int i = 0; i < step.acceptedDraftTokens() && written < tokens.length; i++) {
                answer.append(tokens[written++]);
            }
        }
        assertThat(asked).isBetween(1, steps.size() - 1);
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 3, 8, 12 })
    void budgetThatEndsBeforeTheStructureIsALength(int most) {
        int[] expected = expected(SamplingOptions.GREEDY, most);
        for (double accuracy : new double[] { -1, 1 }) {
            DecodeResult result = run(SamplingOptions.GREEDY, most,
                    new AlwaysGate(AbstractDecoderContractTests.sizer()), accuracy);
            assertThat(result.tokens()).isEqualTo(expected);
            assertThat(result.finishReason()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void structureThatEndsWithTheBudgetIsWhole() {
        int[] expected = expected(SamplingOptions.GREEDY, 200);
        DecodeResult result = run(SamplingOptions.GREEDY, expected.length, new NeverGate(), -1);
        assertThat(result.tokens()).isEqualTo(expected);
        assertThat(result.finishReason()).isEqualTo(FinishReason.STOP);
    }

}
