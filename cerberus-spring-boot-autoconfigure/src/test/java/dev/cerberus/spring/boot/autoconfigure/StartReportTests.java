package dev.cerberus.spring.boot.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.cerberus.testing.TinyModels;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class StartReportTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(CerberusAutoConfiguration.class))
        .withPropertyValues(TinyEngine.properties());

    @Test
    void startSaysWhatWasLoadedAndWhySo(CapturedOutput output) {
        this.runner.withPropertyValues("cerberus.chat.template=chatml").run((context) -> {
            assertThat(context).hasNotFailed();
            assertThat(output).contains("Cerberus has loaded tiny in ", "model     LlamaForCausalLM of ", "on disk",
                    "device    cpu, 1 thread per operator", "precision fp32 (as asked; ", "memory    about ",
                    "context   ", "heads     none", "lookup    the context", "template  chatml", "tools     ");
            assertThat(output).doesNotContain("chat requests will fail");
        });
    }

    @Test
    void choiceOfTheMachineIsExplained(CapturedOutput output) {
        this.runner.withPropertyValues("cerberus.model.precision=auto")
            .run((context) -> assertThat(output)
                .containsPattern("precision \\w+ \\(auto: the fastest of fp32, .* on cpu; "));
    }

    @Test
    void modelWithoutTemplateIsWarnedOf(CapturedOutput output, @TempDir Path directory) throws Exception {
        TinyModels.writeWithTokenizer("llama", directory);
        Files.deleteIfExists(directory.resolve("tokenizer_config.json"));
        Files.deleteIfExists(directory.resolve("chat_template.jinja"));
        ApplicationContextRunner base = this.runner.withPropertyValues("cerberus.model.location=" + directory);
        base.withPropertyValues("cerberus.chat.enabled=false")
            .run((context) -> assertThat(output).doesNotContain("chat requests will fail"));
        base.run((context) -> assertThat(output).contains("tiny has no chat template that can be used",
                "cerberus.chat.template"));
    }

}
