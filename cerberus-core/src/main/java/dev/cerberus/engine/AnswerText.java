package dev.cerberus.engine;

import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import java.util.function.Predicate;

import dev.cerberus.decode.TokenOrigin;
import dev.cerberus.decode.TokenSink;
import dev.cerberus.text.StopStrings;
import dev.cerberus.text.TokenTextStream;

/**
 * The text of one answer as its tokens arrive: whole characters only, up to the first
 * stop string. Confined to the engine thread.
 */
final class AnswerText implements TokenSink {

    private final TokenTextStream stream;

    private final StopStrings stops;

    private final IntFunction<Optional<String>> specialTokens;

    private final Predicate<String> markup;

    private final StringBuilder text = new StringBuilder();

    private final BiConsumer<String, TokenOrigin> consumer;

    private TokenOrigin lastOrigin = TokenOrigin.TARGET;

    /**
     * Makes the text of a new answer.
     */
    @FunctionalInterface
    interface Factory {

        AnswerText create(GenerationRequest request, BiConsumer<String, TokenOrigin> consumer);

    }

    /**
     * Creates the text of a new answer.
     * @param stream makes text of tokens
     * @param stops what ends the answer
     * @param specialTokens returns the text of a token that is special
     * @param markup tells which of these the answer shows
     * @param consumer receives the text
     */
    AnswerText(TokenTextStream stream, StopStrings stops, IntFunction<Optional<String>> specialTokens,
            Predicate<String> markup, BiConsumer<String, TokenOrigin> consumer) {
        this.stream = stream;
        this.stops = stops;
        this.specialTokens = specialTokens;
        this.markup = markup;
        this.consumer = consumer;
    }

    @Override
    public Signal accept(int token, TokenOrigin origin) {
        this.lastOrigin = origin;
        pass(this.stops.push(this.stream.push(token)));
        this.specialTokens.apply(token)
            .ifPresent((text) -> pass(this.markup.test(text) ? this.stops.push(text) : this.stops.pushHidden(text)));
        return this.stops.stopped() ? Signal.STOP : Signal.CONTINUE;
    }

    /** Hands out what was held back; to be called once, after the last token. */
    void finish() {
        if (!this.stops.stopped()) {
            pass(this.stops.push(this.stream.flush()));
        }
        if (!this.stops.stopped()) {
            pass(this.stops.flush());
        }
    }

    private void pass(String increment) {
        if (!increment.isEmpty()) {
            this.text.append(increment);
            this.consumer.accept(increment, this.lastOrigin);
        }
    }

    String text() {
        return this.text.toString();
    }

}
