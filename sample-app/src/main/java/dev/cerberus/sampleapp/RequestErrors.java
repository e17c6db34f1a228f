package dev.cerberus.sampleapp;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * What clients are told when there is nobody to answer a request, as
 * {@code application/problem+json}. Spring Boot's own advice backs off beside
 * {@link ChatErrors}, which speaks for the chat only.
 */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
class RequestErrors extends ResponseEntityExceptionHandler {

}
