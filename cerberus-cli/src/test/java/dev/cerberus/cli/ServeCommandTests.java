package dev.cerberus.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.cerberus.testing.TinyModels;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The command {@code serve}.
 */
class ServeCommandTests extends AbstractCommandTests {

    private static final Pattern ADDRESS = Pattern.compile("http://localhost:\\d+/v1");

    private static final String CHAT = "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"max_tokens\": 3}";

    @TempDir
    private Path directory;

    private String model() throws IOException {
        return TinyModels.writeWithTokenizer("llama", Files.createDirectory(this.directory.resolve("tiny"))).toString();
    }

    @Test
    void clientsAreAnsweredUntilTheCommandIsInterrupted() throws Exception {
        serving((base) -> {
            assertThat(get(base + "/models")).contains("\"id\":\"tiny-one\"");
            HttpResponse<String> answer = post(base + "/chat/completions", CHAT);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).contains("\"object\":\"chat.completion\"", "\"model\":\"tiny-one\"");
            HttpResponse<String> refusal = post(base + "/chat/completions", CHAT.replace("Hi", "x".repeat(60)));
            assertThat(refusal.statusCode()).isEqualTo(400);
            assertThat(refusal.body()).contains("raise --max-context").doesNotContain("cerberus.");
        }, "--model", model(), "--chat-template", "chatml", "--port", "0", "--name", "tiny-one", "--max-context", "64");
    }

    /** As the hub's names have, which OpenAI's clients encode. */
    @Test
    void nameMayHaveASlash() throws Exception {
        serving((base) -> {
            assertThat(get(base + "/models/org%2Ftiny")).contains("\"id\":\"org/tiny\"");
            assertThat(get(base + "/models/org/tiny")).contains("\"id\":\"org/tiny\"");
        }, "--model", model(), "--chat-template", "chatml", "--port", "0", "--name", "org/tiny");
    }

    @Test
    void modelWithoutTemplateContinuesTexts() throws Exception {
        String location = model();
        Files.delete(Path.of(location, "tokenizer_config.json"));
        serving((base) -> {
            assertThat(post(base + "/completions", "{\"prompt\": \"Hi\", \"max_tokens\": 3}").statusCode())
                .isEqualTo(200);
            HttpResponse<String> refusal = post(base + "/chat/completions", CHAT);
            assertThat(refusal.statusCode()).isEqualTo(400);
            assertThat(refusal.body()).contains("no chat template", "set --chat-template to chatml");
        }, "--model", location, "--port", "0");
        assertThat(this.err.toString()).contains("continues texts only (/v1/completions)");
    }

    private static String get(String uri) throws Exception {
        return HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofString())
            .body();
    }

    private static HttpResponse<String> post(String uri, String body) throws Exception {
        return HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(URI.create(uri))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(), HttpResponse.BodyHandlers.ofString());
    }

    /**
     * What a client does with the address of the endpoints.
     */
    private interface Client {

        void use(String base) throws Exception;

    }

    private void serving(Client client, String... options) throws Exception {
        CompletableFuture<Integer> exit = new CompletableFuture<>();
        String[] args = Stream.concat(Stream.of("serve"), Stream.of(options)).toArray(String[]::new);
        Thread command = new Thread(() -> exit.complete(run(args)), "serve");
        command.start();
        try {
            client.use(address(exit));
        }
        finally {
            command.interrupt();
        }
        assertThat(exit.get(20, TimeUnit.SECONDS)).as("an interrupt is no success").isEqualTo(1);
    }

    private String address(CompletableFuture<Integer> exit) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < deadline && !exit.isDone()) {
            Matcher address = ADDRESS.matcher(this.err.toString());
            if (address.find()) {
                return address.group();
            }
            Thread.sleep(20);
        }
        throw new AssertionError("not serving: " + this.err);
    }

    @Test
    void portThatIsTakenIsOneLine() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            assertThat(run("serve", "--model", model(), "--chat-template", "chatml", "--port",
                    String.valueOf(taken.getLocalPort())))
                .isEqualTo(1);
            assertThat(this.err.toString().lines().filter((line) -> line.startsWith("cerberus: "))).containsExactly(
                    "cerberus: port " + taken.getLocalPort() + " is taken; name another with --port, or 0 for any");
        }
    }

    @ParameterizedTest
    @CsvSource({ "no.such.host.invalid,is not known", "203.0.113.7,is no address of this machine" })
    void hostThatCanNotBeListenedOnIsToldBeforeTheModelIsLookedFor(String host, String problem) {
        assertThat(run("serve", "--model", this.directory.resolve("nothing").toString(), "--host", host)).isEqualTo(1);
        assertThat(this.err.toString().lines()).singleElement()
            .asString()
            .startsWith("cerberus: host " + host + " " + problem)
            .endsWith("; correct --host, localhost is this machine alone and 0.0.0.0 all its addresses");
    }

    @Test
    void portThatIsTakenIsToldBeforeTheModelIsLookedFor() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            assertThat(run("serve", "--model", this.directory.resolve("nothing").toString(), "--port",
                    String.valueOf(taken.getLocalPort())))
                .isEqualTo(1);
            assertThat(this.err.toString().lines()).singleElement()
                .asString()
                .contains("port " + taken.getLocalPort() + " is taken");
        }
    }

    @ParameterizedTest
    @CsvSource({ "--port,65536,--port must be 0 to 65535", "--max-concurrent,0,--max-concurrent must be at least 1",
            "--queue,-1,--queue must be at least 1", "--timeout,0,--timeout must be at least 1" })
    void valueOutOfRangeIsWrongUsage(String option, String value, String message) {
        assertThat(run("serve", option, value)).isEqualTo(2);
        assertThat(this.err.toString()).contains("cerberus: " + message + ", was " + value);
    }

}
