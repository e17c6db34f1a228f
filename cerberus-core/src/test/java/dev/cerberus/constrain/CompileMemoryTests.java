package dev.cerberus.constrain;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.sun.management.ThreadMXBean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.fail;

/**
 * Memory that constraints take while they are compiled, in the thread of whoever asks.
 */
class CompileMemoryTests {

    private static final long MOST_BYTES = 64_000_000;

    private static Grammar compile(String schema) {
        return SchemaCompiler.compile(schema, SchemaOptions.DEFAULT, new CompileBudget());
    }

    /** Returns properties of which none is required. */
    private static String optional(int count) {
        return IntStream.range(0, count)
            .mapToObj((i) -> "\"p" + i + "\":true")
            .collect(Collectors.joining(",", "{", "}"));
    }

    private static void takesLittle(ThrowingCallable call) throws Throwable {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        call.call();
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(MOST_BYTES);
    }

    @Test
    void multiplesOfHugeNumbersAreNotWrittenOut() throws Throwable {
        takesLittle(() -> assertThatExceptionOfType(ConstraintException.class)
            .isThrownBy(() -> compile("{\"type\":\"number\",\"multipleOf\":1e30000000}"))
            .withMessageContaining("multipleOf 1E+30000000"));
    }

    @Test
    void namesOfPartsAreNotRepeatedForEachPartBelow() throws Throwable {
        String parts = IntStream.range(0, 5_000).mapToObj((i) -> "\"p" + i + "\":{}").collect(Collectors.joining(","));
        String schema = "{\"properties\":{\"" + "a".repeat(50_000) + "\":{\"type\":\"object\",\"properties\":{" + parts
                + "}}}}";
        takesLittle(() -> SchemaSource.read(schema));
    }

    @Test
    void choicesThatAreNoneTakeTheRoomOfTheirSchemas() throws Throwable {
        String choices = String.join(",", Collections.nCopies(1_000, "{\"anyOf\":[{\"type\":\"string\"}]}"));
        takesLittle(() -> compile("{\"allOf\":[" + choices + "]}"));
    }

    @Test
    void moreChoicesThanAnybodyWritesAreRefused() {
        String choices = String.join(",", Collections.nCopies(30_000, "{\"anyOf\":[false,{}]}"));
        assertThatExceptionOfType(ConstraintException.class).isThrownBy(() -> compile("{\"allOf\":[" + choices + "]}"))
            .withMessageContaining("more than 1000 anyOf and oneOf at one place");
    }

    @Test
    void alternativesWithManyPartsInCommonAreRefused() throws Throwable {
        String parts = String.join(",", Collections.nCopies(50_000, "{}"));
        String options = String.join(",", Collections.nCopies(2_000, "{}"));
        takesLittle(() -> assertThatExceptionOfType(ConstraintException.class)
            .isThrownBy(() -> compile("{\"allOf\":[" + parts + "],\"anyOf\":[" + options + "]}"))
            .withMessageContaining("combinations of its anyOf and oneOf have more than 500000 parts"));
        String values = IntStream.range(0, 50_000).mapToObj(String::valueOf).collect(Collectors.joining(","));
        takesLittle(() -> assertThatExceptionOfType(ConstraintException.class)
            .isThrownBy(() -> compile("{\"enum\":[" + values + "],\"anyOf\":[" + options + "]}"))
            .withMessageContaining("combinations of its anyOf and oneOf have more than 500000 parts"));
    }

    @Test
    void setsOfManyCharactersAreReadOnce() throws Throwable {
        String characters = IntStream.range(0, 5_000)
            .mapToObj((i) -> Character.toString(0x4E00 + 2 * i))
            .collect(Collectors.joining("", "[", "]"));
        takesLittle(() -> Grammar.regex(characters, new CompileBudget()));
    }

    @Test
    void setsThatTakeTooLongAreRefused() {
        String characters = "[" + "\\p{L}".repeat(500_000) + "]";
        assertThatExceptionOfType(ConstraintException.class)
            .isThrownBy(() -> Grammar.regex(characters, new CompileBudget(Duration.ofMillis(100))))
            .withMessageContaining("takes longer than 100 ms");
    }

