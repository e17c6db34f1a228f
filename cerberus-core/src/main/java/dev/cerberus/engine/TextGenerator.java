package dev.cerberus.engine;

import java.time.Duration;
import java.util.Set;
import java.util.function.BiConsumer;

import dev.cerberus.decode.TokenOrigin;
import dev.cerberus.hf.GenerationDefaults;
import dev.cerberus.text.AnswerSyntax;

/**
 * A source of answers to generation requests. Thread-safe.
 *
 * <p>
 * {@link CerberusEngine} is the one that decodes; code that only asks and listens depends
 * on this interface, so that it can be tried out against a script.
 */
public interface TextGenerator {

    /**
     * Returns what is loaded.
     * @return the description
     */
    EngineDescription description();

    /**
     * Returns what the model's authors recommend for sampling.
     * @return the recommendations, none by default
     */
    default GenerationDefaults generationDefaults() {
        return GenerationDefaults.none();
    }

    /**
     * Returns how the model marks calls of tools and thoughts in its answers.
     * @return the syntax, that of models of which nothing is known by default
     */
    default AnswerSyntax answerSyntax() {
        return AnswerSyntax.usual();
    }

    /**
     * Returns the gate of requests that do not bring their own.
     * @return the gate's options at present
     */
    GateOptions gate();

    /**
     * Returns the gate of a task.
     * @param profile the task's name
     * @return the gate's options, to be given with requests of that task
     * @throws UnknownProfileException if there is no profile of that name
     */
    default GateOptions gate(String profile) {
        throw new UnknownProfileException(profile, Set.of());
    }

    /**
     * Checks what a request asks for beside its prompt, as {@link #submit} does, so that
     * what many requests have in common can be refused before the first of them.
     * @param request the request, of which the prompt is not looked at but for its kind
     * @throws dev.cerberus.constrain.ConstraintException if its format can not be
     * enforced
     * @throws UnknownTokenException if it names tokens that the model does not have
     */
    default void check(GenerationRequest request) {
        // a script takes everything
    }

    /**
     * Queues a request and returns at once.
     * @param request what to generate
     * @param listener called on another thread, never on the caller's
     * @return the submitted request
     * @throws QueueFullException if too many requests are waiting
     * @throws dev.cerberus.decode.PromptTooLongException if the prompt leaves no room for
     * an answer
     * @throws dev.cerberus.text.ChatTemplateException if a conversation can not be
     * rendered
     * @throws EmptyPromptException if the prompt has no token
     * @throws UnknownPromptTokenException if it has one that the model does not have
     * @throws UnknownTokenException if a logit bias is for such a token
     * @throws dev.cerberus.constrain.ConstraintException if the format can not be
     * enforced
     * @throws EngineClosedException if no more requests are taken
     * @throws EngineFailedException if the engine has failed
     */
    GenerationHandle submit(GenerationRequest request, GenerationListener listener);

    /**
     * Generates an answer and waits for it; an interrupt cancels the request.
     * @param request what to generate
     * @return the outcome
     * @throws QueueFullException if too many requests are waiting
     * @throws dev.cerberus.decode.PromptTooLongException if the prompt leaves no room for
     * an answer
     * @throws dev.cerberus.text.ChatTemplateException if a conversation can not be
     * rendered
     * @throws EmptyPromptException if the prompt has no token
     * @throws UnknownPromptTokenException if it has one that the model does not have
     * @throws UnknownTokenException if a logit bias is for such a token
     * @throws dev.cerberus.constrain.ConstraintException if the format can not be
     * enforced
     * @throws EngineClosedException if no more requests are taken
     * @throws EngineFailedException if the engine has failed
     * @throws RequestTimeoutException if the answer took longer than allowed
     */
    default GenerationResult generate(GenerationRequest request) {
        return generate(request, (text, origin) -> {
        });
    }

    /**
     * Generates an answer, hands on its pieces and waits for the end; an interrupt
     * cancels the request.
     * @param request what to generate
     * @param onText receives every piece of the answer as it comes, on another thread;
     * what it throws cancels the request and is thrown here
     * @return the outcome
     * @throws RuntimeException for the reasons that {@link #generate(GenerationRequest)}
     * has
     */
    default GenerationResult generate(GenerationRequest request, BiConsumer<String, TokenOrigin> onText) {
        AwaitedAnswer answer = new AwaitedAnswer(onText);
        return answer.await(submit(request, answer), Duration.ofNanos(Long.MAX_VALUE));
    }

}
