package dev.cerberus;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import dev.cerberus.testing.MarkdownFile;

import static org.assertj.core.api.Assertions.assertThat;

class StructureDocumentTests {

    private static final String ROOT = "dev.cerberus.";

    private static final Pattern ROW = Pattern.compile("\\| `(\\w+)` \\|[^|]*\\|([^|]*)\\|");

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
