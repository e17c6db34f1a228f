package dev.cerberus.spring.boot.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

import dev.cerberus.djl.Precision;

import static org.assertj.core.api.Assertions.assertThat;

class ConfigurationMetadataTests {

    private static final List<String> CONTRACT = List.of("cerberus.chat.enabled", "cerberus.chat.frequency-penalty",
            "cerberus.chat.max-output-tokens", "cerberus.chat.min-p", "cerberus.chat.presence-penalty",
            "cerberus.chat.repetition-penalty", "cerberus.chat.seed", "cerberus.chat.stop-sequences",
            "cerberus.chat.temperature", "cerberus.chat.template", "cerberus.chat.template-variables",
            "cerberus.chat.top-k", "cerberus.chat.top-p", "cerberus.device", "cerberus.enabled",
            "cerberus.engine.kv-cache-tokens", "cerberus.engine.max-concurrent", "cerberus.engine.max-input-characters",
            "cerberus.engine.prefix-cache", "cerberus.engine.queue-capacity", "cerberus.engine.request-timeout",
            "cerberus.engine.threads", "cerberus.gate.calibration", "cerberus.gate.entropy-threshold",
            "cerberus.gate.mode", "cerberus.gate.profiles", "cerberus.gate.signal", "cerberus.gate.threshold",
            "cerberus.heads.count", "cerberus.heads.location", "cerberus.memory.live", "cerberus.memory.location",
            "cerberus.metrics.enabled", "cerberus.metrics.gateway-names", "cerberus.openai.enabled",
            "cerberus.openai.max-body", "cerberus.model.location", "cerberus.model.download", "cerberus.model.cache",
            "cerberus.model.mirror", "cerberus.model.max-context", "cerberus.model.name", "cerberus.model.precision",
            "cerberus.model.weights-cache", "cerberus.tree.context-lookup", "cerberus.tree.max-nodes",
            "cerberus.tree.shape");

    private final JsonNode metadata = read();

    private static JsonNode read() {
        try (InputStream in = CerberusProperties.class
            .getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            assertThat(in).as("metadata written by the configuration processor").isNotNull();
            return new ObjectMapper().readTree(in);
        }
        catch (IOException ex) {
            throw new IllegalStateException(ex);
        }
    }

    @Test
    void everyPropertyIsThere() {
        assertThat(this.metadata.get("properties")).extracting((property) -> property.get("name").asText())
            .filteredOn((name) -> name.startsWith("cerberus."))
            .containsExactlyInAnyOrderElementsOf(CONTRACT);
    }

    @Test
    void everyPropertyIsDescribedInOneOrMoreSentences() {
        assertThat(this.metadata.get("properties")).allSatisfy(
                (property) -> assertThat(property.path("description").asText()).as(property.get("name").asText())
                    .endsWith(".")
                    .doesNotStartWith("The ")
                    .doesNotStartWith("A "));
    }

    @Test
    void everyHintIsForAProperty() {
        assertThat(this.metadata.get("hints")).isNotEmpty()
            .allSatisfy((hint) -> assertThat(hint.get("name").asText()).isIn(CONTRACT));
    }

    @Test
    void hintsForThePrecisionAreTheFormatsThatThereAre() {
        assertThat(precisions()).extracting((value) -> value.get("value").asText())
            .containsExactlyInAnyOrderElementsOf(Stream
                .concat(Stream.of("auto"), Arrays.stream(Precision.values()).map(ConfigurationMetadataTests::name))
                .toList());
    }

    /** Which format it is depends on the device, and each is the best of some. */
    @Test
    void hintForTheAutomaticPrecisionTellsWhenItIsWhichFormat() {
        String auto = precisions().valueStream()
            .filter((value) -> value.get("value").asText().equals("auto"))
            .findFirst()
            .orElseThrow()
            .get("description")
            .asText();
        assertThat(auto).contains(Arrays.stream(Precision.values()).map(ConfigurationMetadataTests::name).toList());
    }

    private JsonNode precisions() {
        return this.metadata.get("hints")
            .valueStream()
            .filter((each) -> each.get("name").asText().equals("cerberus.model.precision"))
            .findFirst()
            .orElseThrow()
            .get("values");
    }

    private static String name(Precision precision) {
        return precision.name().toLowerCase(Locale.ROOT);
    }

    @Test
    void everyNameInTheMetadataIsKnownToTheCheckOfNames() {
        PropertyNames names = new PropertyNames("cerberus", CerberusProperties.class);
        assertThat(CONTRACT).filteredOn(
                (name) -> !name.equals("cerberus.chat.template-variables") && !name.equals("cerberus.gate.profiles"))
            .allSatisfy((name) -> assertThat(names.knows(ConfigurationPropertyName.of(name))).as(name).isTrue());
    }

}