    @Test
    void propertiesOfCharactersAreKeptOnceHoweverTheyAreSpelt() {
        for (String same : List.of("sc=Latin", "scx=latin", "Script_Extensions=LATIN", "Script=lATIN", "sc=Latn")) {
            assertThat(UnicodeProperties.named(same)).isSameAs(UnicodeProperties.named("Script=Latin"));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> UnicodeProperties.named("scent=Latin"))
            .withMessage("has the property 'scent=Latin', which is not known");
    }

    @Test
    void scriptsHaveTheirCharacters() {
        for (Character.UnicodeScript script : Character.UnicodeScript.values()) {
            CodePoints named = UnicodeProperties.named("sc=" + script);
            for (int c = 0; c <= CodePoints.MAX; c += 37) {
                boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
                if (named.contains(c) != (!surrogate && Character.UnicodeScript.of(c) == script)) {
                    fail("%s and U+%X", script, c);
                }
            }
        }
    }

    @Test
    void endOfAnObjectWithManyOptionalPropertiesIsFoundWithoutGoingThroughThem() throws Throwable {
        Reading start = Reading.of(compile("{\"type\":\"object\",\"properties\":" + optional(3_000) + "}").root());
        takesLittle(() -> assertThat(new ShortestEnd().bytes(start)).isEqualTo("{}".length()));
    }

    @Test
    void someOfVeryManyPropertiesAreNotAskedFor() throws Throwable {
        String counted = "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":%s,\"minProperties\":";
        String schema = counted.formatted(optional(3_000));
        assertThatExceptionOfType(ConstraintException.class).isThrownBy(() -> compile(schema + "2}"))
            .withMessageContaining("'minProperties' 2 asks for 2 of 3000 properties that may be left out");
        String few = counted.formatted(optional(100));
        assertThatExceptionOfType(ConstraintException.class).isThrownBy(() -> compile(few + "67}"))
            .withMessageContaining("'minProperties' 67 asks for 67 of 100 properties");
        assertThatCode(() -> compile(few + "9}")).doesNotThrowAnyException();
        Reading start = Reading.of(compile(schema + "1}").root());
        takesLittle(() -> assertThat(new ShortestEnd().bytes(start)).isEqualTo("{\"p0\": 0}".length()));
        assertThatCode(() -> compile(schema + "2,\"required\":[\"p7\"]}")).doesNotThrowAnyException();
    }

    @Test
    void firstItemsAreListedOnce() throws Throwable {
        String items = String.join(",", Collections.nCopies(20_000, "true"));
        takesLittle(() -> compile("{\"type\":\"array\",\"prefixItems\":[" + items + "]}"));
    }

    @Test
    void constantsCountInEveryAlternative() {
        String options = String.join(",", Collections.nCopies(2_000, "{}"));
        String values = String.join(",", Collections.nCopies(10_000, "0"));
        assertThatExceptionOfType(ConstraintException.class)
            .isThrownBy(() -> compile("{\"const\":[" + values + "],\"anyOf\":[" + options + "]}"))
            .withMessageContaining("have more than 500000 parts");
        assertThatExceptionOfType(ConstraintException.class)
            .isThrownBy(() -> compile("{\"const\":\"" + "x".repeat(100_000) + "\",\"anyOf\":[" + options + "]}"))
            .withMessageContaining("have more than 500000 parts");
    }

    @Test
    void listedObjectsWithManyPropertiesAreCheckedPartByPart() throws Throwable {
        String many = optional(1_000);
        String schema = "{\"const\":" + many + ",\"properties\":" + many + ",\"required\":[\"%s\"]}";
        takesLittle(() -> compile(schema.formatted("p7")));
        takesLittle(() -> assertThatExceptionOfType(ConstraintException.class)
            .isThrownBy(() -> compile(schema.formatted("q")))
            .withMessageContaining("can not be fulfilled"));
    }

    @Test
    void objectsWithManyPropertiesAreComparedByName() {
        String names = IntStream.range(0, 25_000).mapToObj((i) -> "\"p" + i + "\"").collect(Collectors.joining(","));
        String object = "{\"type\":\"object\",\"required\":[" + names + "],\"properties\":" + optional(25_000) + "}";
        assertThatExceptionOfType(ConstraintException.class)
            .isThrownBy(() -> compile("{\"oneOf\":[" + object + "," + object + "]}"))
            .withMessageContaining("one value may fulfil two alternatives of 'oneOf'");
    }

}
