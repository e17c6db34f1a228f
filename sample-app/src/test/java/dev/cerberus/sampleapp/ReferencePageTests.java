package dev.cerberus.sampleapp;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import io.micrometer.common.docs.KeyName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.cerberus.spring.boot.autoconfigure.metrics.CerberusMeters;
import dev.cerberus.spring.boot.autoconfigure.observation.GenerationObservations;
import dev.cerberus.testing.MarkdownFile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page of properties and meters is what the code says of them. After a change that is
 * meant, run this with {@code CERBERUS_UPDATE_REFERENCE=true}.
 */
class ReferencePageTests {

    private static final Path PAGE = MarkdownFile.repository().resolve("docs/reference.md");

    private static final String HEAD = """
            # Properties and meters

            Written by `ReferencePageTests` from the metadata of the properties and from the meters themselves. What to set for which purpose is in
            [README](../README.md#properties), [production](production.md) and [tuning](tuning.md).

            ## Properties

            """;

    private static final String METERS = """

            ## Meters

            Prometheus writes dots as underscores, and appends `_total` to counters and `_seconds` to timers.

            """;

    private static final String OTHERS = """

            `cerberus.metrics.gateway-names: vllm` repeats three gauges under the names that [inference gateways](openai.md#gateways) read; requests are
            [observations](langchain4j.md#observability) too.
            """;

    @Test
    void pageIsWhatTheCodeSays() throws IOException {
        String page = HEAD + properties() + METERS + meters();
        if (System.getenv("CERBERUS_UPDATE_REFERENCE") != null) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(page);
    }

    private static List<JsonNode> metadata() throws IOException {
        List<JsonNode> found = new ArrayList<>();
        for (URL url : Collections.list(ReferencePageTests.class.getClassLoader()
            .getResources("META-INF/spring-configuration-metadata.json"))) {
            try (InputStream in = url.openStream()) {
                found.add(new JsonMapper().readTree(in));
            }
        }
        return found;
    }

    private static String properties() throws IOException {
        Map<String, String> values = new TreeMap<>();
        Map<String, String> rows = new TreeMap<>();
        for (JsonNode each : metadata()) {
            for (JsonNode hint : each.path("hints")) {
                values.put(hint.get("name").asString(), values(hint));
            }
        }
        for (JsonNode each : metadata()) {
            for (JsonNode property : each.path("properties")) {
                String name = property.get("name").asString();
                if (name.startsWith("cerberus.")) {
                    rows.put(name, row(property, values.getOrDefault(name, "")));
                }
            }
        }
        assertThat(rows).hasSizeGreaterThan(40);
        return "| property | type | default | what |\n|---|---|---|---|\n" + String.join("", rows.values());
    }

    private static String values(JsonNode hint) {
        return StreamSupport.stream(hint.path("values").spliterator(), false)
            .map((value) -> "`" + value.get("value").asString() + "`"
                    + (value.has("description") ? ": " + unstopped(value.get("description").asString()) : ""))
            .collect(Collectors.joining("; "));
    }

    private static String row(JsonNode property, String values) {
        String type = property.get("type").asString().replaceAll("(?:[a-z0-9]+\\.)+(?:\\w+\\$)*", "");
        JsonNode preset = property.path("defaultValue");
        String shown = preset.isMissingNode() ? "" : "`" + (preset.isArray() ? "" : preset.asString()) + "`";
        return "| `" + property.get("name").asString() + "` | " + type.replace("<", "&lt;") + " | " + shown + " | "
                + property.get("description").asString() + (values.isEmpty() ? "" : " " + values + ".") + " |\n";
    }

    private static String unstopped(String text) {
        return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }

    private static String meters() {
        return "| meter | kind | tags | what |\n|---|---|---|---|\n" + Arrays.stream(CerberusMeters.values())
            .map((meter) -> meter(meter.getName(), kind(meter), Arrays.stream(meter.getKeyNames()),
                    meter.getDescription()))
            .collect(Collectors.joining()) + observations() + OTHERS;
    }

    /** What Micrometer makes of an observation. */
    private static String observations() {
        GenerationObservations request = GenerationObservations.REQUEST;
        KeyName[] keys = request.getLowCardinalityKeyNames();
        return meter(request.getName(), "timer", Stream.concat(Arrays.stream(keys), Stream.of((KeyName) () -> "error")),
                "Time of a request that a bean of LangChain4j's types made, where observations are handled by meters; `error` is Micrometer's short form of `error.type`")
                + meter(request.getName() + ".active", "long task timer", Arrays.stream(keys),
                        "Such requests that are not over");
    }

    private static String meter(String name, String kind, Stream<KeyName> keys, String what) {
        return "| `" + name + "` | " + kind + " | "
                + keys.map((key) -> "`" + key.asString() + "`").collect(Collectors.joining(", ")) + " | " + what
                + " |\n";
    }

    private static String kind(CerberusMeters meter) {
        return meter.getType().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

}
