package dev.cerberus.sampleapp;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.Prompt;
import dev.cerberus.gate.GateMode;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.DemoFixture;
import dev.cerberus.text.ChatMessage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Drafting does not change a single token: the demo model in fp32, one question of every
 * category.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE, properties = "cerberus.model.precision=fp32")
class DemoModelIdentityTests {

    private static final int MAX_TOKENS = 64;

    private static final List<GateOptions> DRAFTING = List.of(GateOptions.DEFAULT.withMode(GateMode.ALWAYS),
            new GateOptions(GateMode.THRESHOLD, GateSignal.HEAD_ENTROPY, 1.0), GateOptions.DEFAULT);

    @Autowired
    private CerberusEngine engine;

    @DynamicPropertySource
    static void model(DynamicPropertyRegistry properties) {
        properties.add("cerberus.model.location", () -> DemoFixture.model().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = { "Travel post about Genoa: the airport lounge, meatballs.",
            "Imagine you are a lion in Tampa, and your name is Isaac. Describe your life.",
            "Which of these does not fit: banana, grape, peach, carrot?", "Compute 51 plus 81 and show your work.",
            "Write a Python function add_balances that adds 14 to all balances.",
            "Make an address book entry from this: Please contact Aria Kelly of Redstone Software, 94 Rose Avenue, "
                    + "Miami. Phone 555-409-187, e-mail aria.kelly@example.com.",
            "Who is closer to the sun? Uranus? Venus?", "A sonnet versus colonialism?" })
    void everyGateGivesTheTokensOfPlainDecoding(String question) {
        Prompt prompt = new Prompt.Chat(List.of(ChatMessage.user(question)), List.of());
        Stream<SamplingOptions> samplings = Stream.concat(Stream.of(SamplingOptions.GREEDY),
                IntStream.range(0, 10).mapToObj((seed) -> new SamplingOptions(0.8, 0, 1, seed)));
        int accepted = 0;
        for (SamplingOptions sampling : samplings.toList()) {
            GenerationRequest request = GenerationRequest.greedy(prompt, MAX_TOKENS).withSampling(sampling);
            GenerationResult plain = this.engine
                .generate(request.withGate(GateOptions.DEFAULT.withMode(GateMode.NEVER)));
            assertThat(plain.statistics().draftSteps()).isZero();
            for (GateOptions gate : DRAFTING) {
                GenerationResult drafted = this.engine.generate(request.withGate(gate));
                assertThat(drafted.tokens()).as("%s, %s", gate, sampling).isEqualTo(plain.tokens());
                accepted += drafted.statistics().acceptedDraftTokens();
            }
        }
        assertThat(accepted).isPositive();
    }

}
