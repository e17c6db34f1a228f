package dev.cerberus.sampleapp;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.cerberus.constrain.ConstraintException;
import dev.cerberus.decode.PromptTooLongException;
import dev.cerberus.engine.EmptyPromptException;
import dev.cerberus.engine.EngineFailedException;
import dev.cerberus.engine.QueueFullException;
import dev.cerberus.engine.RequestTimeoutException;
import dev.cerberus.engine.UnknownPromptTokenException;
import dev.cerberus.engine.UnknownTokenException;
import dev.cerberus.model.ModelException;
import dev.cerberus.testing.DemoFixture;
import dev.cerberus.testing.MarkdownFile;
import dev.cerberus.text.ChatTemplateException;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The files under {@code deploy} fit the application.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = "management.endpoint.cerberus.access=unrestricted")
class DeploymentTests {

    private static final Path DEPLOY = MarkdownFile.repository().resolve("deploy");

    /** Names with the prefixes of the application's own meters and of the JVM's. */
    private static final Pattern METER = Pattern
        .compile("\\b(?:cerberus|gen_ai|jvm|process|system|http)_[a-z][a-z0-9_]*(?=[\\s{\\[)`,])");

    private final HttpClient http = HttpClient.newHttpClient();

    @LocalServerPort
    private int port;

