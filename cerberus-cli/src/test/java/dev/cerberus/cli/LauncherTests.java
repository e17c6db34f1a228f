package dev.cerberus.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The shell script, with a jar that prints its arguments.
 */
@DisabledOnOs(OS.WINDOWS)
class LauncherTests {

    private static final Path SCRIPT = Path.of("bin", "cerberus").toAbsolutePath();

    @TempDir
    private Path directory;

    private record Ended(int code, String text) {
    }

    private Ended run(Path script, Map<String, String> environment, String... args) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(script.toString());
        builder.command().addAll(List.of(args));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().keySet().removeAll(List.of("CERBERUS_JAR", "CERBERUS_JAVA_OPTS"));
        builder.environment().putAll(environment);
        Process process = builder.redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), text);
    }

    private Path jar() throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Echo.class.getName());
        Path jar = this.directory.resolve("cerberus.jar");
        String entry = Echo.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
                var in = LauncherTests.class.getResourceAsStream("/" + entry)) {
            out.putNextEntry(new ZipEntry(entry));
            in.transferTo(out);
        }
        return jar;
    }

    /**
     * Prints what it is called with.
     */
    static final class Echo {

        private Echo() {
        }

        public static void main(String[] args) throws IOException {
            if (args.length > 0 && args[0].equals("read")) {
                System.out.print(System.in.readAllBytes().length + " ");
            }
            if (args.length > 0 && args[0].equals("letters")) {
                System.out.println(args[1].chars().mapToObj(Integer::toHexString).toList());
                System.exit(0);
            }
            System.out.println(String.join("|", args) + " " + System.getProperty("test", "-"));
            System.exit(args.length);
        }

    }

    @Test
    void argumentsOptionsAndExitCodeArePassedOn() throws Exception {
        Ended ended = run(SCRIPT, Map.of("CERBERUS_JAR", jar().toString(), "CERBERUS_JAVA_OPTS", "-Xmx64m -Dtest=yes"),
                "generate", "--prompt", "two words");
        assertThat(ended).isEqualTo(new Ended(3, "generate|--prompt|two words yes\n"));
    }

    @Test
    void jarBesideTheScriptIsFoundThroughALink() throws Exception {
        jar();
        Path copy = Files.copy(SCRIPT, this.directory.resolve("cerberus"));
        assertThat(copy.toFile().setExecutable(true)).isTrue();
        Path link = Files.createSymbolicLink(Files.createDirectory(this.directory.resolve("bin")).resolve("cerberus"),
                Path.of("..", "cerberus"));
        assertThat(run(link, Map.of())).isEqualTo(new Ended(0, " -\n"));
    }

    @Test
    void missingJarAndMissingJavaAreSaid() throws Exception {
        Path copy = Files.copy(SCRIPT, this.directory.resolve("cerberus"));
        assertThat(copy.toFile().setExecutable(true)).isTrue();
        assertThat(run(copy, Map.of())).satisfies((ended) -> {
            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.text()).contains("there is no cerberus.jar", "CERBERUS_JAR");
        });
        jar();
        assertThat(run(copy, Map.of("JAVA_HOME", "/nowhere"))).satisfies((ended) -> {
            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.text()).contains("no Java at '/nowhere/bin/java'");
        });
    }

    @Test
    void closedStandardInputIsAnEmptyOne() throws Exception {
        Map<String, String> environment = Map.of("CERBERUS_JAR", jar().toString(), "SCRIPT", SCRIPT.toString());
        Path closing = Files.writeString(this.directory.resolve("closing"), """
                #!/bin/sh
                exec "$SCRIPT" read <&-
                """);
        assertThat(closing.toFile().setExecutable(true)).isTrue();
        assertThat(run(closing, environment)).isEqualTo(new Ended(1, "0 read -\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = { "LC_ALL=C", "LC_ALL=POSIX", "LANG=no_WHERE.UTF-8", "LC_CTYPE=C" })
    void argumentsAreUtf8WhereTheLocaleHasNoLettersButEnglish(String variable) throws Exception {
        Path calling = Files.writeString(this.directory.resolve("calling"), """
                #!/bin/sh
                unset LC_ALL LC_CTYPE LANG
                export %s
                exec "$SCRIPT" letters "$(printf '\\303\\274')"
                """.formatted(variable));
        assertThat(calling.toFile().setExecutable(true)).isTrue();
        assertThat(run(calling, Map.of("CERBERUS_JAR", jar().toString(), "SCRIPT", SCRIPT.toString())))
            .isEqualTo(new Ended(0, "[fc]\n"));
    }

    @Test
    void lettersThatJavaAloneLosesAreRefused() throws Exception {
        Path calling = Files.writeString(this.directory.resolve("calling"), """
                #!/bin/sh
                exec "$JAVA_HOME/bin/java" -cp "$CLASSES" dev.cerberus.cli.CerberusCommand info --model "$(printf \
                  'Gr\\303\\274n')"
                """);
        assertThat(calling.toFile().setExecutable(true)).isTrue();
        assertThat(run(calling, Map.of("LC_ALL", "C", "CLASSES", System.getProperty("java.class.path"))))
            .satisfies((ended) -> {
                assertThat(ended.code()).as(ended.text()).isEqualTo(2);
                assertThat(ended.text().lines()).singleElement()
                    .asString()
                    .startsWith("cerberus: argument 3 is not readable: ")
                    .endsWith("; set LC_ALL=C.UTF-8");
            });
    }

}
