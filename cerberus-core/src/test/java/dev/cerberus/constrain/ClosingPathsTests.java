package dev.cerberus.constrain;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ClosingPathsTests {

    private static final int PROPERTIES = 40;

    private final TokenVocabulary vocabulary = TestVocabularies.small();

    private final AtomicInteger questions = new AtomicInteger();

    private Reading start;

    private ClosingPaths paths;

    @BeforeEach
    void objectOfManyStrings() {
        String properties = IntStream.range(0, PROPERTIES)
            .mapToObj((i) -> "\"field_%d\": {\"type\": \"string\"}".formatted(i))
            .collect(Collectors.joining(", "));
        String required = IntStream.range(0, PROPERTIES)
            .mapToObj("\"field_%d\""::formatted)
            .collect(Collectors.joining(", "));
        String schema = "{\"type\": \"object\", \"properties\": {%s}, \"required\": [%s], \"additionalProperties\": false}"
            .formatted(properties, required);
        this.start = Reading
            .of(SchemaCompiler.compile(schema, new SchemaOptions(JsonLayout.COMPACT, false, false), new CompileBudget())
                .root());
        ShortestEnd shortestEnd = new ShortestEnd();
        this.paths = new ClosingPaths(this.vocabulary, (reading) -> {
            this.questions.incrementAndGet();
            return shortestEnd.bytes(reading);
        });
    }

    @Test
    void pathEndsWithinItsOwnTokensAndNotWithinFewer() {
        int tokens = tokensToEnd(this.start);
        for (int wanted : new int[] { 0, 1, tokens / 2, tokens - 1, tokens, tokens + 1, tokens - 1, 3 }) {
            assertThat(this.paths.endWithin(this.start, wanted)).as("within %d", wanted).isEqualTo(wanted >= tokens);
        }
    }

    @Test
    void whatIsFarFromItsEndIsLookedAtOnce() {
        String answer = "{\"field_0\":\"" + "some text ".repeat(30) + "\",\"field_1\":\"and more";
        int left = 400;
        assertThat(this.paths.endWithin(this.start, left)).isFalse();
        int first = this.questions.getAndSet(0);
        Reading at = this.start;
        for (byte b : answer.getBytes(StandardCharsets.UTF_8)) {
            at = at.after(b & 0xFF);
            assertThat(this.paths.endWithin(at, --left)).isFalse();
        }
        // a token of a value tries all bytes once, where there is a choice
        assertThat(this.questions.get()).isLessThan(300 * answer.length()).isLessThan(5 * first);
    }

    @Test
    void whatCanEndIsWalkedToItsEndOnce() {
        int tokens = tokensToEnd(this.start);
        assertThat(this.paths.endWithin(this.start, tokens)).isTrue();
        this.questions.set(0);
        Reading at = written(this.start, "{\"field_0\":\"abc".getBytes(StandardCharsets.UTF_8));
        assertThat(this.paths.endWithin(at, tokens)).isTrue();
        assertThat(this.paths.endWithin(at, tokens - 10)).isTrue();
        assertThat(this.questions.get()).isLessThan(300);
    }

    @Test
    void whereNoEndIsKnownNothingIsNext() {
        ClosingPaths endless = new ClosingPaths(this.vocabulary, (reading) -> ShortestEnd.NO_END);
        assertThat(endless.next(this.start)).isEqualTo(OptionalInt.empty());
        assertThat(endless.endWithin(this.start, Long.MAX_VALUE / 1000)).isFalse();
    }

    private int tokensToEnd(Reading from) {
        int tokens = 0;
        for (Reading at = from; !at.mayEnd(); tokens++) {
            at = written(at, this.vocabulary.text(this.paths.next(at).orElseThrow()));
        }
        return tokens;
    }

    private static Reading written(Reading from, byte[] text) {
        Reading at = from;
        for (byte b : text) {
            at = at.after(b & 0xFF);
        }
        return at;
    }

}
