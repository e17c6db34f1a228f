package dev.cerberus.sampleapp;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineState;
import dev.cerberus.testing.DemoFixture;
import dev.cerberus.testing.MarkdownFile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The whole application under a mixed load: answers, clients that go, requests that are
 * refused. Nothing may stay behind.
 *
 * <p>
 * Twenty seconds by default. {@code -Dsoak.seconds=1800 -Dsoak.clients=8} makes it a
 * soak, which may not grow in its last two thirds; the table it writes to
 * {@code target/soak.md} has a row a minute.
 */
/*
 * Connections are kept open for ever: a server that closes one just when a client sends
 * its next request over it would look like a fault.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = { "cerberus.chat.max-output-tokens=64", "cerberus.engine.queue-capacity=16",
                "server.tomcat.keep-alive-timeout=-1", "server.tomcat.max-keep-alive-requests=-1" })
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SoakTests {

    private static final Logger LOGGER = LoggerFactory.getLogger(SoakTests.class);

    private static final int SECONDS = Integer.getInteger("soak.seconds", 20);

    private static final int CLIENTS = Integer.getInteger("soak.clients", 4);

    /** Threads and descriptors come and go with pools; what leaks comes every second. */
    private static final int SLACK = 25;

    /** From here on, a run can tell pools that fill from what grows for ever. */
    private static final int SOAK_SECONDS = 1200;

    private static final double MOST_GROWTH_MEGABYTES = 5;

    private static @Nullable PrometheusServer prometheus;

    @TempDir
    private static Path folder;

    @Autowired
    private CerberusEngine engine;

    @LocalServerPort
    private int port;

    @DynamicPropertySource
    static void model(DynamicPropertyRegistry properties) {
        properties.add("cerberus.model.location", () -> DemoFixture.model().toString());
    }

    /** It waits some seconds before it begins, and scrapes while there is load. */
    @BeforeEach
    void startPrometheus() throws IOException {
        Optional<Path> program = PrometheusServer.program("prometheus");
        if (program.isPresent() && prometheus == null) {
            prometheus = PrometheusServer.start(program.get(), MarkdownFile.repository().resolve("deploy"), folder,
                    this.port);
        }
    }

    @AfterAll
    static void stopPrometheus() throws InterruptedException {
        if (prometheus != null) {
            prometheus.close();
        }
    }

    @Test
    @Order(2)
    void prometheusServerTakesEverySeriesOnce() throws Exception {
        PrometheusServer server = prometheus;
        assumeTrue(server != null, "This test needs prometheus on the PATH; on Debian install prometheus");
        assertThat(server.awaitScrape(Duration.ofSeconds(30))).as(Files.readString(folder.resolve("prometheus.log")))
            .isTrue();
        assertThat(server.query("scrape_samples_scraped").orElseThrow()).isGreaterThan(100);
        String kept = "count({job=\"cerberus\",__name__!~\"up|scrape_.*\"})";
        assertThat(server.query(kept + " - scalar(scrape_samples_scraped)")).hasValue(0);
        assertThat(server.itself()).contains("prometheus_target_scrapes_sample_duplicate_timestamp_total 0",
                "prometheus_target_scrapes_sample_out_of_order_total 0");
    }

    @Test
    @Order(1)
    void nothingStaysBehindOfAMixedLoad() throws Exception {
        Duration period = Duration.ofSeconds(Math.max(1, Math.min(60, SECONDS / 4)));
        List<SoakSample> samples = new ArrayList<>();
        StringBuilder table = new StringBuilder(SoakSample.header());
        SoakLoad load = new SoakLoad(URI.create("http://localhost:" + this.port), CLIENTS);
        try (load) {
            table.append(SoakSample.take(this.engine).row("start", load));
            load.start();
            for (long elapsed = period.toSeconds(); elapsed <= SECONDS; elapsed += period.toSeconds()) {
                TimeUnit.SECONDS.sleep(period.toSeconds());
                samples.add(SoakSample.take(this.engine));
                table.append(samples.get(samples.size() - 1).row(elapsed + " s", load));
                write(table);
            }
        }
        assertThat(this.engine.awaitIdle(Duration.ofSeconds(60))).isTrue();
        SoakSample end = settled();
        table.append(end.row("end", load));
        write(table);
        LOGGER.info("{} clients:\n{}", CLIENTS, table);
        assertThat(load.unexpected()).isEmpty();
        assertThat(load.reconnected()).isLessThanOrEqualTo(1 + load.answered() / 1000);
        assertThat(load.answered()).isPositive();
        assertThat(load.cancelled()).isPositive();
        assertThat(load.refused()).isPositive();
        assertThat(this.engine.state()).isEqualTo(EngineState.RUNNING);
        assertThat(end.queued()).isZero();
        assertThat(end.active()).isZero();
        assertThat(end.cachedTokens()).isZero();
        SoakSample warm = samples.get(0);
        assertThat(end.threads()).isLessThanOrEqualTo(warm.threads() + SLACK);
        assertThat(end.descriptors()).isLessThanOrEqualTo(warm.descriptors() + SLACK);
        if (SECONDS >= SOAK_SECONDS && !Double.isNaN(end.anonymousMegabytes())) {
            double growth = samples.get(samples.size() - 1).anonymousMegabytes()
                    - samples.get(samples.size() / 3 - 1).anonymousMegabytes();
            assertThat(growth).as("growth in the last two thirds, MB").isLessThan(MOST_GROWTH_MEGABYTES);
        }
    }

    /** The engine thread says what it holds at the end of its present turn. */
    private SoakSample settled() throws IOException, InterruptedException {
        SoakSample sample = SoakSample.take(this.engine);
        for (int i = 0; i < 100 && sample.cachedTokens() > 0; i++) {
            TimeUnit.MILLISECONDS.sleep(50);
            sample = SoakSample.take(this.engine);
        }
        return sample;
    }

    private static void write(CharSequence table) throws IOException {
        Path target = Path.of("target");
        if (Files.isDirectory(target)) {
            Files.writeString(target.resolve("soak.md"), table);
        }
    }

}
