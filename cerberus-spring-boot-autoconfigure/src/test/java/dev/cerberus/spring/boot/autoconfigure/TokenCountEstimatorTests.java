package dev.cerberus.spring.boot.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.TokenCountEstimator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.Prompt;
import dev.cerberus.text.ChatMessage;

import static org.assertj.core.api.Assertions.assertThat;

class TokenCountEstimatorTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
        .withConfiguration(
                AutoConfigurations.of(CerberusAutoConfiguration.class, CerberusChatModelAutoConfiguration.class))
        .withPropertyValues(TinyEngine.properties());

    @Test
    void messagesAreCountedWithWhatTheTemplateWrites() {
        this.runner.withPropertyValues("cerberus.chat.template=chatml").run((context) -> {
            CerberusEngine engine = context.getBean(CerberusEngine.class);
            TokenCountEstimator estimator = context.getBean(TokenCountEstimator.class);
            assertThat(estimator.estimateTokenCountInText("abc"))
                .isEqualTo(engine.tokenizer().encode("abc", false).length);
            assertThat(estimator.estimateTokenCountInText("")).isZero();
            assertThat(estimator.estimateTokenCountInMessages(List.of())).isZero();
            int[] encoded = engine.encode(new Prompt.Chat(List.of(ChatMessage.user("abc")), List.of()));
            assertThat(estimator.estimateTokenCountInMessages(List.of(UserMessage.from("abc"))))
                .isEqualTo(encoded.length)
                .isGreaterThan(3);
            assertThat(estimator.estimateTokenCountInMessage(UserMessage.from("abc"))).isLessThan(encoded.length)
                .isGreaterThan(3);
            assertThat(estimator.estimateTokenCountInMessages(List.of(UserMessage.from("abc"), AiMessage.from("d"))))
                .isGreaterThan(encoded.length);
        });
    }

    @Test
    void messagesThatTheTemplateRefusesAreCountedByTheirTexts(@TempDir Path directory) throws Exception {
        Path template = Files.writeString(directory.resolve("t.jinja"),
                "{{ raise_exception('roles must alternate') }}");
        this.runner.withPropertyValues("cerberus.chat.template=" + template)
            .run((context) -> assertThat(
                    context.getBean(TokenCountEstimator.class).estimateTokenCountInMessage(AiMessage.from("abc")))
                .isEqualTo(context.getBean(TokenCountEstimator.class).estimateTokenCountInText("abc") + 4));
    }

}
