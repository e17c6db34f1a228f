package dev.cerberus.text;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class PatternCheckTests {

    @ParameterizedTest
    @ValueSource(strings = { "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|"
                    + "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
                    + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+",
            "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+|\\s+",
            " ?[^(\\s|[.,!?\u2026\u3002\uff0c])]+", "<\\|startoftext\\|>|\\p{L}+|\\p{N}|[^\\s\\p{L}\\p{N}]+", " {2,}",
            "\\s++x", "(?>\\s+)x", "[[:alpha:]]+", "" })
    void checkWhenPatternIsOneInUsePasses(String pattern) {
        assertThatCode(() -> PatternCheck.check(pattern)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            (a+)+b        ~ repeats something that can match in several ways
            (?:a|ab)*c    ~ repeats something that can match in several ways
            \\s*\\s*x     ~ grows with the power 2
            a*b*c*d       ~ grows with the power 3
            (.*)\\1       ~ refers back to a group
            (a            ~ does not close a group
            a)            ~ closes a group that it did not open
            [a            ~ does not close a character class
            a\\           ~ ends with a backslash
            (?P<n>a)      ~ of an unknown kind
            """)
    void checkWhenPatternMayBeExpensiveOrIsBrokenSaysWhy(String pattern, String reason) {
        assertThatIllegalArgumentException().isThrownBy(() -> PatternCheck.check(pattern))
            .withMessageContaining(reason);
    }

    @Test
    void checkWhenPatternIsLongOrDeepSaysHowMuchIsAllowed() {
        assertThatIllegalArgumentException().isThrownBy(() -> PatternCheck.check("a".repeat(10_001)))
            .withMessageContaining("longer than the 10000 allowed");
        assertThatIllegalArgumentException()
            .isThrownBy(() -> PatternCheck.check("(".repeat(2000) + "a" + ")".repeat(2000)))
            .withMessageContaining("nests groups deeper than 20");
        assertThatIllegalArgumentException().isThrownBy(() -> PatternCheck.check("[".repeat(2000)))
            .withMessageContaining("nests classes deeper than 20");
    }

    @ParameterizedTest
    @ValueSource(strings = { "qwen2.5", "tinyllama", "minimind" })
    void checkWhenPatternIsOfAPublicTokenizerPasses(String name) throws IOException {
        JsonNode json = new JsonMapper()
            .readTree(Files.readString(PublicData.require("tokenizers/" + name).resolve("tokenizer.json")));
        List<JsonNode> patterns = json.findValues("Regex");
        patterns.stream()
            .filter(JsonNode::isTextual)
            .forEach((pattern) -> assertThatCode(() -> PatternCheck.check(pattern.textValue()))
                .doesNotThrowAnyException());
        assertThat(json.has("model")).isTrue();
    }

}
