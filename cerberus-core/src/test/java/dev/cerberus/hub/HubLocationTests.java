package dev.cerberus.hub;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class HubLocationTests {

    @Test
    void locationIsReadInAllItsForms() {
        HubLocation proposal = HubLocation.parse("a/b:refs/pr/12/c d/é (1).gguf");
        assertThat(proposal.revision()).isEqualTo("refs/pr/12");
        assertThat(proposal.file()).hasValue("c d/é (1).gguf");
        assertThat(HubLocation.parse("a/b:refs/pr/12")).hasToString("a/b:refs/pr/12");
        HubLocation full = HubLocation.parse("hf://Qwen/Qwen2.5-0.5B-Instruct:v1.0/sub/model-q4.gguf");
        assertThat(full.repository()).isEqualTo("Qwen/Qwen2.5-0.5B-Instruct");
        assertThat(full.revision()).isEqualTo("v1.0");
        assertThat(full.file()).hasValue("sub/model-q4.gguf");
        assertThat(full).hasToString("Qwen/Qwen2.5-0.5B-Instruct:v1.0/sub/model-q4.gguf");
        assertThat(HubLocation.parse("a/b:feature/x").revision()).isEqualTo("feature/x");
        assertThat(HubLocation.parse("a/b:feature/x/v1.2").revision()).isEqualTo("feature/x/v1.2");
        assertThat(HubLocation.parse("a/b:feature/x")).hasToString("a/b:feature/x");
        assertThat(HubLocation.parse("a/b:v1/sub/C.GGUF").file()).hasValue("sub/C.GGUF");
        assertThat(HubLocation.parse("a/b").revision()).isEqualTo("main");
        assertThat(HubLocation.parse("a/b/c.gguf")).hasToString("a/b/c.gguf");
    }

    /* A branch may be named so, but a file of the repository is what was meant. */
    @ParameterizedTest
    @ValueSource(strings = { "a/b:v1/config.json", "a/b:v1/sub/model-00001-of-00002.SAFETENSORS", "a/b/config.json",
            "a/b:refs/pr/1/tokenizer.model", "a/b:v1/pytorch_model.bin" })
    void fileThatIsNoGgufIsRefusedBehindARevisionToo(String name) {
        assertThatExceptionOfType(HubException.class).isThrownBy(() -> HubLocation.parse(name))
            .withMessageContaining(
                    "the file " + name.replaceFirst("a/b(:v1|:refs/pr/1)?/", "") + " of a/b is not a GGUF file");
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "a", "a/", "/b", "a/b:", "a/b/", "a/../b", "a/b/../c.gguf", "a/b/c.bin", "a/b c",
            "hf://", "a/b:../x", "a/b:refs/pr/", "a/b:feature/../x", "a/b:feature//x", "a/b:v1/x.bin.txt ?",
            "a/b/c/../d.gguf", "a--b/c", "a/b/.gguf/", "http://x/a/b" })
    void locationThatIsNoneIsRefused(String name) {
        assertThatExceptionOfType(HubException.class).isThrownBy(() -> HubLocation.parse(name));
    }

}
