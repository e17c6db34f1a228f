package dev.cerberus.cli;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.advice.Advice;
import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;
import dev.cerberus.model.ModelException;
import dev.cerberus.testing.TinyModels;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

import static org.assertj.core.api.Assertions.assertThat;

class SettingOptionsTests extends AbstractCommandTests {

    @TempDir
    private Path directory;

    private static Map<String, CommandLine> commands() {
        return CerberusCommand.withAll(Reader.nullReader()).getSubcommands();
    }

    static Stream<CommandSpec> specs() {
        return commands().values().stream().map(CommandLine::getCommandSpec);
    }

    @ParameterizedTest
    @MethodSource("specs")
    void whatACommandAdvisesItTakes(CommandSpec command) {
        SettingOptions names = new SettingOptions(command);
        for (Setting setting : Setting.values()) {
            String told = Advice.of("wrong", Remedy.of("change", setting), Remedy.on(setting)).in(names);
            for (String word : told.split("[ ,;]+")) {
                if (word.startsWith("--")) {
                    assertThat(command.optionsMap()).as(told).containsKey(word);
                }
            }
            assertThat(told).doesNotContain("EngineOptions", "cerberus.");
            assertThat(told.equals("wrong")).as(told).isEqualTo(names.name(setting).isEmpty());
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyOptionOfASettingIsOneOfACommand(Setting setting) {
        assertThat(SettingOptions.options(setting)).allSatisfy((option) -> assertThat(specs())
            .anySatisfy((command) -> assertThat(command.optionsMap()).containsKey(option)));
    }

    @Test
    void whatServeSetsIsAdvisedByIt() {
        SettingOptions serve = new SettingOptions(commands().get("serve").getCommandSpec());
        assertThat(Setting.values()).filteredOn((setting) -> serve.name(setting).isPresent())
            .containsExactlyInAnyOrder(Setting.MAX_CONTEXT, Setting.PRECISION, Setting.DEVICE, Setting.HEADS,
                    Setting.MEMORY, Setting.CHAT_TEMPLATE, Setting.QUEUE_CAPACITY, Setting.MAX_CONCURRENT,
                    Setting.REQUEST_TIMEOUT, Setting.WEIGHTS_CACHE);
    }

    @Test
    void failureIsOneLineWithTheCommandsOptions() {
        ModelException failure = new ModelException(Advice.of("There is no room", Remedy.of("lower", Setting.PRECISION),
                Remedy.of("lower", Setting.KV_CACHE_TOKENS), Remedy.of("lower", Setting.MAX_CONCURRENT)));
        assertThat(List.of("serve", "load", "chat", "info"))
            .extracting((command) -> Failures.line(failure, commands().get(command).getCommandSpec()))
            .containsExactly("There is no room; lower --precision, or lower --max-concurrent",
                    "There is no room; lower --precision, or lower --clients", "There is no room; lower --precision",
                    "There is no room");
    }

    private String model() throws IOException {
        return TinyModels.writeWithTokenizer("llama", Files.createDirectory(this.directory.resolve("tiny"))).toString();
    }

    @Test
    void engineOfACommandTellsItsOptions() throws IOException {
        String model = model();
        assertThat(run(Reader.nullReader(), "generate", "--model", model, "--raw", "--prompt", "a", "--max-context",
                "100000"))
            .isEqualTo(1);
        assertThat(this.err.toString().lines()).last().asString().endsWith("; lower --max-context");
        this.err.getBuffer().setLength(0);
        assertThat(run(new StringReader("x".repeat(40) + "\n/bye\n"), "chat", "--model", model, "--chat-template",
                "chatml", "--max-context", "32"))
            .isZero();
        assertThat(this.err.toString()).contains("raise --max-context").doesNotContain("cerberus.", "EngineOptions");
    }

}
