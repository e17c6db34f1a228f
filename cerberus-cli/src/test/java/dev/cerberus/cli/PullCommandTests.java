package dev.cerberus.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Fetching on the command line, from a hub on loopback that holds one file. */
class PullCommandTests extends AbstractCommandTests {

    private static final byte[] CONTENT = "GGUF, or nearly so".getBytes();

    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    private Path directory;

    private static HttpServer hub() throws Exception {
        String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(CONTENT));
        HttpServer hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hub.createContext("/api/models/org/tiny/", (exchange) -> {
            byte[] answer = ("{\"sha\":\"" + COMMIT + "\",\"siblings\":[{\"rfilename\":\"tiny.gguf\"}]}").getBytes();
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        hub.createContext("/org/tiny/resolve/" + COMMIT + "/tiny.gguf", (exchange) -> {
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.getResponseHeaders().set("X-Linked-Etag", "\"" + hash + "\"");
            exchange.getResponseHeaders().set("X-Linked-Size", String.valueOf(CONTENT.length));
            exchange.sendResponseHeaders(200, head ? -1 : CONTENT.length);
            if (!head) {
                exchange.getResponseBody().write(CONTENT);
            }
            exchange.close();
        });
        hub.createContext("/", (exchange) -> {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        hub.start();
        return hub;
    }

    @Test
    void pullFetchesShowsProgressAndPrintsThePlace() throws Exception {
        HttpServer hub = hub();
        try {
            String mirror = "http://localhost:" + hub.getAddress().getPort();
            assertThat(run("pull", "org/tiny", "--to", this.directory.toString(), "--mirror", mirror)).isZero();
            Path file = this.directory.resolve("tiny.gguf");
            assertThat(file).hasBinaryContent(CONTENT);
            assertThat(this.out.toString().strip()).isEqualTo(file.toString());
            assertThat(this.err.toString()).contains("tiny.gguf: 0.0 of 0.0 MB (100 %)");
            assertThat(run("pull", "org/other", "--to", this.directory.toString(), "--mirror", mirror)).isEqualTo(1);
            assertThat(this.err.toString())
                .contains("cerberus: the repository of org/other does not exist on localhost; correct the name");
        }
        finally {
            hub.stop(0);
        }
    }

    @ParameterizedTest
    @CsvSource({ "401,does not accept the token; correct --token", "403,then set --token to a token" })
    void refusedTokenIsCorrectedWhereItWasGiven(int status, String message) throws Exception {
        HttpServer hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hub.createContext("/", (exchange) -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        hub.start();
        try {
            assertThat(run("pull", "org/tiny", "--to", this.directory.toString(), "--token", "x", "--mirror",
                    "http://localhost:" + hub.getAddress().getPort()))
                .isEqualTo(1);
            assertThat(this.err.toString()).contains(message).doesNotContain("HF_TOKEN");
        }
        finally {
            hub.stop(0);
        }
    }

    @Test
    void modelThatWasNotFetchedSaysHowToFetchIt() throws IOException {
        assertThat(run("generate", "--model", "hf://org/never-fetched", "--prompt", "a")).isEqualTo(1);
        assertThat(this.err.toString()).contains("cerberus pull org/never-fetched");
    }

}
