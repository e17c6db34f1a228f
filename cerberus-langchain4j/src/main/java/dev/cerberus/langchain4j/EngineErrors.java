package dev.cerberus.langchain4j;

import java.util.function.Supplier;

import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;

import dev.cerberus.constrain.ConstraintException;
import dev.cerberus.decode.PromptTooLongException;
import dev.cerberus.engine.EmptyPromptException;
import dev.cerberus.engine.EngineClosedException;
import dev.cerberus.engine.EngineFailedException;
import dev.cerberus.engine.QueueFullException;
import dev.cerberus.engine.RequestTimeoutException;
import dev.cerberus.engine.UnknownProfileException;
import dev.cerberus.engine.UnknownPromptTokenException;
import dev.cerberus.engine.UnknownTokenException;
import dev.cerberus.model.ModelException;
import dev.cerberus.text.ChatTemplateException;

/**
 * The translation of the engine's errors into LangChain4j's, which tell its retries and
 * fallbacks what is worth another try. Message and cause are kept.
 */
/*
 * An engine refuses requests with exceptions of its own. Any other
 * IllegalArgumentException that comes out of a generator is the fault of code that nobody
 * who sent a request wrote, be it an application's generator or decorator.
 */
final class EngineErrors {

    private EngineErrors() {
    }

    /**
     * Translates an error.
     * @return what LangChain4j calls it; the error itself if it has no name for it
     */
    static RuntimeException translate(RuntimeException error) {
        if (error instanceof LangChain4jException) {
            return error;
        }
        if (error instanceof QueueFullException) {
            return new RateLimitException(error.getMessage(), error);
        }
        if (error instanceof RequestTimeoutException) {
            return new TimeoutException(error.getMessage(), error);
        }
        if (isRefusal(error)) {
            return new InvalidRequestException(error.getMessage(), error);
        }
        if (error instanceof EngineClosedException || error instanceof EngineFailedException
                || error instanceof ModelException) {
            return new InternalServerException(error.getMessage(), error);
        }
        return error;
    }

    private static boolean isRefusal(RuntimeException error) {
        return error instanceof PromptTooLongException || error instanceof EmptyPromptException
                || error instanceof UnknownPromptTokenException || error instanceof UnknownTokenException
                || error instanceof UnknownProfileException || error instanceof ChatTemplateException
                || error instanceof ConstraintException;
    }

    /** Returns what an engine returns, and translates what it throws. */
    static <T> T translating(Supplier<T> action) {
        try {
            return action.get();
        }
        catch (RuntimeException ex) {
            throw translate(ex);
        }
    }

    /** Returns what is made of a request, whose fault all is that can not be taken. */
    static <T> T reading(Supplier<T> action) {
        try {
            return translating(action);
        }
        catch (IllegalArgumentException ex) {
            throw new InvalidRequestException(ex.getMessage(), ex);
        }
    }

}
