package dev.cerberus.sampleapp.agents;

import java.util.List;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.guardrail.InputGuardrail;
import dev.langchain4j.guardrail.InputGuardrailException;
import dev.langchain4j.guardrail.InputGuardrailResult;
import dev.langchain4j.guardrail.OutputGuardrail;
import dev.langchain4j.guardrail.OutputGuardrailResult;
import dev.langchain4j.service.AiServices;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.KnowingEngine;
import dev.cerberus.langchain4j.CerberusChatModel;
import dev.cerberus.testing.KnownAnswers.Turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Guardrails around what goes in and what comes out.
 */
class GuardrailTests {

    interface Assistant {

        String answer(String question);

    }

    private static CerberusEngine engine;

    @BeforeAll
    static void open() {
        engine = KnowingEngine.open("guarded", GuardrailTests::answers);
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static List<String> answers(List<Turn> conversation) {
        boolean asked = conversation.get(conversation.size() - 1).content().contains("Shorter, please");
        return List.of(asked ? "Berlin." : "The capital of Germany is the city of Berlin.");
    }

    private static Assistant assistant() {
        return AiServices.builder(Assistant.class)
            .chatModel(CerberusChatModel.builder(engine).build())
            .inputGuardrails(new NoSecrets())
            .outputGuardrails(new Brief())
            .build();
    }

    /**
     * Keeps secrets from the model.
     */
    static final class NoSecrets implements InputGuardrail {

        @Override
        public InputGuardrailResult validate(UserMessage message) {
            return message.singleText().contains("password") ? fatal("secrets stay here") : success();
        }

    }

    /**
     * Has long answers said again.
     */
    static final class Brief implements OutputGuardrail {

        @Override
        public OutputGuardrailResult validate(AiMessage message) {
            return (message.text().length() > 20) ? reprompt("too long", "Shorter, please.") : success();
        }

    }

    @Test
    void answerThatIsRefusedIsAskedForAgain() {
        assertThat(assistant().answer("What is the capital of Germany?")).isEqualTo("Berlin.");
    }

    @Test
    void questionThatIsRefusedNeverReachesTheEngine() {
        long before = engine.totals().requests();
        assertThatExceptionOfType(InputGuardrailException.class)
            .isThrownBy(() -> assistant().answer("My password is 1234"))
            .withMessageContaining("secrets stay here");
        assertThat(engine.totals().requests()).isEqualTo(before);
    }

}
