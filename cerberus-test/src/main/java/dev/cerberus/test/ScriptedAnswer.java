package dev.cerberus.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.cerberus.decode.TokenOrigin;

/**
 * What a {@link ScriptedModel} answers: tokens one by one, or a refusal, or tokens and
 * then a failure. Immutable and thread-safe.
 */
public final class ScriptedAnswer {

    private static final Pattern WORD = Pattern.compile("\\s*\\S+|\\s+$");

    private static final ScriptedAnswer NOTHING = new ScriptedAnswer(List.of(), Duration.ZERO, false, Optional.empty(),
            Optional.empty());

    private final List<Token> tokens;

    private final Duration pause;

    private final boolean endless;

    private final Optional<RuntimeException> refusal;

    private final Optional<RuntimeException> failure;

    private ScriptedAnswer(List<Token> tokens, Duration pause, boolean endless, Optional<RuntimeException> refusal,
            Optional<RuntimeException> failure) {
        this.tokens = tokens;
        this.pause = pause;
        this.endless = endless;
        this.refusal = refusal;
        this.failure = failure;
    }

    /**
     * A token.
     *
     * @param text its text
     * @param origin whose it is
     */
    record Token(String text, TokenOrigin origin) {
    }

    /**
     * Returns an answer whose tokens are words, each with the blanks before it.
     * @param text the text; thoughts stand within {@code <think>} and {@code </think>}
     * @return the answer
     */
    public static ScriptedAnswer text(String text) {
        return tokens(words(text).toArray(String[]::new));
    }

    /**
     * Returns an answer of exactly these tokens.
     * @param texts the tokens' texts
     * @return the answer
     */
    public static ScriptedAnswer tokens(String... texts) {
        return NOTHING.then(texts, TokenOrigin.TARGET);
    }

    /**
     * Returns an answer that calls a tool. Several calls are joined with {@link #then}.
     * @param name the tool's name
     * @param argumentsJson the arguments, a JSON object
     * @return the answer
     */
    public static ScriptedAnswer toolCall(String name, String argumentsJson) {
        return text("<tool_call>\n{\"name\": \"" + name + "\", \"arguments\": " + argumentsJson + "}\n</tool_call>");
    }

    /**
     * Returns what refuses a request instead of answering it, as an engine does whose
     * queue is full or which is shut down.
     * @param exception what is thrown, such as a
     * {@link dev.cerberus.engine.QueueFullException}
     * @return the answer
     */
    public static ScriptedAnswer refusal(RuntimeException exception) {
        return new ScriptedAnswer(List.of(), Duration.ZERO, false, Optional.of(exception), Optional.empty());
    }

    /**
     * Returns this answer with another one behind it, at this one's pace.
     * @param next what comes next
     * @return the answer
     * @throws IllegalStateException if this one ends in a failure, has no end or is a
     * refusal
     * @throws IllegalArgumentException if the other one is a refusal
     */
    public ScriptedAnswer then(ScriptedAnswer next) {
        if (this.endless) {
            throw behindTheEnd();
        }
        requireNoFailure();
        requireNoRefusal();
        if (next.refusal.isPresent()) {
            throw new IllegalArgumentException("A request that is answered was not refused; let the answer end with "
                    + "thenFailure(exception), or give the refusal to the next request by itself: "
                    + "model.answer(first, second)");
        }
        List<Token> all = Stream.concat(this.tokens.stream(), next.tokens.stream()).toList();
        return new ScriptedAnswer(all, this.pause, next.endless, this.refusal, next.failure);
    }

    /**
     * Returns this answer with more tokens, which are drafts that the model agrees to;
     * they come in one step with the token after them, or with the end.
     * @param texts the tokens' texts
     * @return the answer
     * @throws IllegalStateException if this one ends in a failure or is a refusal
     */
    public ScriptedAnswer thenDrafted(String... texts) {
        requireNoFailure();
        requireNoRefusal();
        return then(texts, TokenOrigin.DRAFT);
    }

    /**
     * Returns this answer with a failure instead of an end.
     * @param exception what the request fails with, such as a
     * {@link dev.cerberus.engine.RequestTimeoutException}
     * @return the answer
     * @throws IllegalStateException if this one ends in a failure, has no end or is a
     * refusal
     */
    public ScriptedAnswer thenFailure(RuntimeException exception) {
        requireNoFailure();
        if (this.endless) {
            throw behindTheEnd();
        }
        requireNoRefusal();
        return new ScriptedAnswer(this.tokens, this.pause, false, this.refusal, Optional.of(exception));
    }

    /**
     * Returns this answer at another pace.
     * @param value how long each token takes
     * @return the answer
     */
    public ScriptedAnswer every(Duration value) {
        return new ScriptedAnswer(this.tokens, value, this.endless, this.refusal, this.failure);
    }

    /**
     * Returns this answer without an end: it begins anew until the request is cancelled
     * or has as many tokens as it may have.
     * @return the answer
     * @throws IllegalStateException if this one ends in a failure or is a refusal
     */
    public ScriptedAnswer endless() {
        requireNoFailure();
        requireNoRefusal();
        return new ScriptedAnswer(this.tokens, this.pause, true, this.refusal, Optional.empty());
    }

    private ScriptedAnswer then(String[] texts, TokenOrigin origin) {
        List<Token> all = new ArrayList<>(this.tokens);
        Arrays.stream(texts).map((text) -> new Token(text, origin)).forEach(all::add);
        return new ScriptedAnswer(List.copyOf(all), this.pause, this.endless, this.refusal, this.failure);
    }

    private void requireNoFailure() {
        if (this.failure.isPresent()) {
            throw behindTheEnd();
        }
    }

    private void requireNoRefusal() {
        if (this.refusal.isPresent()) {
            throw new IllegalStateException("Nothing comes behind a refusal; give the answer to the next request by "
                    + "itself: model.answer(first, second)");
        }
    }

    private static IllegalStateException behindTheEnd() {
        return new IllegalStateException(
                "Nothing comes behind a failure or an answer without end; put it last, or give "
                        + "the answer to the next request by itself: model.answer(first, second)");
    }

    static List<String> words(String text) {
        return WORD.matcher(text).results().map(MatchResult::group).toList();
    }

    List<Token> script() {
        return this.tokens;
    }

    Duration pause() {
        return this.pause;
    }

    boolean isEndless() {
        return this.endless;
    }

    Optional<RuntimeException> refusal() {
        return this.refusal;
    }

    Optional<RuntimeException> failure() {
        return this.failure;
    }

}
