package dev.cerberus.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import javax.tools.ToolProvider;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.testing.MarkdownFile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * What {@code release/bundle} holds against a bundle, and what the poms promise of it.
 */
class ReleaseCheckTests {

    private static final String POM = """
            <project>
              <groupId>org.example</groupId><artifactId>thing</artifactId><version>1.0</version>
              <name>Thing</name><description>A thing</description><url>https://example.org</url>
              <licenses><license><name>A</name><url>https://example.org/a</url></license></licenses>
              <developers><developer><name>Ada</name></developer></developers>
              <scm><connection>a</connection><developerConnection>b</developerConnection><url>c</url></scm>
              <properties><lib>2</lib></properties>
              <dependencies>
                <dependency><groupId>com.example</groupId><artifactId>lib</artifactId><version>${lib}</version></dependency>
              </dependencies>
            </project>
            """;

    private static Class<?> checker;

    @TempDir
    private Path bundle;

    @BeforeAll
    static void compile(@TempDir Path classes) throws Exception {
        Path source = MarkdownFile.repository().resolve("release/CheckBundle.java");
        assertThat(ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-proc:none", "-d", classes.toString(), source.toString())).isZero();
        try (URLClassLoader loader = new URLClassLoader(new URL[] { classes.toUri().toURL() })) {
            checker = loader.loadClass("CheckBundle");
        }
    }

    private Path file(String suffix) {
        return this.bundle.resolve("org/example/thing/1.0/thing-1.0" + suffix);
    }

    private static void write(Path file, byte[] bytes) {
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, bytes);
            Files.writeString(file.resolveSibling(file.getFileName() + ".md5"), digest("MD5", bytes));
            Files.writeString(file.resolveSibling(file.getFileName() + ".sha1"), digest("SHA-1", bytes) + "\n");
            Files.writeString(file.resolveSibling(file.getFileName() + ".asc"), "signed");
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static String digest(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        }
        catch (NoSuchAlgorithmException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private static byte[] zip(String... entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String entry : entries) {
                zip.putNextEntry(new ZipEntry(entry));
            }
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return bytes.toByteArray();
    }

    @BeforeEach
    void makeWhatKeepsTheRules() {
        write(file(".pom"), POM.getBytes(UTF_8));
        for (String suffix : List.of(".jar", "-sources.jar", "-javadoc.jar")) {
            write(file(suffix), zip("META-INF/LICENSE", "META-INF/NOTICE", "org/example/Thing"));
        }
        write(file("-cyclonedx.json"), "{}".getBytes(UTF_8));
    }

    @SuppressWarnings("unchecked")
    private List<String> faults() throws Exception {
        Predicate<Path> signature = (file) -> {
            try {
                return Files.readString(file).equals("signed");
            }
            catch (IOException ex) {
                throw new UncheckedIOException(ex);
            }
        };
        return (List<String>) checker.getMethod("check", Path.class, Predicate.class)
            .invoke(null, this.bundle, signature);
    }

    @Test
    void aBundleThatKeepsTheRulesHasNoFaults() throws Exception {
        assertThat(faults()).isEmpty();
    }

    static Stream<Arguments> elements() {
        return Stream.of(arguments("<name>Thing</name>", "", "no <name>"),
                arguments("<url>https://example.org</url>", "", "no <url>"),
                arguments("<url>https://example.org/a</url>", "", "no <licenses> <license> <url>"),
                arguments("<developerConnection>b</developerConnection>", "", "no <scm> <developerConnection>"),
                arguments("<name>Ada</name>", "", "no <developers> <developer> <name>"),
                arguments("<name>Thing</name>", "<name>Thing</name><repositories/>", "a <repositories>"),
                arguments("<name>Thing</name>", "<name>Thing</name><parent/>", "a <parent>"),
                arguments("<lib>2</lib>", "<other>2</other>", "com.example:lib has no version"),
                arguments("<lib>2</lib>", "<lib>2-SNAPSHOT</lib>", "com.example:lib has no version"),
                arguments("<groupId>com.example", "<groupId>org.example", "org.example:lib:2 is not in the bundle"),
                arguments("<version>1.0</version>", "<version>1.1</version>",
                        "lies where org.example:thing:1.0 belongs"),
                arguments("<version>1.0</version>", "<version>1.0-SNAPSHOT</version>", "a snapshot is no release"));
    }

    @ParameterizedTest
    @MethodSource("elements")
    void faultOfAPomIsFound(String text, String instead, String fault) throws Exception {
        assertThat(POM).contains(text);
        write(file(".pom"), POM.replace(text, instead).getBytes(UTF_8));
        assertThat(faults()).anySatisfy((each) -> assertThat(each).contains(fault));
    }

    @Test
    void faultsOfFilesAreFound() throws Exception {
        Files.delete(file("-sources.jar"));
        Files.delete(file(".jar.md5"));
        Files.writeString(file(".pom.sha1"), "0".repeat(40));
        Files.delete(file(".jar.asc"));
        Files.writeString(file("-javadoc.jar.asc"), "forged");
        write(file("-tests.jar"), zip("META-INF/LICENSE"));
        String place = "org/example/thing/1.0/thing-1.0";
        assertThat(faults()).containsExactlyInAnyOrder(place + ".pom: no thing-1.0-sources.jar",
                place + ".jar: no checksum md5", place + ".pom: another checksum sha1 than the file's",
                place + ".jar: not signed", place + "-javadoc.jar: the signature is not the file's",
                place + "-tests.jar: without META-INF/NOTICE");
    }

    @Test
    void emptyJarsOfSourcesAreFound() throws Exception {
        write(file("-sources.jar"), zip("META-INF/LICENSE", "META-INF/NOTICE"));
        assertThat(faults()).containsExactly("org/example/thing/1.0/thing-1.0-sources.jar: empty");
    }

    @Test
    void billOfMaterialsNamesEveryLibraryThatIsPublished() throws IOException {
        Path repository = MarkdownFile.repository();
        String bill = Files.readString(repository.resolve("cerberus-bom/pom.xml"));
        Matcher module = Pattern.compile("<module>([^<]+)</module>")
            .matcher(Files.readString(repository.resolve("pom.xml")));
        int named = 0;
        while (module.find()) {
            String pom = Files.readString(repository.resolve(module.group(1)).resolve("pom.xml"));
            boolean library = !pom.contains("<maven.deploy.skip>true") && !pom.contains("<packaging>pom")
                    && !pom.contains("spring-boot-maven-plugin");
            assertThat(bill.contains("<artifactId>" + module.group(1) + "</artifactId>")).as(module.group(1))
                .isEqualTo(library || module.group(1).equals("cerberus-bom"));
            named += library ? 1 : 0;
        }
        assertThat(named).isGreaterThan(5);
    }

}
