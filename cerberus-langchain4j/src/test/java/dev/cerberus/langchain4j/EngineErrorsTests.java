package dev.cerberus.langchain4j;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.RetriableException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

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

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class EngineErrorsTests {

    static List<Arguments> errors() {
        return List.of(Arguments.of(new QueueFullException(64), RateLimitException.class, true),
                Arguments.of(new RequestTimeoutException(Duration.ofSeconds(2), 5), TimeoutException.class, true),
                Arguments.of(new EngineClosedException(), InternalServerException.class, true),
                Arguments.of(new EngineFailedException(new Error("broken")), InternalServerException.class, true),
                Arguments.of(new ModelException("out of memory"), InternalServerException.class, true),
                Arguments.of(new UnknownProfileException("code", Set.of()), InvalidRequestException.class, false),
                Arguments.of(new PromptTooLongException(9, 8), InvalidRequestException.class, false),
                Arguments.of(new EmptyPromptException(), InvalidRequestException.class, false),
                Arguments.of(new UnknownPromptTokenException(9, 8), InvalidRequestException.class, false),
                Arguments.of(new UnknownTokenException(9, 8), InvalidRequestException.class, false),
                Arguments.of(new ChatTemplateException("roles must alternate"), InvalidRequestException.class, false));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void errorOfTheEngineBecomesLangChain4jsWithMessageAndCause(RuntimeException error, Class<?> type,
            boolean retriable) {
        RuntimeException translated = EngineErrors.translate(error);
        assertThat(translated).isExactlyInstanceOf(type).hasMessage(error.getMessage()).hasCause(error);
        assertThat(translated).isInstanceOf(retriable ? RetriableException.class : NonRetriableException.class);
    }

    @Test
    void whatIsLangChain4jsOrNobodysStaysAsItIs() {
        RuntimeException unsupported = new UnsupportedFeatureException("images");
        RuntimeException interrupted = new IllegalStateException("Interrupted");
        RuntimeException fault = new IllegalArgumentException("of the application");
        assertThat(EngineErrors.translate(unsupported)).isSameAs(unsupported);
        assertThat(EngineErrors.translate(interrupted)).isSameAs(interrupted);
        assertThat(EngineErrors.translate(fault)).isSameAs(fault);
    }

    @Test
    void whatCanNotBeReadIsTheFaultOfTheRequest() {
        RuntimeException wrong = new IllegalArgumentException("temperature");
        assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> EngineErrors.reading(() -> {
            throw wrong;
        })).withMessage("temperature").withCause(wrong);
        RuntimeException full = new QueueFullException(64);
        assertThatExceptionOfType(RateLimitException.class).isThrownBy(() -> EngineErrors.reading(() -> {
            throw full;
        })).withCause(full);
    }

}
