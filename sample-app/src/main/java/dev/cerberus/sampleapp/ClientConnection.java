package dev.cerberus.sampleapp;

import java.io.IOException;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * The connection that a request came over: whether the client is still there, so that
 * nobody computes an answer that nobody will read, and its end when a body is not wanted.
 */
/*
 * A servlet notices a broken connection only when it writes. Tomcat itself can look at
 * the connection without waiting; once the request has been read, the end of the stream
 * counts as one byte available, while a request that a client sends ahead of the answer
 * has more than one. A client that closes its sending side is taken for one that has
 * gone.
 */
@Component
class ClientConnection implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

    private static final String ATTRIBUTE = ClientConnection.class.getName() + ".request";

    private static final String ABANDONED = ClientConnection.class.getName() + ".abandoned";

    private static final int END_OF_STREAM = 1;

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addEngineValves(new RequestValve());
    }

    /**
     * Looks for the client; to be called by the request's own thread.
     * @param request the request, read to its end
     * @return whether the client has closed the connection
     */
    boolean isGone(ServletRequest request) {
        if (!(request.getAttribute(ATTRIBUTE) instanceof Request connected)) {
            return false;
        }
        org.apache.coyote.Request transport = connected.getCoyoteRequest();
        transport.action(ActionCode.AVAILABLE, true);
        return transport.getAvailable() == END_OF_STREAM;
    }

    /**
     * Closes the connection once the response is complete, instead of waiting for the
     * rest of the body.
     * @param request the request
     */
    void abandonBody(ServletRequest request) {
        request.setAttribute(ABANDONED, true);
    }

    /**
     * Hands the server's own request on to who asks for the client, and ends what was
     * abandoned after everybody else, error pages included.
     */
    private static final class RequestValve extends ValveBase {

        RequestValve() {
            super(true);
        }

        @Override
        public void invoke(Request request, Response response) throws IOException, ServletException {
            request.setAttribute(ATTRIBUTE, request);
            getNext().invoke(request, response);
            if (request.getAttribute(ABANDONED) != null && !request.isAsync()) {
                response.finishResponse();
                request.getCoyoteRequest().action(ActionCode.DISABLE_SWALLOW_INPUT, null);
            }
        }

    }

}
