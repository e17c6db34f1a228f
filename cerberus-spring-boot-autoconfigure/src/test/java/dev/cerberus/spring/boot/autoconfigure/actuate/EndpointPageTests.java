package dev.cerberus.spring.boot.autoconfigure.actuate;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import dev.cerberus.engine.PrecisionSupport;
import dev.cerberus.testing.MarkdownFile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page on production names what the endpoint shows.
 */
class EndpointPageTests {

    private static final Pattern ROW = Pattern.compile("(?m)^\\|.*\\|$");

    private static final Pattern NAME = Pattern.compile("`(\\w+)`");

    @Test
    void everyFieldIsNamedAndNoOther() throws IOException {
        String page = Files.readString(MarkdownFile.repository().resolve("docs/production.md"));
        Set<String> named = new TreeSet<>();
        Matcher row = ROW.matcher(page.replaceFirst("(?s).*\n## The endpoint\n", "").replaceFirst("(?s)\n## .*", ""));
        while (row.find()) {
            NAME.matcher(row.group()).results().forEach((name) -> named.add(name.group(1)));
        }
        assertThat(named).isEqualTo(fields());
    }

    private static Set<String> fields() {
        Set<String> fields = new TreeSet<>();
        for (Class<?> type : CerberusEndpoint.class.getDeclaredClasses()) {
            add(type, fields);
        }
        add(PrecisionSupport.class, fields);
        return fields;
    }

    private static void add(Class<?> type, Set<String> fields) {
        for (RecordComponent component : type.getRecordComponents()) {
            fields.add(component.getName());
        }
    }

}
