package dev.cerberus.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is learned from public chat templates: a call that a template writes is read back,
 * or a note says that it can not be.
 */
class AnswerSyntaxPublicTests {

    @Test
    void callsOfPublicTemplatesAreReadBackOrSaidToBeText() throws Exception {
        List<String> read = new ArrayList<>();
        List<String> unread = new ArrayList<>();
        List<Path> files;
        try (Stream<Path> list = Files.list(PublicData.require("templates/jinja"))) {
            files = list.sorted().toList();
        }
        for (Path file : files) {
            String source = Files.readString(file);
            ChatTemplate template = ChatTemplate.of(file.getFileName().toString(), source)
                .withSpecialTokens("<s>", "</s>");
            if (ToolCallProbe.learn(template).isPresent()) {
                read.add(file.getFileName().toString());
                assertThat(AnswerSyntax.of(template).note()).isEmpty();
            }
            else if (source.contains("tool_calls")) {
                unread.add(file.getFileName().toString());
                assertThat(AnswerSyntax.of(template).note()).isPresent();
            }
        }
        LoggerFactory.getLogger(AnswerSyntaxPublicTests.class)
            .info("{} templates read back: {}; {} are not: {}", read.size(), read, unread.size(), unread);
        assertThat(read).contains("deepseek_v31.jinja", "glm45.jinja", "llama33.jinja", "mistral_nemo.jinja",
                "qwen3.jinja");
        assertThat(read.size()).isGreaterThan(2 * unread.size());
    }

}
