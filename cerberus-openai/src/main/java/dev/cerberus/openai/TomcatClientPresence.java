package dev.cerberus.openai;

import java.io.IOException;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/**
 * The presence of clients of Tomcat. Thread-safe.
 */
/*
 * Tomcat can look at a connection without waiting; once the request has been read, the
 * end of the stream counts as one byte available, while a request that a client sends
 * ahead of the answer has more than one. A client that closes its sending side is taken
 * for one that has gone.
 */
class TomcatClientPresence implements ClientPresence, WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

    private static final String ATTRIBUTE = TomcatClientPresence.class.getName() + ".request";

    private static final int END_OF_STREAM = 1;

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addEngineValves(new RequestValve());
    }

    @Override
    public boolean isGone(HttpServletRequest request) {
        if (!(request.getAttribute(ATTRIBUTE) instanceof Request connected)) {
            return false;
        }
        org.apache.coyote.Request transport = connected.getCoyoteRequest();
        transport.action(ActionCode.AVAILABLE, true);
        return transport.getAvailable() == END_OF_STREAM;
    }

    /**
     * Hands the server's own request on to who asks for the client.
     */
    private static final class RequestValve extends ValveBase {

        RequestValve() {
            super(true);
        }

        @Override
        public void invoke(Request request, Response response) throws IOException, ServletException {
            request.setAttribute(ATTRIBUTE, request);
            getNext().invoke(request, response);
        }

    }

}
