package dev.cerberus.langchain4j;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolSpecifications;
import dev.langchain4j.internal.Json;
import dev.langchain4j.internal.JsonSchemaElementUtils;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.constrain.CompileBudget;
import dev.cerberus.constrain.Constraints;
import dev.cerberus.constrain.SchemaCompiler;
import dev.cerberus.constrain.SchemaOptions;
import dev.cerberus.constrain.TokenConstraint;
import dev.cerberus.constrain.TokenVocabulary;
import dev.cerberus.engine.OutputFormat;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the schemas of dates, times and identifiers allow is what LangChain4j reads.
 */
class KnownShapesTests {

    /** A token a byte, and one that ends. */
    private static final TokenVocabulary BYTES = new TokenVocabulary(IntStream.rangeClosed(0, 256)
        .mapToObj((token) -> (token < 256) ? new byte[] { (byte) token } : new byte[0])
        .toArray(byte[][]::new), Set.of(256));

    record Day(LocalDate value) {
    }

    record KnownDay(@JsonProperty(required = true) LocalDate value) {
    }

    record Time(LocalTime value) {
    }

    record Moment(LocalDateTime value) {
    }

    record Key(UUID value) {
    }

    static final class Calendar {

        @Tool("enters")
        void enter(@P(name = "day", value = "when") LocalDate day) {
        }

    }

    record Task(String name, LocalDate due, List<Task> steps) {
    }

    static final class Planner {

        @Tool("plans")
        void plan(@P(name = "task", value = "what") Task task,
                @P(name = "hours", value = "how long") Map<String, Integer> hours) {
        }

    }

    /** A schema, as the engine enforces it. */
    private record Enforced(Class<?> type, TokenConstraint start) {

        static Enforced of(Class<?> type) {
            return new Enforced(type, KnownShapesTests.start(JsonSchemaElementUtils.jsonSchemaElementFrom(type)));
        }

        boolean allows(String value) {
            return KnownShapesTests.allows(this.start, "{\"value\": " + value + "}");
        }

        boolean isRead(String value) {
            try {
                Json.fromJson("{\"value\": " + value + "}", this.type);
                return true;
            }
            catch (RuntimeException ex) {
                return false;
            }
        }

    }

    private static TokenConstraint start(JsonSchemaElement element) {
        OutputFormat format = OutputFormats
            .of(ChatRequestParameters.builder()
                .responseFormat(ResponseFormat.builder()
                    .type(ResponseFormatType.JSON)
                    .jsonSchema(JsonSchema.builder().name("value").rootElement(element).build())
                    .build())
                .build(), List.of())
            .orElseThrow();
        return start(((OutputFormat.JsonSchema) format).schema());
    }

    private static TokenConstraint start(String schema) {
        return new Constraints(SchemaCompiler.compile(schema, SchemaOptions.DEFAULT, new CompileBudget()), BYTES, false)
            .start();
    }

