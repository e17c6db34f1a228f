package dev.cerberus.sampleapp;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary.Failure;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.cerberus.spring.boot.autoconfigure.CerberusProperties;
import dev.cerberus.spring.boot.autoconfigure.metrics.CerberusMeters;
import dev.cerberus.testing.MarkdownFile;
import dev.cerberus.testing.MarkdownFile.Block;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The blocks of README and docs are what they say: Java compiles, tests in it pass, YAML
 * binds, coordinates are those of the build.
 */
class ReadmeTests {

    private static final Pattern GRADLE = Pattern.compile("\"([^\":]+):([^\":]+):([^\":]+)(?::([^\"]+))?\"");

    private static final Pattern PROPERTY = Pattern.compile("(cerberus\\.[a-z.<>*-]+)(:.*|=.*)?");

    @TempDir
    private Path classes;

    private static List<Block> blocks(String language) {
        return MarkdownFile.all()
            .stream()
            .flatMap((page) -> page.blocks().stream())
            .filter((block) -> block.language().equals(language))
            .toList();
    }

    @Test
    void everyJavaBlockCompilesAndItsTestsPass() throws Exception {
        List<String> imports = Files.readAllLines(MarkdownFile.repository().resolve("docs/readme/application/imports"));
        List<JavaFileObject> sources = new ArrayList<>();
        List<Block> blocks = blocks("java");
        for (Block block : blocks) {
            // a line for each import and one for the package
            String name = "block" + sources.size();
            StringBuilder source = new StringBuilder("package " + name + ";");
            imports.forEach((each) -> source.append(" import ").append(each).append(";"));
            source.append('\n').append(block.text());
            sources.add(new Source(URI.create("readme:///" + name + "/Block.java"), source.toString()));
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(found, Locale.ROOT, UTF_8)) {
            compiler
                .getTask(null, files, found, List.of("-d", this.classes.toString(), "-proc:none", "-classpath",
                        System.getProperty("java.class.path")), null, sources)
                .call();
        }
        assertThat(found.getDiagnostics()).filteredOn((each) -> each.getKind() == Diagnostic.Kind.ERROR)
            .extracting((each) -> each.getSource().getName() + ":" + each.getLineNumber() + ": "
                    + each.getMessage(Locale.ROOT))
            .isEmpty();
        assertThat(blocks).hasSizeGreaterThan(3);
        runTests();
    }

    /** Runs the tests among the blocks, as a reader who copies them would. */
    private void runTests() throws Exception {
        ClassLoader own = Thread.currentThread().getContextClassLoader();
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        try (URLClassLoader compiled = new URLClassLoader(new URL[] { this.classes.toUri().toURL() }, own)) {
            Thread.currentThread().setContextClassLoader(compiled);
            LauncherFactory.create()
                .execute(LauncherDiscoveryRequestBuilder.request()
                    .selectors(DiscoverySelectors.selectClasspathRoots(Set.of(this.classes)))
                    .build(), summary);
        }
        finally {
            Thread.currentThread().setContextClassLoader(own);
        }
        assertThat(summary.getSummary().getFailures()).extracting(Failure::getTestIdentifier, Failure::getException)
            .isEmpty();
        assertThat(summary.getSummary().getTestsSucceededCount()).isGreaterThanOrEqualTo(5);
    }

    private static final class Source extends SimpleJavaFileObject {

        private final String text;

        Source(URI uri, String text) {
            super(uri, Kind.SOURCE);
            this.text = text;
        }

        @Override
        public boolean isNameCompatible(String simpleName, Kind kind) {
            return kind == Kind.SOURCE;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return this.text;
        }

    }

