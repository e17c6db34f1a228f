package dev.cerberus.sampleapp;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Semaphore;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.databind.json.JsonMapper;

/**
 * The first look at every request: what is not fit to be parsed is refused here, as
 * {@code application/problem+json}; every response tells browsers what the page may do.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class RequestGuard extends OncePerRequestFilter {

    /** Bodies that may be on their way at a time; the other threads stay free. */
    private static final int MOST_BODIES = 64;

    private static final String PAGE_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; "
            + "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final Set<String> READING = Set.of("GET", "HEAD");

    private final Semaphore bodies = new Semaphore(MOST_BODIES);

    private final DataSize maxBody;

    private final ClientConnection connection;

    private final JsonMapper json;

    RequestGuard(ChatProperties properties, ClientConnection connection, JsonMapper json) {
        this.maxBody = properties.maxBody();
        this.connection = connection;
        this.json = json;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        response.setHeader("Content-Security-Policy", PAGE_POLICY);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        if (request.getRequestURI().startsWith("/v1/")) {
            // its endpoints refuse in a form of their own
            chain.doFilter(request, response);
            return;
        }
        LimitedRequest limited = new LimitedRequest(request, this.maxBody, this.bodies);
        try {
            Refusal refusal = refusal(request);
            if (refusal != null) {
                refuse(request, response, refusal);
            }
            else {
                chain.doFilter(limited, response);
            }
        }
        finally {
            if (limited.hasUnreadBody()) {
                this.connection.abandonBody(request);
            }
        }
    }

    private @Nullable Refusal refusal(HttpServletRequest request) {
        if (request.getDispatcherType() == DispatcherType.REQUEST && request.getRequestURI().equals("/error")) {
            return new Refusal(HttpStatus.NOT_FOUND, "There is nothing at /error");
        }
        if ("cross-site".equals(request.getHeader("Sec-Fetch-Site")) && request.getRequestURI().startsWith("/chat")) {
            return new Refusal(HttpStatus.FORBIDDEN, "A page of another site may not use this chat");
        }
        if (request.getContentLengthLong() > this.maxBody.toBytes()) {
            return new Refusal(HttpStatus.CONTENT_TOO_LARGE, LimitedRequest.tooLarge(this.maxBody));
        }
        if (!hasReadableType(request)) {
            return new Refusal(HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                    "The Content-Type must name one media type, such as application/json");
        }
        if (!hasReadableAccept(request)) {
            return new Refusal(HttpStatus.NOT_ACCEPTABLE,
                    "The Accept header must name media types, such as application/json");
        }
        if (!hasReadableQuery(request)) {
            return new Refusal(HttpStatus.BAD_REQUEST, "The query must be name=value pairs, percent-encoded");
        }
        return null;
    }

    private static boolean hasReadableType(HttpServletRequest request) {
        String type = request.getContentType();
        if (type == null) {
            return true;
        }
        try {
            MediaType media = MediaType.parseMediaType(type);
            return !media.isWildcardType() && !media.isWildcardSubtype();
        }
        catch (InvalidMediaTypeException ex) {
            return false;
        }
    }

    private static boolean hasReadableAccept(HttpServletRequest request) {
        try {
            MediaType.parseMediaTypes(request.getHeader(HttpHeaders.ACCEPT));
            return true;
        }
        catch (InvalidMediaTypeException ex) {
            return false;
        }
    }

    /** A form's parameters would be read from the body; nothing here takes one. */
    private static boolean hasReadableQuery(HttpServletRequest request) {
        boolean mayBeForm = request.getContentType() != null && !READING.contains(request.getMethod());
        if (request.getQueryString() == null || mayBeForm) {
            return true;
        }
        try {
            request.getParameterMap();
            return true;
        }
        catch (IllegalStateException ex) {
            return false;
        }
    }

    private void refuse(HttpServletRequest request, HttpServletResponse response, Refusal refusal) throws IOException {
        response.setStatus(refusal.status().value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getOutputStream()
            .write(this.json.writeValueAsBytes(this.json.createObjectNode()
                .put("title", refusal.status().getReasonPhrase())
                .put("status", refusal.status().value())
                .put("detail", refusal.detail())
                .put("instance", request.getRequestURI())));
    }

    private record Refusal(HttpStatus status, String detail) {
    }

}
