package dev.cerberus;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.testing.MainSources;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Texts of modules that are used without Spring name no properties: what a setting is
 * called is said by {@link dev.cerberus.advice.SettingNames}.
 */
class NeutralTextTests {

    /** The name of a property, and not of a package or of a file. */
    private static final Pattern PROPERTY = Pattern
        .compile("(?<![\\w.-])(?:cerberus|spring|management|server)\\.[a-z](?!\\w*\\.(?:py|json|safetensors)\\b)");

    /** An option of our own command line, and not of another command. */
    private static final Pattern OPTION = Pattern.compile("(?<!llama-gguf-split )--[a-z]");

    @ParameterizedTest
    @ValueSource(strings = { "cerberus-core", "cerberus-training", "cerberus-langchain4j" })
    void noTextNamesAProperty(String module) {
        assertThat(texts(module, PROPERTY)).isEmpty();
        assertThat(texts(module, Pattern.compile("[a-z]"))).as("the sources are read").hasSizeGreaterThan(100);
    }

    /** Training is used through the command line. */
    @ParameterizedTest
    @ValueSource(strings = { "cerberus-core", "cerberus-langchain4j" })
    void noTextNamesAnOptionOfTheCommandLine(String module) {
        assertThat(texts(module, OPTION)).isEmpty();
    }

    private static List<String> texts(String module, Pattern pattern) {
        return MainSources.of(module)
            .stream()
            .flatMap((source) -> MainSources.texts(source)
                .stream()
                .filter((text) -> pattern.matcher(text).find())
                .map((text) -> source.getFileName() + ": " + text))
            .toList();
    }

    @Test
    void propertiesAreFoundInTextsAndNotInComments(@TempDir Path directory) throws Exception {
        Path source = Files.writeString(directory.resolve("A.java"), """
                package dev.cerberus.engine; // "cerberus.model.name"
                /* "cerberus.model.name" */
                String a = "set cerberus." // one text
                        + "model.name" + b + "\\"dev.cerberus.engine\\" heads_cerberus.py";
                char quote = '"';
                String c = "spring.main";
                """);
        assertThat(MainSources.texts(source)).hasSize(3)
            .filteredOn((text) -> PROPERTY.matcher(text).find())
            .containsExactly("set cerberus.model.name", "spring.main");
    }

}
