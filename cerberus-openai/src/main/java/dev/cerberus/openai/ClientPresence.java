package dev.cerberus.openai;

import jakarta.servlet.http.HttpServletRequest;

/**
 * What tells whether the client of a request still waits for the answer, so that nobody
 * computes one that nobody will read. A bean of this type replaces ours, which knows
 * Tomcat; on other servers a client that has gone is noticed by the next piece of a
 * stream.
 */
@FunctionalInterface
public interface ClientPresence {

    /**
     * Looks for the client; called by the request's own thread.
     * @param request the request, read to its end
     * @return whether the client has closed the connection
     */
    boolean isGone(HttpServletRequest request);

}
