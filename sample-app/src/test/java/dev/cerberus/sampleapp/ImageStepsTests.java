package dev.cerberus.sampleapp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.testing.MarkdownFile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The scripts that make an image and start what is in it.
 *
 * <p>
 * With {@code -Dcerberus.image.jar=FILE} all steps are run with that jar of the sample,
 * which takes a minute or more.
 */
@DisabledOnOs(OS.WINDOWS)
class ImageStepsTests {

    private static final Path DEPLOY = MarkdownFile.repository().resolve("deploy");

    @TempDir
    private Path folder;

    private record Ended(int code, String text) {
    }

    private Ended run(Map<String, String> environment, Path script, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).directory(Path.of("/").toFile());
        builder.environment().keySet().removeAll(List.of("CERBERUS_JAVA_OPTS", "DJL_CACHE_DIR"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        Process process = builder.redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), text);
    }

    /**
     * Stands for an application.
     */
    static final class Echo {

        private Echo() {
        }

        public static void main(String[] args) {
            System.out.println(String.join("|", args) + " " + System.getProperty("test", "-") + " "
                    + System.getProperty("ai.djl.offline") + " " + System.getenv("DJL_CACHE_DIR"));
        }

    }

    private void putEcho(Path jar) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Echo.class.getName());
        String entry = Echo.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
                var in = ImageStepsTests.class.getResourceAsStream("/" + entry)) {
            out.putNextEntry(new ZipEntry(entry));
            in.transferTo(out);
        }
    }

    @Test
    void startRunsWhatLiesBesideItWithOptionsAndArguments() throws Exception {
        putEcho(this.folder.resolve("app.jar"));
        Path start = Files.copy(DEPLOY.resolve("start"), this.folder.resolve("start"));
        assertThat(start.toFile().setExecutable(true)).isTrue();
        Ended ended = run(Map.of("CERBERUS_JAVA_OPTS", "-Xmx64m -Dtest=yes"), start, "--server.port=1", "two words");
        assertThat(ended.text())
            .endsWith("--server.port=1|two words yes true " + this.folder.toRealPath() + "/natives\n");
        assertThat(ended.code()).isZero();
        assertThat(run(Map.of("DJL_CACHE_DIR", "/elsewhere"), start).text()).endsWith("- true /elsewhere\n");
    }

    @Test
    void stepsWithoutAJarSayWhatTheyNeed() throws Exception {
        assertThat(run(Map.of(), DEPLOY.resolve("prepare"), "/no.jar", this.folder.toString()))
            .isEqualTo(new Ended(2, "usage: prepare JAR FOLDER\n"));
        Ended check = run(Map.of(), DEPLOY.resolve("check"));
        assertThat(check.code()).isNotZero();
        assertThat(check.text()).contains("usage: check JAR");
    }

    @Test
    @EnabledIfSystemProperty(named = "cerberus.image.jar", matches = ".+", disabledReason = "names a jar of the sample")
    void preparedFolderStartsAnswersAndStops() throws Exception {
        Path jar = MarkdownFile.repository().resolve(System.getProperty("cerberus.image.jar"));
        Ended ended = run(Map.of(), DEPLOY.resolve("check"), jar.toString(), "1");
        assertThat(ended.code()).as(ended.text()).isZero();
        assertThat(ended.text()).contains("with the archive", "answers: ", " s after SIGTERM");
    }

}
