package dev.cerberus.sampleapp;

import java.util.stream.Collectors;

import dev.langchain4j.exception.LangChain4jException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.core.JacksonException;

import dev.cerberus.decode.PromptTooLongException;
import dev.cerberus.engine.EngineClosedException;
import dev.cerberus.engine.EngineFailedException;
import dev.cerberus.engine.QueueFullException;
import dev.cerberus.engine.RequestTimeoutException;
import dev.cerberus.sampleapp.LimitedRequest.RefusedBodyException;
import dev.cerberus.text.ChatTemplateException;

/**
 * What clients are told when a request can not be answered, as
 * {@code application/problem+json}.
 */
@RestControllerAdvice(assignableTypes = ChatController.class)
class ChatErrors extends ResponseEntityExceptionHandler {

    private static final Logger LOGGER = LoggerFactory.getLogger(ChatErrors.class);

    private static final String RETRY_SECONDS = "1";

    @ExceptionHandler
    ResponseEntity<ProblemDetail> onFailure(RuntimeException failure) {
        ProblemDetail problem = problem(failure);
        ResponseEntity.BodyBuilder response = ResponseEntity.status(problem.getStatus());
        if (engineError(failure) instanceof QueueFullException) {
            response.header(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
        }
        return response.body(problem);
    }

    /**
     * Returns what a client is told about a failure.
     * @param failure what went wrong
     * @return the problem; the message of an unexpected failure stays in the log
     */
    static ProblemDetail problem(Throwable failure) {
        Throwable cause = engineError(failure);
        if (cause != failure) {
            return problem(cause);
        }
        if (failure instanceof PromptTooLongException) {
            return problem(HttpStatus.CONTENT_TOO_LARGE, failure);
        }
        if (failure instanceof QueueFullException || failure instanceof EngineClosedException
                || failure instanceof EngineFailedException) {
            return problem(HttpStatus.SERVICE_UNAVAILABLE, failure);
        }
        if (failure instanceof RequestTimeoutException) {
            return problem(HttpStatus.GATEWAY_TIMEOUT, failure);
        }
        if (failure instanceof ChatTemplateException) {
            return problem(HttpStatus.INTERNAL_SERVER_ERROR, failure);
        }
        LOGGER.error("A request failed", failure);
        return ProblemDetail.forStatusAndDetail(HttpStatus.INTERNAL_SERVER_ERROR,
                "The answer failed; the log of the application says why");
    }

    /** LangChain4j's exceptions wrap the engine's, which say more. */
    static Throwable engineError(Throwable failure) {
        Throwable cause = failure.getCause();
        return (failure instanceof LangChain4jException && cause instanceof RuntimeException) ? cause : failure;
    }

    private static ProblemDetail problem(HttpStatus status, Throwable failure) {
        return ProblemDetail.forStatusAndDetail(status, failure.getMessage());
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(HttpMessageNotReadableException ex,
            HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        RefusedBodyException refusal = RefusedBodyException.in(ex);
        if (refusal != null) {
            return handleExceptionInternal(ex, ProblemDetail.forStatusAndDetail(refusal.status(), refusal.getMessage()),
                    headers, refusal.status(), request);
        }
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status,
                "The body must be a JSON object with a text 'message' and, if wanted, a text 'conversationId', such as "
                        + "{\"message\": \"Hello\"}" + place(ex));
        return handleExceptionInternal(ex, problem, headers, status, request);
    }

    private static String place(HttpMessageNotReadableException ex) {
        if (!(ex.getCause() instanceof JacksonException unreadable) || unreadable.getPath().isEmpty()) {
            return "";
        }
        return unreadable.getPath()
            .stream()
            .map((step) -> (step.getPropertyName() != null) ? step.getPropertyName() : "[" + step.getIndex() + "]")
            .collect(Collectors.joining(".", "; what can not be read is '", "'"));
    }

}
