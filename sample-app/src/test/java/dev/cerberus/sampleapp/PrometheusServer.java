package dev.cerberus.sampleapp;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A Prometheus server of this machine that scrapes one application every second.
 */
final class PrometheusServer implements AutoCloseable {

    private final HttpClient http = HttpClient.newHttpClient();

    private final Process process;

    private final int port;

    private PrometheusServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Finds one of Prometheus' programs.
     * @param name the program
     * @return where it is, if it is on the path
     */
    static Optional<Path> program(String name) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
            .map((folder) -> Path.of(folder, name))
            .filter(Files::isExecutable)
            .findFirst();
    }

    static PrometheusServer start(Path program, Path folder, int applicationPort) throws IOException {
        Path configuration = Files.writeString(folder.resolve("prometheus.yml"),
                "scrape_configs:\n- job_name: cerberus\n  scrape_interval: 1s\n  metrics_path: /actuator/prometheus\n"
                        + "  static_configs:\n  - targets: ['localhost:" + applicationPort + "']\n");
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Process process = new ProcessBuilder(program.toString(), "--config.file=" + configuration,
                "--storage.tsdb.path=" + folder.resolve("data"), "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("prometheus.log").toFile())
            .start();
        return new PrometheusServer(process, port);
    }

    /**
     * Waits until a scrape has gone well. The first one comes after five seconds.
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
        String answer = get("/api/v1/query?query=" + URLEncoder.encode(expression, UTF_8));
        JsonNode value = new JsonMapper().readTree(answer.startsWith("{") ? answer : "{}").at("/data/result/0/value/1");
        return value.isMissingNode() ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(value.asString()));
    }

    /**
     * Returns what the server says of itself.
     * @return its own series with their values
     */
    List<String> itself() throws InterruptedException {
        return get("/metrics").lines().toList();
    }

    /** Returns nothing while the server is not ready. */
    private String get(String path) throws InterruptedException {
        try {
            return this.http
                .send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + path)).build(),
                        BodyHandlers.ofString(UTF_8))
                .body();
        }
        catch (IOException ex) {
            return "";
        }
    }

    @Override
    public void close() throws InterruptedException {
        this.process.destroyForcibly().waitFor(); // nobody wants its data
    }

}
