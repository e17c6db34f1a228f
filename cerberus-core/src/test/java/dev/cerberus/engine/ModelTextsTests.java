package dev.cerberus.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.testing.GgufBuilder;
import dev.cerberus.text.ChatMessage;
import dev.cerberus.text.ChatTemplate;
import dev.cerberus.text.ToolDefinition;

import static org.assertj.core.api.Assertions.assertThat;

class ModelTextsTests {

    @TempDir(cleanup = CleanupMode.ALWAYS)
    Path directory;

    @Test
    void conversationsWithToolsHaveTheTemplateOfAGgufFileThatIsForThem() {
        Path file = GgufBuilder.model("llama")
            .put("tokenizer.chat_template", "{{ bos_token }}plain {{ messages[0].content }}")
            .put("tokenizer.chat_template.tool_use",
                    "{{ bos_token }}{{ tools[0].function.name }} for {{ messages[0].content }}")
            .write(this.directory.resolve("hermes.gguf"));
        ChatTemplate template = ModelTexts.chatTemplate(ModelDirectory.open(file)).orElseThrow();
        List<ChatMessage> messages = List.of(ChatMessage.user("me"));
        assertThat(template.render(messages, List.of(), true, Map.of())).isEqualTo("<s>plain me");
        assertThat(template.render(messages, List.of(new ToolDefinition("add", "adds", "{}")), true, Map.of()))
            .isEqualTo("<s>add for me");
    }

}
