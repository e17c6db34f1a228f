package dev.cerberus.text;

import java.util.Collections;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ArgumentTypesTests {

    @ParameterizedTest
    @CsvSource(delimiter = ';',
            value = { "{\"anyOf\": [{\"type\": \"string\"}, {\"type\": \"null\"}]}; null,string",
                    "{\"enum\": [1, \"a\"]}; integer,string",
                    "{\"type\": [\"number\", \"string\"]}; integer,number,string", "{\"const\": 1.5}; number",
                    "{\"allOf\": [{\"$ref\": \"#/text\"}], \"text\": {\"type\": \"string\"}}; string" })
    void typesAreThoseThatTheSchemaAllows(String schema, String types) throws JsonProcessingException {
        JsonNode root = JsonText.read(schema);
        assertThat(ArgumentTypes.of(root, root)).containsExactlyInAnyOrder(types.split(","));
    }

    /** Such as one that a client made to keep the engine busy. */
    @Test
    @Timeout(10)
    void schemasOfManyReferencesInCirclesAreGivenUp() throws JsonProcessingException {
        String references = String.join(",", Collections.nCopies(2000, "{\"$ref\": \"#/properties/x\"}"));
        JsonNode root = JsonText.read("{\"properties\": {\"x\": {\"anyOf\": [" + references + "]}}}");
        assertThat(ArgumentTypes.of(root.at("/properties/x"), root)).contains("string", "integer");
    }

}