    private static boolean allows(TokenConstraint start, String text) {
        TokenConstraint state = start;
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            if (!state.allows(each & 0xFF)) {
                return false;
            }
            state = state.after(each & 0xFF);
        }
        return state.allows(256);
    }

    private static String date(int year, int month, int day) {
        return "{\"year\": " + year + ", \"month\": " + month + ", \"day\": " + day + "}";
    }

    private static String time(int hour, int minute, int second, int nano) {
        return "{\"hour\": " + hour + ", \"minute\": " + minute + ", \"second\": " + second + ", \"nano\": " + nano
                + "}";
    }

    private static boolean exists(int year, int month, int day) {
        try {
            LocalDate.of(year, month, day);
            return true;
        }
        catch (DateTimeException ex) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = { 1900, 1999, 2000, 2024, 2100 })
    void aDateIsADayThatThereIs(int year) {
        Enforced dates = Enforced.of(Day.class);
        for (int month = -1; month <= 13; month++) {
            for (int day = -1; day <= 32; day++) {
                assertThat(dates.allows(date(year, month, day))).as("%d-%d-%d", year, month, day)
                    .isEqualTo(exists(year, month, day));
            }
        }
    }

    @Test
    void aDateMayBeLeftOutUnlessItsPropertyIsRequired() {
        assertThat(allows(Enforced.of(Day.class).start(), "{}")).isTrue();
        assertThat(Json.fromJson("{}", Day.class)).isEqualTo(new Day(null));
        assertThat(allows(Enforced.of(KnownDay.class).start(), "{}")).isFalse();
        assertThat(Enforced.of(KnownDay.class).allows(date(2024, 2, 29))).isTrue();
    }

    @Test
    void leapDaysAreOnesOfTwoCenturiesAndNeverOfAnOrdinaryYear() {
        Enforced dates = Enforced.of(Day.class);
        for (int year = -500; year < 3000; year++) {
            boolean expected = year > 1900 && year < 2100 && exists(year, 2, 29);
            assertThat(dates.allows(date(year, 2, 29))).as("%d", year).isEqualTo(expected);
        }
    }

    @Test
    void aYearIsOneOfJava() {
        Enforced dates = Enforced.of(Day.class);
        assertThat(dates.allows(date(-999_999_999, 1, 1))).isTrue();
        assertThat(dates.allows(date(999_999_999, 12, 31))).isTrue();
        assertThat(dates.allows(date(1_000_000_000, 1, 1))).isFalse();
    }

    @Test
    void aTimeIsOneOfADay() {
        Enforced times = Enforced.of(Time.class);
        for (int each = -1; each <= 61; each++) {
            assertThat(times.allows(time(each, 0, 0, 0))).as("hour %d", each).isEqualTo(each >= 0 && each < 24);
            assertThat(times.allows(time(0, each, 0, 0))).as("minute %d", each).isEqualTo(each >= 0 && each < 60);
            assertThat(times.allows(time(0, 0, each, 0))).as("second %d", each).isEqualTo(each >= 0 && each < 60);
        }
        assertThat(times.allows(time(0, 0, 0, 999_999_999))).isTrue();
        assertThat(times.allows(time(0, 0, 0, 1_000_000_000))).isFalse();
        assertThat(times.allows(time(0, 0, 0, -1))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = { "{}", "{\"year\": 2024}", "{\"year\": 2024, \"month\": 2}", "{\"month\": 2, \"day\": 1}" })
    void whatLangChain4jCanNotDoWithoutIsRequiredOfADate(String date) {
        Enforced dates = Enforced.of(Day.class);
        assertThat(dates.allows(date)).isEqualTo(dates.isRead(date)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = { "{}", "{\"hour\": 1}", "{\"minute\": 1}", "{\"hour\": 1, \"minute\": 1}",
            "{\"hour\": 1, \"minute\": 1, \"second\": 1}", "{\"hour\": 1, \"minute\": 1, \"nano\": 1}" })
    void whatLangChain4jCanNotDoWithoutIsRequiredOfATime(String time) {
        Enforced times = Enforced.of(Time.class);
        assertThat(times.allows(time)).isEqualTo(times.isRead(time));
    }

    @Test
    void aDateWithItsTimeHasBoth() {
        Enforced moments = Enforced.of(Moment.class);
        String date = "\"date\": " + date(2024, 2, 29);
        String time = "\"time\": " + time(23, 59, 59, 1);
        for (String moment : List.of("{" + date + ", " + time + "}", "{" + date + "}", "{" + time + "}", "{}",
                "{\"date\": " + date(2023, 2, 29) + ", " + time + "}")) {
            assertThat(moments.allows(moment)).as(moment).isEqualTo(moments.isRead(moment));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "\"567b229a-6b0a-4f1e-9006-448cd9dfbfda\"", "\"567b229a\"", "\"Klaus\"", "\"\"" })
    void anIdentifierIsOneThatJavaReads(String id) {
        Enforced keys = Enforced.of(Key.class);
        assertThat(keys.allows(id)).isEqualTo(keys.isRead(id) && id.length() == 38);
    }

    @Test
    void argumentsOfToolsAreHeldToTheSame() {
        TokenConstraint start = start(OutputFormats
            .parameters(ToolSpecifications.toolSpecificationsFrom(Calendar.class).get(0).parameters()));
        assertThat(allows(start, "{\"day\": " + date(2024, 4, 30) + "}")).isTrue();
        assertThat(allows(start, "{\"day\": " + date(2024, 4, 43) + "}")).isFalse();
    }

    @Test
    void argumentsOfToolsMayReferToThemselvesAndHoldMaps() {
        String schema = OutputFormats
            .parameters(ToolSpecifications.toolSpecificationsFrom(Planner.class).get(0).parameters());
        TokenConstraint start = start(schema);
        String leaf = "{\"name\": \"a\", \"due\": " + date(2024, 4, 30) + ", \"steps\": []}";
        assertThat(allows(start, "{\"task\": " + leaf + ", \"hours\": {\"a\": 2}}")).as(schema).isTrue();
        assertThat(allows(start, "{\"task\": " + leaf.replace("[]", "[" + leaf + "]") + ", \"hours\": {}}")).as(schema)
            .isTrue();
        assertThat(allows(start,
                "{\"task\": " + leaf.replace("[]", "[" + leaf.replace("30", "43") + "]") + ", \"hours\": {}}"))
            .as(schema)
            .isFalse();
        assertThat(allows(start, "{\"task\": " + leaf.replace("[]", "[7]") + ", \"hours\": {}}")).as(schema).isFalse();
    }

    /** Templates write them into prompts, which are to be the same in every JVM. */
    @Test
    void namesInSchemasOfToolsHaveAnOrder() {
        String schema = OutputFormats
            .parameters(ToolSpecifications.toolSpecificationsFrom(Calendar.class).get(0).parameters());
        assertThat(schema.replaceAll("\\s", "")).contains("""
                "anyOf":[{"properties":{"month":{"enum":[1,3,5,7,8,10,12]}}},\
                {"properties":{"month":{"enum":[4,6,9,11]},"day":{"maximum":30}}},\
                {"properties":{"month":{"const":2},"day":{"maximum":28}}},\
                {"properties":{"year":{"minimum":1904,"maximum":2096,"multipleOf":4},\
                "month":{"const":2},"day":{"const":29}}}]""");
        assertThat(OutputFormats.parameters(null).replaceAll("\\s", ""))
            .isEqualTo("{\"type\":\"object\",\"properties\":{}}");
    }

    @Test
    void whatIsDescribedOrHasOtherNamesIsLeftAsItIs() {
        TokenConstraint described = start(JsonObjectSchema.builder()
            .addIntegerProperty("year", "of the wine")
            .addIntegerProperty("month")
            .addIntegerProperty("day")
            .build());
        assertThat(allows(described, date(2024, 4, 43))).isTrue();
        TokenConstraint others = start(
                JsonObjectSchema.builder().addIntegerProperty("month").addIntegerProperty("day").build());
        assertThat(allows(others, "{\"month\": 13, \"day\": 43}")).isTrue();
        TokenConstraint texts = start(JsonObjectSchema.builder()
            .addStringProperty("hour")
            .addIntegerProperty("minute")
            .addIntegerProperty("second")
            .addIntegerProperty("nano")
            .build());
        assertThat(allows(texts, "{\"hour\": \"noon\", \"minute\": 75}")).isTrue();
    }

}
