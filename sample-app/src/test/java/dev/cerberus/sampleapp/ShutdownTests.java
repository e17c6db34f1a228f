package dev.cerberus.sampleapp;

import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

import dev.cerberus.langchain4j.testing.ScriptedGenerator;
import dev.cerberus.langchain4j.testing.SwitchedGenerator;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What SIGTERM does: it closes the context.
 */
class ShutdownTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static void post(Socket socket, String path) throws Exception {
        String body = "{\"message\": \"Hi\"}";
        OutputStream out = socket.getOutputStream();
        out.write(("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body)
            .getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static void awaitFirstPiece(ScriptedGenerator script) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (script.delivered() == 0 && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        assertThat(script.delivered()).isPositive();
    }

    @Test
    void requestsWhoseClientsHaveGoneDoNotHoldItUp() throws Exception {
        for (String path : new String[] { "/chat", "/chat/stream" }) {
            ConfigurableApplicationContext application = new SpringApplication(SampleApplication.class,
                    ScriptedEngine.class)
                .run("--server.port=0", "--" + ScriptedEngine.NO_HEALTH, "--server.shutdown=graceful");
            ScriptedGenerator script = application.getBean(SwitchedGenerator.class)
                .use(new ScriptedGenerator().target("more ").endless().pause(Duration.ofMillis(20)));
            int port = ((WebServerApplicationContext) application).getWebServer().getPort();
            try (Socket socket = new Socket("localhost", port)) {
                post(socket, path);
                awaitFirstPiece(script);
            }
            long start = System.nanoTime();
            application.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).as(path).isLessThan(PATIENCE);
            assertThat(script.awaitCancelled(PATIENCE)).isTrue();
        }
    }

}
