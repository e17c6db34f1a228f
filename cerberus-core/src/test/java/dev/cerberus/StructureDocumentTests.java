package dev.cerberus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import dev.cerberus.testing.MarkdownFile;

import static org.assertj.core.api.Assertions.assertThat;

class StructureDocumentTests {

    private static final String ROOT = "dev.cerberus.";

    private static final Pattern ROW = Pattern.compile("\\| `([a-z]\\w*)` \\|[^|]*\\|([^|]*)\\|");

    private static final Pattern REASON = Pattern.compile("\\| `([A-Z]\\w*)` \\|[^|]*\\|\\R");

    private static final int LONGEST_FILE = 400;

    @Test
    void everyRoomNeedsWhatThePageSays() throws IOException {
        Map<String, Set<String>> written = new TreeMap<>();
        Matcher row = ROW.matcher(Files.readString(MarkdownFile.repository().resolve("docs/structure.md")));
        while (row.find()) {
            written.put(row.group(1),
                    Arrays.stream(row.group(2).split(","))
                        .map(String::strip)
                        .filter((name) -> !name.isEmpty())
                        .collect(Collectors.toCollection(TreeSet::new)));
        }
        assertThat(written).isEqualTo(rooms());
    }

    @Test
    void longFilesAreThoseThatThePageGivesAReasonFor() throws IOException {
        Set<String> written = new TreeSet<>();
        Matcher row = REASON.matcher(Files.readString(MarkdownFile.repository().resolve("docs/structure.md")));
        while (row.find()) {
            written.add(row.group(1));
        }
        assertThat(written).isEqualTo(longFiles());
    }

    private static Set<String> longFiles() throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.walk(MarkdownFile.repository().resolve("cerberus-core/src/main/java"))) {
            for (Path file : files.filter((file) -> file.toString().endsWith(".java")).toList()) {
                try (Stream<String> lines = Files.lines(file)) {
                    if (lines.count() > LONGEST_FILE) {
                        names.add(file.getFileName().toString().replace(".java", ""));
                    }
                }
            }
        }
        return names;
    }

    private static Map<String, Set<String>> rooms() {
        Map<String, Set<String>> rooms = new TreeMap<>();
        for (JavaClass type : new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.cerberus")) {
            Set<String> needed = rooms.computeIfAbsent(room(type), (name) -> new TreeSet<>());
            type.getDirectDependenciesFromSelf()
                .stream()
                .map((dependency) -> dependency.getTargetClass().getBaseComponentType())
                .filter((target) -> target.getPackageName().startsWith(ROOT))
                .map(StructureDocumentTests::room)
                .filter((name) -> !name.equals(room(type)))
                .forEach(needed::add);
        }
        return rooms;
    }

    private static String room(JavaClass type) {
        return type.getPackageName().substring(ROOT.length()).replaceFirst("\\..*", "");
    }

}
