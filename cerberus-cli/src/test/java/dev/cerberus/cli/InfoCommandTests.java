package dev.cerberus.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.testing.GgufBuilder;
import dev.cerberus.testing.TestData;

import static org.assertj.core.api.Assertions.assertThat;

class InfoCommandTests extends AbstractCommandTests {

    @TempDir
    private Path directory;

    @Test
    void infoOfAGgufFileSaysWhatItIs() throws IOException {
        Path file = GgufBuilder.model("llama").write(this.directory.resolve("tiny.gguf"));
        assertThat(run("info", file.toString(), "--json")).isZero();
        JsonNode report = new ObjectMapper().readTree(this.out.toString());
        assertThat(report.path("format").textValue()).isEqualTo("gguf");
        assertThat(report.path("architecture").textValue()).isEqualTo("LlamaForCausalLM");
        assertThat(report.path("parameters").intValue())
            .isEqualTo(16 * 8 + 2 * (8 + 64 + 32 + 32 + 64 + 8 + 3 * 96) + 8);
        assertThat(report.path("contextTokens").intValue()).isEqualTo(32);
        assertThat(report.at("/storedTypes/F32").intValue()).isEqualTo(20);
        assertThat(report.path("bytesOnDisk").longValue()).isEqualTo(Files.size(file));
        assertThat(report.at("/precisions/fp32").isObject()).isTrue();
        assertThat(report.path("precisions").has(report.path("auto").textValue())).isTrue();
        assertThat(report.at("/precisions/bf16/identical").booleanValue()).isFalse();
        assertThat(report.at("/weightBytes/fp32").intValue()).isEqualTo(4 * report.path("parameters").intValue());
        assertThat(report.path("cacheBytesPerToken").intValue()).isEqualTo(2 * 2 * 4 * 4);
        assertThat(report.path("tokenizer").textValue()).isEqualTo("gpt2 (gpt-2)");
        assertThat(report.path("chatTemplate").booleanValue()).isTrue();
        assertThat(report.path("heads").isNull()).isTrue();
    }

    @Test
    void infoOfADirectoryIsPrintedForPeople() {
        assertThat(run("info", TestData.require("models/stories260K").toString())).isZero();
        assertThat(this.out.toString()).contains("LlamaForCausalLM, safetensors", "0.3 million, 5 layers of 64",
                "47 F32", "on disk      1.0 MB", "fp32 1.0 MB", "512 tokens", "BPE", "none: raw prompts only");
    }

    @Test
    void onlyGgufFileOfAFolderOnTheClassPathIsFound() {
        assertThat(run("info", "classpath:smollm2-135m-instruct")).as(this.err.toString()).isZero();
        assertThat(this.out.toString()).contains("LlamaForCausalLM, gguf");
        assertThat(run("info", "classpath:no/such/folder")).isEqualTo(1);
        assertThat(this.err.toString()).contains("no config.json", "name a GGUF file in it");
    }

    @Test
    void infoOfSomethingElseSaysWhatItIs() throws IOException {
        Files.writeString(this.directory.resolve("adapter_config.json"), "{\"base_model_name_or_path\":\"org/base\"}");
        assertThat(run("info", this.directory.toString())).isEqualTo(1);
        assertThat(this.err.toString().strip().lines()).singleElement()
            .asString()
            .contains("is a LoRA adapter for org/base");
    }

}
