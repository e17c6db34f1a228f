package dev.cerberus.openai.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import dev.cerberus.engine.CerberusEngine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * OpenAI's JavaScript client against the endpoints: {@code src/test/js/openai.test.js},
 * which Node runs.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = "cerberus.openai.enabled=true")
class OpenAiNpmTests {

    private static final Path SOURCE = Path.of("src", "test", "js");

    private static final Path WORK = Path.of("target", "js");

    private static final int OLDEST_NODE = 20;

    @Autowired
    private CerberusEngine engine;

    @LocalServerPort
    private int port;

    /**
     * What a command left behind.
     */
    private record Outcome(int exitCode, String output) {
    }

    @Test
    void theJavaScriptClientIsServed() throws Exception {
        Files.createDirectories(WORK);
        requireNode();
        requirePackage();
        Outcome outcome = run(Duration.ofSeconds(60),
                Map.of("CERBERUS_BASE_URL", "http://localhost:" + this.port + "/v1"), "node", "--test",
                "--test-reporter=tap", "openai.test.js");
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        assertThat(outcome.output()).contains("# pass 9").contains("# fail 0");
        assertThat(this.engine.awaitIdle(Duration.ofSeconds(1))).as("what the client left is given up").isTrue();
    }

    private static void requireNode() throws Exception {
        String version = "";
        try {
            version = run(Duration.ofSeconds(20), Map.of(), "node", "--version").output().strip();
        }
        catch (IOException ex) {
            // not installed
        }
        assumeTrue(
                version.matches("v\\d+\\..*")
                        && Integer.parseInt(version.substring(1, version.indexOf('.'))) >= OLDEST_NODE,
                "Node " + OLDEST_NODE + " or newer is not installed");
    }

    private static void requirePackage() throws Exception {
        for (String file : List.of("package.json", "openai.test.js")) {
            Files.copy(SOURCE.resolve(file), WORK.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        Outcome outcome = run(Duration.ofSeconds(60), Map.of(), "npm", "install", "--no-audit", "--no-fund",
                "--ignore-scripts", "--no-package-lock", "--prefer-offline");
        assumeTrue(outcome.exitCode() == 0, "npm can not install the package openai");
    }

    private static Outcome run(Duration limit, Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        Path output = WORK.resolve(command[0] + ".log");
        ProcessBuilder builder = new ProcessBuilder(command).directory(WORK.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        boolean ended = process.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        return new Outcome(ended ? process.exitValue() : -1, Files.readString(output));
    }

}