    private String get(String path) throws Exception {
        var response = this.http.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path)).build(),
                BodyHandlers.ofString());
        assertThat(response.statusCode()).as(path + " " + response.body()).isEqualTo(200);
        return response.body();
    }

    private void ask() throws Exception {
        this.http.send(HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/chat"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"message\": \"What is photosynthesis?\"}"))
            .build(), BodyHandlers.discarding());
    }

    private Set<String> scraped() throws Exception {
        ask();
        return get("/actuator/prometheus").lines()
            .filter((line) -> !line.startsWith("#"))
            .map((line) -> line.split("[{ ]", 2)[0])
            .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> meters(String text) {
        return METER.matcher(text).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> queries() throws IOException {
        JsonNode dashboard = new JsonMapper()
            .readTree(Files.readString(DEPLOY.resolve("grafana/dashboards/cerberus.json")));
        List<String> queries = new ArrayList<>();
        dashboard.get("panels")
            .forEach((panel) -> panel.get("targets").forEach((target) -> queries.add(target.get("expr").asString())));
        return queries;
    }

    @DynamicPropertySource
    static void model(DynamicPropertyRegistry properties) {
        properties.add("cerberus.model.location", () -> DemoFixture.model().toString());
    }

    @Test
    void everyMeterOfDashboardAlertsAndDocsIsThere() throws Exception {
        Set<String> scraped = scraped();
        assertThat(queries()).hasSizeGreaterThan(12).allSatisfy((query) -> {
            assertThat(meters(query)).as(query).isNotEmpty();
            assertThat(scraped).as(query).containsAll(meters(query));
        });
        Set<String> alerts = meters(Files.readString(DEPLOY.resolve("alerts.yml")));
        assertThat(alerts).hasSizeGreaterThan(4);
        assertThat(scraped).containsAll(alerts);
        // the table names timers and summaries without what Prometheus appends
        Set<String> stems = new HashSet<>(scraped);
        scraped.forEach((name) -> stems.add(name.replaceFirst("_(count|sum|max|bucket)$", "")));
        Set<String> documented = meters(Files.readString(MarkdownFile.repository().resolve("docs/production.md")));
        assertThat(documented).hasSizeGreaterThan(6);
        assertThat(stems).containsAll(documented);
    }

    /** The names of series with their labels, without values. */
    private static List<String> series(String text) {
        return text.lines()
            .filter((line) -> !line.startsWith("#"))
            .map((line) -> line.substring(0, line.lastIndexOf(' ')))
            .toList();
    }

    @Test
    void everySeriesIsThereOnce() throws Exception {
        scraped();
        assertThat(series(get("/actuator/prometheus"))).hasSizeGreaterThan(100).doesNotHaveDuplicates();
    }

    @Test
    void labelsOfTheQueriesAreThere() throws Exception {
        scraped();
        String text = get("/actuator/prometheus");
        assertThat(text).contains("gen_ai_token_type=\"output\"", "kind=\"draft\"", "depth=\"1\"", "phase=\"verify\"",
                "decision=\"draft\"", "error_type=\"none\"");
    }

    @Test
    void alertOnFailuresLeavesOutWhatWasRefused() throws Exception {
        Matcher leftOut = Pattern.compile("error_type!~\"([^\"]+)\"")
            .matcher(Files.readString(DEPLOY.resolve("alerts.yml")));
        assertThat(leftOut.find()).isTrue();
        assertThat(Stream
            .of(QueueFullException.class, PromptTooLongException.class, EmptyPromptException.class,
                    UnknownTokenException.class, UnknownPromptTokenException.class, ConstraintException.class,
                    ChatTemplateException.class)
            .map(Class::getName)).allMatch((name) -> name.matches(leftOut.group(1)));
        assertThat(Stream.of(RequestTimeoutException.class, EngineFailedException.class, ModelException.class)
            .map(Class::getName)).noneMatch((name) -> name.matches(leftOut.group(1)));
    }

    @Test
    void everyProbeAnswers() throws Exception {
        Set<String> paths = Pattern.compile("path: (/actuator/[a-z/]+)")
            .matcher(Files.readString(DEPLOY.resolve("kubernetes.yaml")))
            .results()
            .map((match) -> match.group(1))
            .collect(Collectors.toSet());
        assertThat(paths).hasSize(3);
        for (String path : paths) {
            get(path);
        }
    }

    @Test
    void prometheusTakesItsFiles() throws Exception {
        Optional<Path> promtool = PrometheusServer.program("promtool");
        assumeTrue(promtool.isPresent(), "This test needs promtool on the PATH; on Debian install prometheus");
        Process check = new ProcessBuilder(promtool.get().toString(), "check", "config",
                DEPLOY.resolve("prometheus.yml").toString())
            .redirectErrorStream(true)
            .start();
        String said = new String(check.getInputStream().readAllBytes(), UTF_8);
        assertThat(check.waitFor()).as(said).isZero();
    }

    @Test
    void everyPanelAndRuleHasDataInPrometheus(@TempDir Path folder) throws Exception {
        Optional<Path> prometheus = PrometheusServer.program("prometheus");
        assumeTrue(prometheus.isPresent(), "This test needs prometheus on the PATH; on Debian install it");
        try (PrometheusServer server = PrometheusServer.start(prometheus.get(), DEPLOY, folder, this.port)) {
            List<String> without = new ArrayList<>(queries());
            assertThat(without).hasSizeGreaterThan(12);
            long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (!without.isEmpty() && System.nanoTime() < end) {
                ask(); // rates need a change between two scrapes
                for (String query : List.copyOf(without)) {
                    if (server.hasData(query.replace("$instance", ".*").replace("$__rate_interval", "5s"))) {
                        without.remove(query);
                    }
                }
            }
            assertThat(without).as(() -> logged(folder)).isEmpty();
            assertThat(server.hasData("up{job=\"cerberus\"} == 1")).isTrue();
            List<String> health = new ArrayList<>();
            server.get("rules")
                .orElseThrow()
                .get("data")
                .get("groups")
                .forEach((group) -> group.get("rules").forEach((rule) -> health.add(rule.get("health").asString())));
            assertThat(health).hasSizeGreaterThan(4).containsOnly("ok");
        }
    }

    private static String logged(Path folder) {
        try {
            return Files.readString(folder.resolve("prometheus.log"));
        }
        catch (IOException ex) {
            return ex.toString();
        }
    }

    @Test
    void everyYamlFileIsOne() throws Exception {
        try (Stream<Path> files = Files.walk(DEPLOY)) {
            List<Path> found = files.filter((file) -> file.toString().matches(".*\\.ya?ml")).toList();
            assertThat(found).hasSizeGreaterThan(5);
            for (Path file : found) {
                assertThat(new Yaml().loadAll(Files.readString(file))).as(file.toString()).isNotEmpty();
            }
        }
    }

}
