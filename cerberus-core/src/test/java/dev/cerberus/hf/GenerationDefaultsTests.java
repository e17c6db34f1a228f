package dev.cerberus.hf;

import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalInt;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class GenerationDefaultsTests {

    @TempDir
    Path directory;

    private GenerationDefaults read(String json) {
        TestModels.write(this.directory.resolve("generation_config.json"), json);
        return GenerationDefaults.read(this.directory);
    }

    @Test
    void readWhenThereIsNoFileRecommendsNothing() {
        assertThat(GenerationDefaults.read(this.directory)).isEqualTo(GenerationDefaults.none());
    }

    @Test
    void readTakesEveryField() {
        GenerationDefaults defaults = read(
                """
                        {"bos_token_id":1,"pad_token_id":3,"eos_token_id":[2,5],"do_sample":true,
                         "temperature":0.7,"top_k":20,"top_p":0.8,"repetition_penalty":1.05,"transformers_version":"4.37.0"}""");
        assertThat(defaults.eosTokenIds()).containsExactly(2, 5);
        assertThat(defaults.bosTokenId()).hasValue(1);
        assertThat(defaults.padTokenId()).hasValue(3);
        assertThat(defaults.doSample()).hasValue(true);
        assertThat(defaults.temperature()).hasValue(0.7);
        assertThat(defaults.topK()).hasValue(20);
        assertThat(defaults.topP()).hasValue(0.8);
        assertThat(defaults.repetitionPenalty()).hasValue(1.05);
    }

    @Test
    void readWhenEosIsOneNumberOrAbsent() {
        assertThat(read("{\"eos_token_id\":2}").eosTokenIds()).containsExactly(2);
        assertThat(read("{\"eos_token_id\":null}").eosTokenIds()).isEmpty();
    }

    @Test
    void readWhenValuesMeanNoLimitTreatsThemAsAbsent() {
        GenerationDefaults defaults = read("{\"top_k\":0,\"pad_token_id\":-1,\"temperature\":null}");
        assertThat(defaults.topK()).isEqualTo(OptionalInt.empty());
        assertThat(defaults.padTokenId()).isEqualTo(OptionalInt.empty());
        assertThat(defaults.temperature()).isEqualTo(OptionalDouble.empty());
    }

    @Test
    void readWhenSamplingIsWantedSaysSo() {
        assertThat(read("{\"do_sample\":true,\"temperature\":0.7}").sampled()).isTrue();
        assertThat(read("{\"do_sample\":true}").sampled()).isTrue();
        assertThat(read("{\"do_sample\":true,\"temperature\":0}").sampled()).isFalse();
        assertThat(read("{\"temperature\":0.7}").sampled()).isFalse();
    }

    @Test
    void readWhenALeastProbabilityIsRecommendedTakesIt() {
        assertThat(read("{\"repetition_penalty\":1.0,\"min_p\":0.05}").minP()).hasValue(0.05);
        assertThat(read("{\"min_p\":0}").notes()).isEmpty();
        assertThat(read("{\"min_p\":2}").notes()).singleElement().asString().contains("min_p", "in 0..1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`',
            value = { "{\"temperature\":\"hot\"} | the field temperature must be a number, was \"hot\"",
                    "{\"temperature\":-1} | the field temperature must be in 0..100, was -1.0",
                    "{\"temperature\":NaN} | the field temperature must be in 0..100, was NaN",
                    "{\"top_p\":1.5} | the field top_p must be in (0, 1], was 1.5",
                    "{\"repetition_penalty\":0} | the field repetition_penalty must be in (0, 10], was 0.0",
                    "{\"top_k\":2.5} | the field top_k must be a 32-bit integer, was 2.5",
                    "{\"pad_token_id\":[1,2]} | the field pad_token_id must be a 32-bit integer",
                    "{\"do_sample\":1} | the field do_sample must be true or false, was 1" })
    void readWhenARecommendationIsOddLeavesItOutWithANote(String json, String expected) {
        GenerationDefaults defaults = read(json);
        assertThat(defaults.notes()).singleElement().asString().contains("generation_config.json is ignored", expected);
        assertThat(defaults.sampled()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`',
            value = { "{ | is not valid JSON", "[1] | is not a JSON object",
                    "{\"eos_token_id\":[1,-2]} | eos_token_id must be 0 or more, was -2",
                    "{\"eos_token_id\":\"</s>\"} | the field eos_token_id must be a 32-bit integer" })
    void readWhenTheFileOrItsEndTokensAreWrongNamesFileFieldAndValue(String json, String expected) {
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> read(json))
            .withMessageStartingWith(this.directory.resolve("generation_config.json") + ": ")
            .withMessageContaining(expected);
    }

}
