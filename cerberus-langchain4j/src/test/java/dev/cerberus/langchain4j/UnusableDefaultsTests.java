package dev.cerberus.langchain4j;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.KnowingEngine;
import dev.cerberus.engine.TextGenerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Defaults that a real engine could not honour fail in {@code build()}, of whatever
 * model, and not with every request.
 */
class UnusableDefaultsTests {

    private static CerberusEngine engine;

    @BeforeAll
    static void open() {
        engine = KnowingEngine.open("strict", (conversation) -> List.of("Hello!"));
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private enum Model {

        CHAT {
            @Override
            Object build(TextGenerator generator, ChatRequestParameters defaults) {
                return CerberusChatModel.builder(generator).defaultRequestParameters(defaults).build();
            }
        },

        STREAMING_CHAT {
            @Override
            Object build(TextGenerator generator, ChatRequestParameters defaults) {
                return CerberusStreamingChatModel.builder(generator).defaultRequestParameters(defaults).build();
            }
        },

        LANGUAGE {
            @Override
            Object build(TextGenerator generator, ChatRequestParameters defaults) {
                return CerberusLanguageModel.builder(generator).defaultRequestParameters(defaults).build();
            }
        },

        STREAMING_LANGUAGE {
            @Override
            Object build(TextGenerator generator, ChatRequestParameters defaults) {
                return CerberusStreamingLanguageModel.builder(generator).defaultRequestParameters(defaults).build();
            }
        };

        abstract Object build(TextGenerator generator, ChatRequestParameters defaults);

    }

    private static ChatRequestParameters schema(String schema) {
        return ChatRequestParameters.builder()
            .responseFormat(ResponseFormat.builder()
                .type(ResponseFormatType.JSON)
                .jsonSchema(JsonSchema.builder().name("x").rootElement(JsonRawSchema.from(schema)).build())
                .build())
            .build();
    }

    private static ChatRequestParameters tools() {
        return ChatRequestParameters.builder()
            .toolSpecifications(ToolSpecification.builder().name("now").build())
            .build();
    }

    static Stream<Arguments> unusable() {
        Stream<Arguments> everywhere = Stream.of(Model.values())
            .flatMap((model) -> Stream
                .of(Arguments.of(model, schema("{\"if\": {}, \"then\": {}}"), InvalidRequestException.class, "'if'"),
                        Arguments.of(model,
                                CerberusChatRequestParameters.builder().logitBias(Map.of(999_999, 1.0)).build(),
                                InvalidRequestException.class, "999999")));
        return Stream.concat(everywhere, Stream.of(Model.LANGUAGE, Model.STREAMING_LANGUAGE)
            .map((model) -> Arguments.of(model, tools(), UnsupportedFeatureException.class, "'toolSpecifications'")));
    }

    @ParameterizedTest
    @MethodSource("unusable")
    void defaultThatCanNotBeHonouredFailsTheBuild(Model model, ChatRequestParameters defaults,
            Class<? extends Exception> type, String part) {
        assertThatThrownBy(() -> model.build(engine, defaults)).isInstanceOf(type).hasMessageContaining(part);
    }

    static Stream<Arguments> usable() {
        Stream<Arguments> everywhere = Stream.of(Model.values())
            .flatMap((model) -> Stream.of(Arguments.of(model, schema("{\"type\": \"integer\"}")),
                    Arguments.of(model, CerberusChatRequestParameters.builder().logitBias(Map.of(7, 1.0)).build())));
        return Stream.concat(everywhere,
                Stream.of(Model.CHAT, Model.STREAMING_CHAT).map((model) -> Arguments.of(model, tools())));
    }

    @ParameterizedTest
    @MethodSource("usable")
    void otherDefaultsAreTaken(Model model, ChatRequestParameters defaults) {
        assertThatCode(() -> model.build(engine, defaults)).doesNotThrowAnyException();
    }

    @Test
    void nothingIsAskedToFindOut() {
        Model.CHAT.build(engine, schema("{\"type\": \"integer\"}"));
        assertThat(engine.totals().requests()).isZero();
    }

}