    @Test
    void everyYamlBlockOfTheApplicationIsKnownAndBinds() throws IOException {
        Set<String> known = knownProperties();
        int checked = 0;
        for (Block block : blocks("yaml")) {
            if (block.text().contains("apiVersion:") || block.text().contains("services:")) {
                continue; // of other programs
            }
            Map<String, Object> values = flattened(block.text());
            for (String key : values.keySet()) {
                checked++;
                assertThat(isKnown(known, key)).as("line " + block.line() + ": " + key).isTrue();
            }
            new Binder(new MapConfigurationPropertySource(values)).bindOrCreate("cerberus",
                    Bindable.of(CerberusProperties.class), new NoUnboundElementsBindHandler(BindHandler.DEFAULT));
        }
        assertThat(checked).isGreaterThan(1);
    }

    private static Map<String, Object> flattened(String yaml) {
        YamlPropertiesFactoryBean bean = new YamlPropertiesFactoryBean();
        bean.setResources(new ByteArrayResource(yaml.getBytes(UTF_8)));
        Map<String, Object> values = new java.util.TreeMap<>();
        bean.getObject().forEach((key, value) -> values.put(key.toString(), value));
        return values;
    }

    private static Set<String> knownProperties() throws IOException {
        Set<String> names = new TreeSet<>();
        for (var url : Collections
            .list(ReadmeTests.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
            try (var in = url.openStream()) {
                JsonNode metadata = new JsonMapper().readTree(in);
                metadata.get("properties").forEach((each) -> names.add(each.get("name").asString()));
            }
        }
        return names;
    }

    /** Lists and maps have keys below their own. */
    private static boolean isKnown(Set<String> known, String key) {
        String name = key.replaceAll("\\[\\d+]", "");
        return known.contains(name) || known.stream().anyMatch((each) -> name.startsWith(each + "."));
    }

    @Test
    void everyPropertyThatIsNamedIsKnown() throws IOException {
        Set<String> known = knownProperties();
        Set<String> meters = Stream.of(CerberusMeters.values()).map(CerberusMeters::getName).collect(toSet());
        List<String> unknown = new ArrayList<>();
        int checked = 0;
        for (MarkdownFile page : MarkdownFile.all()) {
            for (String span : page.spans()) {
                Matcher name = PROPERTY.matcher(span);
                if (name.matches() && !meters.contains(name.group(1))) {
                    checked++;
                    String property = name.group(1).replaceFirst("\\.(\\*|<.*)$", "");
                    // a family of properties is named by its beginning
                    if (!isKnown(known, property)
                            && known.stream().noneMatch((each) -> each.startsWith(property + "."))) {
                        unknown.add(page.file() + ": " + span);
                    }
                }
            }
        }
        assertThat(unknown).isEmpty();
        assertThat(checked).isGreaterThan(100);
    }

    @Test
    void everyTableRowNamesAProperty() throws IOException {
        Set<String> known = knownProperties();
        Matcher row = Pattern.compile("(?m)^\\| `(cerberus\\.[a-z.-]+)` \\|")
            .matcher(Files.readString(MarkdownFile.repository().resolve("README.md")));
        int checked = 0;
        while (row.find()) {
            checked++;
            assertThat(known).contains(row.group(1));
        }
        assertThat(checked).isGreaterThan(15);
    }

    @Test
    void coordinatesAreThoseOfTheBuild() throws Exception {
        Path bill = MarkdownFile.repository().resolve("cerberus-bom/pom.xml");
        Document pom = document(Files.readString(bill));
        String version = text(pom.getDocumentElement(), "version");
        String libtorch = text(pom.getDocumentElement(), "pytorch.version");
        int checked = 0;
        for (Block block : blocks("xml")) {
            NodeList dependencies = document("<all>" + block.text() + "</all>").getElementsByTagName("dependency");
            for (int i = 0; i < dependencies.getLength(); i++) {
                Element each = (Element) dependencies.item(i);
                checked++;
                checkCoordinates(text(each, "groupId"), text(each, "artifactId"), text(each, "version"), version,
                        libtorch);
            }
        }
        for (Block block : blocks("kotlin")) {
            Matcher each = GRADLE.matcher(block.text());
            while (each.find()) {
                checked++;
                checkCoordinates(each.group(1), each.group(2), each.group(3), version, libtorch);
            }
        }
        assertThat(checked).isGreaterThan(3);
    }

    @Test
    void versionsOfTheSupportPageAreThoseOfTheBuild() throws Exception {
        Path repository = MarkdownFile.repository();
        Element pom = document(Files.readString(repository.resolve("pom.xml"))).getDocumentElement();
        Element bom = document(Files.readString(repository.resolve("cerberus-bom/pom.xml"))).getDocumentElement();
        assertThat(Files.readString(repository.resolve("docs/support.md"))).contains(
                "| Java | " + text(pom, "java.version") + " |", "(" + text(pom, "spring-boot.version") + ") |",
                "| LangChain4j | " + text(pom, "langchain4j.version") + " |",
                "| DJL, libtorch | " + text(pom, "djl.version") + ", " + text(bom, "pytorch.version") + " |");
    }

    private static void checkCoordinates(String group, String artifact, String version, String own, String libtorch) {
        if (group.equals("dev.cerberus")) {
            assertThat(MarkdownFile.repository().resolve(artifact).resolve("pom.xml")).exists();
            assertThat(version).as(artifact).isEqualTo(own);
        }
        else if (group.equals("org.bytedeco")) {
            assertThat(artifact).isIn("pytorch", "cuda-redist");
            assertThat(artifact.equals("cuda-redist") || version.startsWith(libtorch + "-")).as(version).isTrue();
        }
        else {
            assertThat(group + ":" + artifact).isEqualTo("ai.djl.pytorch:pytorch-native-cpu");
            assertThat(version).isEqualTo(libtorch);
        }
    }

    private static Document document(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }

    private static String text(Element parent, String name) {
        return parent.getElementsByTagName(name).item(0).getTextContent().strip();
    }

    @Test
    void everyScriptThatIsCalledIsThere() {
        Set<String> called = MarkdownFile.all()
            .stream()
            .flatMap((page) -> page.blocks().stream())
            .filter((block) -> block.language().isEmpty())
            .flatMap((block) -> block.commands().stream())
            .map((command) -> command.split(" ")[0])
            .filter((word) -> word.matches("[a-z][a-z-]*/[a-z/-]+"))
            .collect(toSet());
        assertThat(called).hasSizeGreaterThan(3)
            .allSatisfy((script) -> assertThat(MarkdownFile.repository().resolve(script)).isExecutable());
    }

    @Test
    void everyMavenCommandNamesModulesOfTheBuild() {
        List<String> commands = MarkdownFile.all()
            .stream()
            .flatMap((page) -> page.blocks().stream())
            .flatMap((block) -> block.commands().stream())
            .filter((command) -> command.startsWith("mvn "))
            .toList();
        assertThat(commands).hasSizeGreaterThan(1);
        Set<String> profiles = profiles();
        for (String command : commands) {
            assertThat(profiles).as(command)
                .containsAll(Pattern.compile(" -P(\\S+)")
                    .matcher(command)
                    .results()
                    .map((profile) -> profile.group(1))
                    .toList());
            Matcher modules = Pattern.compile("-pl (\\S+)").matcher(command);
            if (modules.find()) {
                Stream.of(modules.group(1).split(","))
                    .forEach((module) -> assertThat(MarkdownFile.repository().resolve(module).resolve("pom.xml"))
                        .as(command)
                        .exists());
            }
        }
    }

    private static Set<String> profiles() {
        try {
            return Pattern.compile("<profile>\\s*(?:<!--.*?-->\\s*)?<id>([^<]+)</id>", Pattern.DOTALL)
                .matcher(Files.readString(MarkdownFile.repository().resolve("pom.xml")))
                .results()
                .map((profile) -> profile.group(1))
                .collect(toSet());
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

}
