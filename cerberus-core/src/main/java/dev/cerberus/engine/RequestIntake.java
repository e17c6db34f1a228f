package dev.cerberus.engine;

import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

import dev.cerberus.constrain.ConstraintException;
import dev.cerberus.constrain.TokenConstraint;
import dev.cerberus.decode.PromptTooLongException;
import dev.cerberus.decode.TokenOrigin;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.text.AnswerSyntax;
import dev.cerberus.text.StopStrings;
import dev.cerberus.text.TextTokenizer;
import dev.cerberus.text.TokenTextStream;

/**
 * Makes of what is asked what can be decoded, or refuses it before it is queued. Runs on
 * the threads of those who ask; thread-safe. Closing it leaves the model open.
 */
final class RequestIntake implements AutoCloseable {

    private final LoadedModel model;

    private final long cacheTokens;

    private final AnswerSyntax answerSyntax;

    private final PromptEncoder prompts;

    private final TokenTexts texts;

    private final OutputFormats formats;

    /**
     * Creates the intake of a model.
     * @param options how long an input may be
     * @param model the model
     * @param cacheTokens tokens that the KV caches of all requests hold together
     */
    RequestIntake(EngineOptions options, LoadedModel model, long cacheTokens) {
        this.model = model;
        this.cacheTokens = cacheTokens;
        this.answerSyntax = model.template().template().map(AnswerSyntax::of).orElse(AnswerSyntax.usual());
        this.prompts = new PromptEncoder(model.tokenizer(), model.template(), this.answerSyntax.prompting(),
                model.dimensions().maxContext(), model.contextIsLowered(), model.dimensions().vocabularySize(),
                options.maxInputCharacters());
        this.texts = new TokenTexts(model.tokenizer());
        this.formats = new OutputFormats(model.tokenizer(), this.texts, model.endOfSequence(), this.answerSyntax);
    }

    AnswerSyntax answerSyntax() {
        return this.answerSyntax;
    }

    /** Returns the texts of single tokens. */
    TokenTexts texts() {
        return this.texts;
    }

    /** Returns the token ids of a prompt, in a new array. */
    int[] encode(Prompt prompt) {
        return this.prompts.encode(prompt).clone();
    }

    /**
     * Takes a request.
     * @return makes the request that is queued, once
     * @throws PromptTooLongException if the context or the KV cache can not hold it
     * @throws ConstraintException if its format can not be enforced
     * @throws UnknownTokenException if it names tokens that the model does not know
     */
    Supplier<ActiveRequest> accept(String id, GenerationRequest request, GenerationListener listener,
            ActiveRequest.Surroundings surroundings) {
        int[] prompt = this.prompts.encode(request);
        requireRoom(prompt.length);
        Optional<TokenConstraint> constraint = check(request, this::beginsThoughts);
        // read here, for all tokens at once, they do not keep the engine's thread waiting
        request.logprobs().ifPresent((top) -> this.texts.pieces());
        return () -> new ActiveRequest(id, request, prompt, constraint, listener,
                (of, consumer) -> answerText(of, prompt, consumer), surroundings);
    }

    /**
     * Checks what a request asks for beside its prompt.
     * @return the format of its answer
     * @throws ConstraintException if the format can not be enforced
     * @throws UnknownTokenException if it names tokens that the model does not know
     */
    Optional<TokenConstraint> check(GenerationRequest request) {
        return check(request, (conversation) -> this.answerSyntax.beginsWithThoughts());
    }

    private Optional<TokenConstraint> check(GenerationRequest request, Predicate<Prompt.Chat> thoughts) {
        requireKnown(request.sampling());
        boolean chat = request.prompt() instanceof Prompt.Chat;
        return request.format()
            .map((format) -> this.formats.start(format, chat,
                    request.prompt() instanceof Prompt.Chat conversation && thoughts.test(conversation)));
    }

    private boolean beginsThoughts(Prompt.Chat conversation) {
        return this.answerSyntax.after(conversation.messages(), conversation.tools()).beginsWithThoughts();
    }

    private void requireRoom(int promptTokens) {
        int context = this.model.target().dimensions().maxContext();
        if (promptTokens >= context) {
            throw new PromptTooLongException(promptTokens, context, this.model.contextIsLowered());
        }
        if (promptTokens >= this.cacheTokens) {
            throw PromptTooLongException.beyondCache(promptTokens, this.cacheTokens, context);
        }
    }

    private void requireKnown(SamplingOptions sampling) {
        int tokens = this.model.dimensions().vocabularySize();
        sampling.logitBias().keySet().stream().filter((token) -> token >= tokens).findAny().ifPresent((token) -> {
            throw new UnknownTokenException(token, tokens);
        });
    }

    /*
     * A raw prompt is continued, with the space between; an answer to a conversation
     * begins anew.
     */
    private AnswerText answerText(GenerationRequest request, int[] prompt, BiConsumer<String, TokenOrigin> consumer) {
        TextTokenizer tokenizer = this.model.tokenizer();
        TokenTextStream stream = (request.prompt() instanceof Prompt.Chat) ? new TokenTextStream(tokenizer)
                : new TokenTextStream(tokenizer, prompt);
        return new AnswerText(stream, new StopStrings(request.stopStrings()), tokenizer::specialToken, markup(request),
                consumer);
    }

    /** Special tokens of the answer that its parser has to see. */
    private Predicate<String> markup(GenerationRequest request) {
        return (token) -> request.prompt() instanceof Prompt.Chat chat
                && this.answerSyntax.isMarkup(token, !chat.tools().isEmpty());
    }

    @Override
    public void close() {
        this.prompts.close();
    }

}
