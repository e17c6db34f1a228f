package dev.cerberus.sampleapp;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A real Prometheus on a free port, with the configuration that is shipped, in which only
 * the address of the application and the intervals are others.
 */
final class PrometheusServer implements AutoCloseable {

    private final HttpClient http = HttpClient.newHttpClient();

    private final Process process;

    private final String address;

    private PrometheusServer(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    /** Returns a program of Prometheus's, if this machine has it. */
    static Optional<Path> program(String name) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
            .map((folder) -> Path.of(folder, name))
            .filter(Files::isExecutable)
            .findFirst();
    }

    /**
     * Starts to scrape.
     * @param deploy the folder of {@code prometheus.yml} and {@code alerts.yml}
     * @param folder where to write
     * @param port the application's
     */
    static PrometheusServer start(Path program, Path deploy, Path folder, int port) throws IOException {
        String shipped = Files.readString(deploy.resolve("prometheus.yml"));
        Files.writeString(folder.resolve("prometheus.yml"),
                shipped.replace("cerberus:8080", "localhost:" + port).replace("15s", "500ms"));
        Files.copy(deploy.resolve("alerts.yml"), folder.resolve("alerts.yml"));
        int own;
        try (ServerSocket socket = new ServerSocket(0)) {
            own = socket.getLocalPort();
        }
        Process process = new ProcessBuilder(program.toString(), "--config.file=" + folder.resolve("prometheus.yml"),
                "--storage.tsdb.path=" + folder.resolve("data"), "--web.listen-address=127.0.0.1:" + own)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("prometheus.log").toFile())
            .start();
        return new PrometheusServer(process, "http://127.0.0.1:" + own + "/api/v1/");
    }

    /**
     * Waits until a scrape has gone well. The first one comes after some seconds.
     * @param patience the longest wait
     * @return whether it has
     */
    boolean awaitScrape(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (query("up == 1").isEmpty()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(50);
        }
        return true;
    }

    /**
     * Asks for a number.
     * @param expression an expression with one value at most
     * @return the value, empty if there is none
     */
    OptionalDouble query(String expression) throws InterruptedException {
        JsonNode value = get("query?query=" + URLEncoder.encode(expression, UTF_8))
            .map((answer) -> answer.at("/data/result/0/value/1"))
            .orElseGet(MissingNode::getInstance);
        return value.isMissingNode() ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(value.asString()));
    }

    /**
     * Returns what the server says of itself.
     * @return its own series with their values
     */
    List<String> itself() throws IOException, InterruptedException {
        URI metrics = URI.create(this.address).resolve("/metrics");
        return this.http.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString(UTF_8))
            .body()
            .lines()
            .toList();
    }

    /** Returns what an address of the API says, empty while it does not answer. */
    Optional<JsonNode> get(String path) throws InterruptedException {
        try {
            HttpResponse<String> response = this.http
                .send(HttpRequest.newBuilder(URI.create(this.address + path)).build(), BodyHandlers.ofString(UTF_8));
            return (response.statusCode() == 503) ? Optional.empty()
                    : Optional.of(new JsonMapper().readTree(response.body()));
        }
        catch (IOException ex) { // it is not up yet
            return Optional.empty();
        }
    }

    /** Returns whether a query has a number for an answer. */
    boolean hasData(String query) throws InterruptedException {
        Optional<JsonNode> answer = get("query?query=" + URLEncoder.encode(query, UTF_8));
        if (answer.isEmpty()) {
            return false;
        }
        if (!answer.get().get("status").asString().equals("success")) {
            throw new AssertionError(query + ": " + answer.get());
        }
        for (JsonNode series : answer.get().get("data").get("result")) {
            if (!series.get("value").get(1).asString().equals("NaN")) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() throws InterruptedException {
        this.process.destroy();
        if (!this.process.waitFor(10, TimeUnit.SECONDS)) {
            this.process.destroyForcibly();
        }
    }

}
