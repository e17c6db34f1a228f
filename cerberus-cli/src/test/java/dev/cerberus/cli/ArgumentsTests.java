package dev.cerberus.cli;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ArgumentsTests {

    @ParameterizedTest
    @ValueSource(strings = { "ANSI_X3.4-1968", "US-ASCII", "EUC-JP" })
    void letterThatTheLocaleDoesNotKnowIsRefusedWithWhatToSet(String charset) {
        assertThat(Arguments.unreadable(charset, "generate", "--prompt", "Schreibe \uFFFD\uFFFD"))
            .hasValue("argument 3 is not readable: the locale's character set " + charset
                    + " lacks letters of it; set LC_ALL=C.UTF-8");
        assertThat(Arguments.unreadable(charset, "generate", "--prompt", "Write")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = { "UTF-8", "utf8" })
    void theSignItselfMayBeAskedFor(String charset) {
        assertThat(Arguments.unreadable(charset, "generate", "--prompt", "What is \uFFFD?")).isEmpty();
    }

    @Test
    void charsetThatJavaDoesNotKnowIsNotUtf8() {
        assertThat(Arguments.unreadable("no charset", "\uFFFD")).isPresent();
    }

}
