package dev.cerberus.constrain;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RegexTests {

    private static final String ALPHABET = "ab01 _-\n.é世😀";

    private static CharacterAutomaton compile(String regex, boolean search) {
        return RegexNfa.compile(RegexParser.parse(regex, new CompileBudget()), search, "'" + regex + "'",
                new CompileBudget());
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "a", "ab|ba", "(a|b)*1", "a{2,3}", "a{2,}b?", "^a", "a$", "^a$", "^$", "(^a|b$)",
            "a^b", "$a", "^(a|^b)", "[^ab]", "[a-b0-1]+", "\\d+", "\\w\\W", "\\s\\S", ".", "..", "\\.", "(?:ab)+",
            "(?<name>a)b", "a*?b", "[\\d_-]+", "\\u00e9", "[\\u4e16]", "\\p{L}+", "\\P{L}", "(a?){5}",
            "((a|b)(0|1)){2}", "[]a]", "x*", "(|a)b", "^\\d{1,3}(\\.\\d{1,3}){0,2}$" })
    void matchesWhatJavaMatches(String regex) {
        // Java writes an empty class differently, and dots see other line ends.
        if (regex.equals("[]a]")) {
            assertThat(compile(regex, true).isEmpty()).isTrue();
            return;
        }
        Pattern pattern = Pattern.compile(regex.replace("(?<name>", "("));
        CharacterAutomaton search = compile(regex, true);
        CharacterAutomaton whole = compile(regex, false);
        int[] alphabet = ALPHABET.codePoints().toArray();
        SplittableRandom random = new SplittableRandom(regex.hashCode());
        List<String> texts = new ArrayList<>(List.of("", "a", "ab", "b", "a1", "1.01.1"));
        for (int i = 0; i < 500; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(7); length > 0; length--) {
                text.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
            }
            if (text.indexOf("\n") < 0 || !regex.contains("$")) {
                texts.add(text.toString());
            }
        }
        for (String text : texts) {
            assertThat(search.matches(text)).as("'%s' in '%s'", regex, text).isEqualTo(pattern.matcher(text).find());
            assertThat(whole.matches(text)).as("'%s' is '%s'", regex, text).isEqualTo(pattern.matcher(text).matches());
        }
    }

    @ParameterizedTest
    @CsvSource({ "Mn,Mn", "Mc,Mc", "Me,Me", "Pc,Pc", "Pd,Pd", "Ps,Ps", "Pe,Pe", "Pi,Pi", "Pf,Pf", "Po,Po", "Sm,Sm",
            "Currency_Symbol,Sc", "Sk,Sk", "So,So", "Zl,Zl", "Zp,Zp", "Cc,Cc", "Cf,Cf", "Co,Co", "Cn,Cn",
            "Alphabetic,IsAlphabetic", "Uppercase,IsUppercase", "Lowercase,IsLowercase", "White_Space,IsWhite_Space",
            "ASCII,ASCII", "Ideographic,IsIdeographic", "gc=Pd,Pd" })
    void propertiesAreThoseOfUnicode(String property, String ofJava) {
        Pattern pattern = Pattern.compile("\\p{" + ofJava + "}");
        CharacterAutomaton automaton = compile("\\p{" + property + "}", false);
        // a million assertions would take longer than all that they ask
        assertThat(IntStream.rangeClosed(0, CodePoints.MAX)
            .filter((c) -> c < 0xD800 || c > 0xDFFF)
            .mapToObj(Character::toString)
            .filter((text) -> automaton.matches(text) != pattern.matcher(text).matches())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = { "[\\w-.]+,[-.\\w]+", "[\\d-a],[-\\da]", "[a-\\d],[-a\\d]",
            "[^\\d-\\s],[^-\\d\\s]", "[\\w-\\.]+@([\\w-]+\\.)+[\\w-]{2},[-\\w.]+@([-\\w]+\\.)+[-\\w]{2}" })
    void hyphenBesideASetIsNoRange(String regex, String same) {
        CharacterAutomaton automaton = compile(regex, false);
        Pattern pattern = Pattern.compile(same);
        for (String text : List.of("a", "-", ".", "1", "b", ",", "a-b.c", "a.b-c@d-e.org", "a.b-c@d-e.de", "a@b.c")) {
            assertThat(automaton.matches(text)).as(text).isEqualTo(pattern.matcher(text).matches());
        }
        assertThatExceptionOfType(ConstraintException.class).isThrownBy(() -> compile("[b-a]", false))
            .withMessageContaining("a range that is no range");
    }

    @ParameterizedTest
    @ValueSource(strings = { "a", "[^\"]*", "\\p{L}{2}", "[\\u0000-\\u001f]", "[\\ud800\\udc00-\\udbff\\udfff]",
            "[\\u0400-\\uffff]\\\\?" })
    void bytesSpellWhatCharactersAllow(String regex) {
        CharacterAutomaton characters = compile("^(" + regex + ")$", true);
        Symbol json = new Symbols.Terminal(ByteCompiler.json(characters, new CompileBudget()));
        Symbol utf8 = new Symbols.Terminal(ByteCompiler.utf8(characters, new CompileBudget()));
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 3000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(3); length > 0; length--) {
                int bound = new int[] { 0x40, 0x80, 0x800, 0x10000, 0x110000 }[random.nextInt(5)];
                int c = random.nextInt(bound);
                if (c < 0xD800 || c > 0xDFFF) {
                    text.appendCodePoint(c);
                }
            }
            boolean expected = characters.matches(text.toString());
            assertThat(SchemaCompiler.matches(json, JsonTexts.string(text.toString()))).isEqualTo(expected);
            assertThat(SchemaCompiler.matches(utf8, text.toString())).isEqualTo(expected);
        }
    }

    @Test
    void invalidUtf8IsNoText() {
        Reading start = Reading.of(new Symbols.Terminal(JsonStrings.ANY)).after('"');
        // Overlong forms, surrogates, bytes that never occur, a lonely continuation.
        int[][] wrong = { { 0xC0, 0x80 }, { 0xE0, 0x80, 0x80 }, { 0xED, 0xA0, 0x80 }, { 0xF0, 0x80, 0x80, 0x80 },
                { 0xF4, 0x90, 0x80, 0x80 }, { 0xFF }, { 0x80 }, { 0x0A } };
        for (int[] bytes : wrong) {
            Reading at = start;
            for (int b : bytes) {
                at = at.after(b);
            }
            assertThat(at.isPossible()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "a(?=b)", "(?<!a)b", "(a)\\1", "\\bword", "(?<x>a)\\k<x>", "a**", "(a", "a)", "[a", "*a",
            "a{2,1}", "\\", "\\p{Nonsense}", "a{9999}", "\\q" })
    void whatIsNotRegularIsRefusedWithItsText(String regex) {
        assertThatExceptionOfType(ConstraintException.class)
            .isThrownBy(() -> RegexParser.parse(regex, new CompileBudget()))
            .withMessageContaining("'" + regex + "'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = { "(a|b)*a(a|b){40}", "((a{1,100}){1,100}){1,100}", "(.*a){300}b{4000}", "((((a*)*)*)*b){999}" })
    void whatExplodesIsRefusedInTime(String regex) {
        long start = System.nanoTime();
        assertThatExceptionOfType(ConstraintException.class)
            .isThrownBy(() -> RegexNfa.compile(RegexParser.parse(regex, new CompileBudget()), true, "it",
                    new CompileBudget(Duration.ofMillis(500))));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }

}
