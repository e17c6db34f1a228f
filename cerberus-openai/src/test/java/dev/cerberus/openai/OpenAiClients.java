package dev.cerberus.openai;

import java.util.List;
import java.util.Map;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;

/**
 * OpenAI's Java client for a server of this machine, and tools for it to offer.
 */
public final class OpenAiClients {

    private OpenAiClients() {
    }

    /**
     * Connects to a server.
     * @param port its port
     * @return a client that asks once; the caller closes it
     */
    public static OpenAIClient connect(int port) {
        return OpenAIOkHttpClient.builder()
            .baseUrl("http://localhost:" + port + "/v1")
            .apiKey("none")
            .maxRetries(0)
            .build();
    }

    /**
     * Describes a tool that wants the name of a city.
     * @param name the tool's name
     * @return its definition
     */
    public static FunctionDefinition ofCity(String name) {
        return FunctionDefinition.builder()
            .name(name)
            .description("Tells the " + name + " of a city")
            .parameters(FunctionParameters.builder()
                .putAdditionalProperty("type", JsonValue.from("object"))
                .putAdditionalProperty("properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                .putAdditionalProperty("required", JsonValue.from(List.of("city")))
                .build())
            .build();
    }

}
