import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/**
 * Looks at what would be published, by the rules of a central repository and by ours.
 *
 * <pre>
 * java release/CheckBundle.java FOLDER
 * </pre>
 *
 * The folder is laid out as a repository. Ends with 1 and a line for each fault if there are any. GNUPGHOME names the
 * keys that signatures are checked with.
 */
public final class CheckBundle {

    private static final Set<String> CHECKSUMS = Set.of("md5", "sha1");

    private final Path bundle;

    private final List<String> faults = new ArrayList<>();

    private final Map<String, Element> poms = new TreeMap<>();

    private CheckBundle(Path bundle) {
        this.bundle = bundle;
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1 || !Files.isDirectory(Path.of(arguments[0]))) {
            System.err.println("usage: java CheckBundle.java FOLDER");
            System.exit(2);
        }
        List<String> faults = check(Path.of(arguments[0]), CheckBundle::signatureHolds);
        faults.forEach(System.err::println);
        System.out.println(faults.isEmpty() ? "The bundle keeps the rules." : faults.size() + " faults");
        System.exit(faults.isEmpty() ? 0 : 1);
    }

    /**
     * Returns what is wrong with a bundle, nothing if it may be published.
     * @param bundle a folder that is laid out as a repository
     * @param signature whether the signature in a file, which ends with {@code .asc}, is that of the file beside it
     */
    public static List<String> check(Path bundle, Predicate<Path> signature) throws IOException {
        CheckBundle check = new CheckBundle(bundle);
        List<Path> files;
        try (Stream<Path> all = Files.walk(bundle)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        List<Path> artifacts = files.stream().filter((file) -> !isBeside(file)).toList();
        for (Path file : artifacts) {
            check.lookBeside(file, signature);
            if (file.toString().endsWith(".pom")) {
                check.read(file);
            }
            else if (file.toString().endsWith(".jar")) {
                check.lookInside(file);
            }
        }
        if (check.poms.isEmpty()) {
            check.faults.add(bundle + ": there is no pom");
        }
        for (Map.Entry<String, Element> pom : check.poms.entrySet()) {
            check.lookAt(pom.getKey(), pom.getValue());
        }
        return List.copyOf(check.faults);
    }

    private static boolean isBeside(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".asc") || CHECKSUMS.contains(name.substring(name.lastIndexOf('.') + 1));
    }

    private void fault(Path file, String what) {
        this.faults.add(this.bundle.relativize(file) + ": " + what);
    }

    /** Checksums and signature of a file. */
    private void lookBeside(Path file, Predicate<Path> signature) throws IOException {
        for (String algorithm : new TreeSet<>(CHECKSUMS)) {
            Path sum = file.resolveSibling(file.getFileName() + "." + algorithm);
            if (!Files.exists(sum)) {
                fault(file, "no checksum " + algorithm);
            }
            else if (!Files.readString(sum).strip().equals(digest(file, algorithm))) {
                fault(file, "another checksum " + algorithm + " than the file's");
            }
        }
        Path signed = file.resolveSibling(file.getFileName() + ".asc");
        if (!Files.exists(signed)) {
            fault(file, "not signed");
        }
        else if (!signature.test(signed)) {
            fault(file, "the signature is not the file's");
        }
    }

    private static String digest(Path file, String algorithm) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance(algorithm.equals("md5") ? "MD5" : "SHA-1");
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        }
        catch (NoSuchAlgorithmException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private static boolean signatureHolds(Path signature) {
        try {
            String file = signature.toString().replaceFirst("\\.asc$", "");
            Process gpg = new ProcessBuilder("gpg", "--batch", "--verify", signature.toString(), file)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
            return gpg.waitFor() == 0;
        }
        catch (IOException ex) {
            throw new IllegalStateException("Signatures can not be checked: " + ex.getMessage(), ex);
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void lookInside(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            Set<String> entries = zip.stream().map(ZipEntry::getName).collect(Collectors.toSet());
            for (String needed : List.of("META-INF/LICENSE", "META-INF/NOTICE")) {
                if (!entries.contains(needed)) {
                    fault(jar, "without " + needed);
                }
            }
            if (entries.stream().allMatch((entry) -> entry.startsWith("META-INF/"))
                    && jar.toString().matches(".*-(sources|javadoc)\\.jar")) {
                fault(jar, "empty");
            }
        }
    }

    private void read(Path file) throws IOException {
        Path version = file.getParent();
        Path artifact = version.getParent();
        String group = this.bundle.relativize(artifact.getParent()).toString().replace('/', '.').replace('\\', '.');
        String place = group + ":" + artifact.getFileName() + ":" + version.getFileName();
        try {
            Element pom = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(file.toFile())
                .getDocumentElement();
            this.poms.put(file.toString(), pom);
            String own = text(pom, "groupId") + ":" + text(pom, "artifactId") + ":" + text(pom, "version");
            if (!own.equals(place)) {
                fault(file, "is " + own + " and lies where " + place + " belongs");
            }
        }
        catch (SAXException | ParserConfigurationException ex) {
            fault(file, "can not be read: " + ex.getMessage());
        }
    }

    private void lookAt(String name, Element pom) {
        Path file = Path.of(name);
        for (String needed : List.of("name", "description", "url", "licenses/license/name", "licenses/license/url",
                "developers/developer/name", "scm/connection", "scm/developerConnection", "scm/url")) {
            if (text(pom, needed.split("/")).isEmpty()) {
                fault(file, "no <" + needed.replace("/", "> <") + ">");
            }
        }
        for (String banned : List.of("parent", "repositories", "pluginRepositories")) {
            if (child(pom, banned) != null) {
                fault(file, "a <" + banned + ">, which others can not follow");
            }
        }
        if (text(pom, "version").endsWith("-SNAPSHOT")) {
            fault(file, "a snapshot is no release");
        }
        dependencies(pom).forEach((dependency) -> lookAtDependency(file, pom, dependency));
        if (text(pom, "packaging").isEmpty() || text(pom, "packaging").equals("jar")) {
            String stem = text(pom, "artifactId") + "-" + text(pom, "version");
            for (String suffix : List.of(".jar", "-sources.jar", "-javadoc.jar", "-cyclonedx.json")) {
                if (!Files.exists(file.resolveSibling(stem + suffix))) {
                    fault(file, "no " + stem + suffix);
                }
            }
        }
    }

    private static Stream<Element> dependencies(Element pom) {
        Element managed = child(pom, "dependencyManagement");
        return Stream.of(child(pom, "dependencies"), (managed != null) ? child(managed, "dependencies") : null)
            .filter((each) -> each != null)
            .flatMap(CheckBundle::children);
    }

    private void lookAtDependency(Path file, Element pom, Element dependency) {
        String version = resolved(pom, text(dependency, "version"));
        String name = text(dependency, "groupId") + ":" + text(dependency, "artifactId");
        if (version.isEmpty() || version.contains("${") || version.endsWith("-SNAPSHOT")) {
            fault(file, name + " has no version that others can resolve: '" + version + "'");
        }
        else if (text(dependency, "groupId").equals(text(pom, "groupId")) && !holds(name, version)) {
            fault(file, name + ":" + version + " is not in the bundle");
        }
    }

    private boolean holds(String name, String version) {
        return this.poms.values()
            .stream()
            .anyMatch((pom) -> name.equals(text(pom, "groupId") + ":" + text(pom, "artifactId"))
                    && version.equals(text(pom, "version")));
    }

    private static String resolved(Element pom, String version) {
        Element properties = child(pom, "properties");
        String result = version.replace("${project.version}", text(pom, "version"));
        if (properties != null) {
            for (Element property : children(properties).toList()) {
                result = result.replace("${" + property.getTagName() + "}", property.getTextContent().strip());
            }
        }
        return result;
    }

    private static Stream<Element> children(Element parent) {
        return IntStream.range(0, parent.getChildNodes().getLength())
            .mapToObj(parent.getChildNodes()::item)
            .filter(Element.class::isInstance)
            .map(Element.class::cast);
    }

    private static Element child(Element parent, String name) {
        return children(parent).filter((each) -> each.getTagName().equals(name)).findFirst().orElse(null);
    }

    private static String text(Element parent, String... path) {
        Element at = parent;
        for (String name : path) {
            at = (at != null) ? child(at, name) : null;
        }
        return (at != null) ? at.getTextContent().strip() : "";
    }

}
