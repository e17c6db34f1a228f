package dev.cerberus.openai;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import dev.cerberus.constrain.ConstraintException;
import dev.cerberus.decode.PromptTooLongException;
import dev.cerberus.engine.EmptyPromptException;
import dev.cerberus.engine.EngineClosedException;
import dev.cerberus.engine.EngineFailedException;
import dev.cerberus.engine.QueueFullException;
import dev.cerberus.engine.RequestTimeoutException;
import dev.cerberus.engine.UnknownTokenException;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;
import dev.cerberus.model.ModelException;

import static org.assertj.core.api.Assertions.assertThat;

/** What is refused, how it is said, and with which status. */
class OpenAiRefusalTests extends AbstractOpenAiHttpTests {

    @Test
    void toolChoiceOfAToolThatIsNotThereIsRefused() throws Exception {
        HttpResponse<String> response = chat(
                TOOLS + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"sing\"}}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).at("/error/param").stringValue()).isEqualTo("tool_choice");
        assertThat(json(response).at("/error/message").stringValue()).contains("'sing'");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '@', textBlock = """
            {"type":"function","function":{"name":"time"},"mode":"auto"}  | tool_choice.mode
            {"type":"function","function":{"name":"time","strict":true}}  | tool_choice.function.strict
            """)
    void fieldOfAToolChoiceThatIsNotUnderstoodIsNamed(String choice, String param) throws Exception {
        ScriptedGenerator generator = answer("x");
        HttpResponse<String> response = chat(TOOLS + ",\"tool_choice\":" + choice);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(json(response).at("/error/param").stringValue()).isEqualTo(param);
        assertThat(generator.requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '@', textBlock = """
            ,"model":"gpt-4o"                           | 404 | model
            ,"temperature":3                              | 400 | temperature
            ,"temperature":"hot"                        | 400 | temperature
            ,"top_p":0                                    | 400 | top_p
            ,"top_k":-1                                   | 400 | top_k
            ,"max_tokens":0                               | 400 | max_tokens
            ,"max_tokens":1.5                             | 400 | max_tokens
            ,"max_completion_tokens":99999999999          | 400 | max_completion_tokens
            ,"seed":"x"                                 | 400 | seed
            ,"stop":""                                  | 400 | stop
            ,"stop":["a",""]                          | 400 | stop
            ,"n":2                                        | 400 | n
            ,"logprobs":1                                 | 400 | logprobs
            ,"top_logprobs":2                             | 400 | top_logprobs
            ,"logprobs":true,"top_logprobs":21          | 400 | top_logprobs
            ,"logit_bias":{"5":101}                     | 400 | logit_bias.5
            ,"logit_bias":{"word":1}                  | 400 | logit_bias
            ,"logit_bias":{"5":1,"05":2}              | 400 | logit_bias
            ,"logit_bias":[1]                             | 400 | logit_bias
            ,"frequency_penalty":2.5                      | 400 | frequency_penalty
            ,"presence_penalty":-3                        | 400 | presence_penalty
            ,"min_p":1.1                                  | 400 | min_p
            ,"repetition_penalty":0                       | 400 | repetition_penalty
            ,"response_format":{"type":"yaml"}        | 400 | response_format.type
            ,"tool_choice":"required"                   | 400 | tool_choice
            ,"tools":[{"type":"web"}]                 | 400 | tools[0].type
            ,"reasoning_effort":"low"                   | 400 | reasoning_effort
            ,"stream":1                                   | 400 | stream
            ,"stream_options":{"include_usage":true}    | 400 | stream_options
            ,"modalities":["audio"]                     | 400 | modalities
            ,"modalities":[{}]                          | 400 | modalities
            ,"modalities":{"a":"text"}                  | 400 | modalities
            ,"best_of":3                                  | 400 | best_of
            """)
    void fieldThatCanNotBeHonouredIsNamed(String fields, int status, String param) throws Exception {
        ScriptedGenerator generator = answer("x");
        HttpResponse<String> response = chat(fields);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        JsonNode error = json(response).get("error");
        assertThat(error.get("param").stringValue()).isEqualTo(param);
        assertThat(error.get("type").stringValue()).isEqualTo("invalid_request_error");
        assertThat(error.get("message").stringValue()).isNotBlank();
        assertThat(generator.requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '@',
            textBlock = """
                    7                                                      | tools[0].function.parameters
                    {"type":"array"}                                       | tools[0].function.parameters.type
                    {"anyOf":[{"type":"object"}]}                          | tools[0].function.parameters.anyOf
                    {"additionalProperties":{"type":"integer"}}            | tools[0].function.parameters.additionalProperties
                    {"required":[{}]}                                      | tools[0].function.parameters.required
                    {"required":"city"}                                    | tools[0].function.parameters.required
                    {"properties":["city"]}                                | tools[0].function.parameters.properties
                    {"properties":{"city":7}}                              | tools[0].function.parameters.properties.city
                    {"properties":{"city":"string"}}                       | tools[0].function.parameters.properties.city
                    {"properties":{"city":[{}]}}                           | tools[0].function.parameters.properties.city
                    {"$defs":{"city":7}}                                   | tools[0].function.parameters.$defs.city
                    {"$ref":"#/$defs/a"}                                   | tools[0].function.parameters.$ref
                    {"$ref":7}                                             | tools[0].function.parameters.$ref
                    {"$ref":"#/$defs/a","$defs":{"a":true}}                | tools[0].function.parameters.$ref
                    {"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/a"}}} | tools[0].function.parameters.$ref
                    {"$ref":"#/$defs/a","$defs":{"a":{"type":"array"}}}    | tools[0].function.parameters.type
                    {"$ref":"#/$defs/a","type":"object","$defs":{"a":{"type":"array"}}} | tools[0].function.parameters.type
                    {"$ref":"#/$defs/a","required":["b"],"$defs":{"a":{"required":["c"]}}} | tools[0].function.parameters.required
                    {"$ref":"#/$defs/a","properties":{"b":{}},"$defs":{"a":{"properties":{"c":{}}}}} | tools[0].function.parameters.properties
                    {"$ref":"#/$defs/a","additionalProperties":true,"$defs":{"a":{"additionalProperties":false}}} | tools[0].function.parameters.additionalProperties
                    """)
    void parametersOfAToolThatCanNotBeHonouredAreNamed(String parameters, String param) throws Exception {
        ScriptedGenerator generator = answer("x");
        HttpResponse<String> response = chat(
                ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"parameters\":" + parameters
                        + "}}]");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(json(response).at("/error/param").stringValue()).isEqualTo(param);
        assertThat(generator.requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '@',
            textBlock = """
                    {"messages":[]}                                                                        | messages
                    {}                                                                                     | messages
                    {"messages":"Hi"}                                                                      | messages
                    {"messages":[7]}                                                                       | messages[0]
                    {"messages":[{"role":"robot","content":"Hi"}]}                                         | messages[0].role
                    {"messages":[{"role":"user"}]}                                                         | messages[0].content
                    {"messages":[{"role":"user","content":5}]}                                             | messages[0].content
                    {"messages":[{"role":"user","content":["Hi"]}]}                                        | messages[0].content[0]
                    {"messages":[{"role":"system","content":" "}]}                                         | messages[0].content
                    {"messages":[{"role":"assistant"}]}                                                    | messages[0].content
                    {"messages":[{"role":"assistant","content":null}]}                                     | messages[0].content
                    {"messages":[{"role":"assistant","content":null,"tool_calls":[]}]}                     | messages[0].content
                    {"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]} | messages[0].content[0].type
                    {"messages":[{"role":"tool","tool_call_id":"c9","content":"x"}]}                       | messages[0].tool_call_id
                    {"messages":[{"role":"user","content":"Hi","colour":"red"}]}                           | messages[0].colour
                    {"messages":[{"role":"system","content":"Be brief"},{"role":"user","content":" "}]}    | messages[1].content
                    {"messages":[{"role":"user","content":[]}]}                                            | messages[0].content
                    """)
    void messageThatIsWrongIsNamed(String body, String param) throws Exception {
        answer("x");
        HttpResponse<String> response = send(post("/v1/chat/completions", body));
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).at("/error/param").stringValue()).isEqualTo(param);
    }

    @Test
    void answerThatIsNotThereIsToldFromAnEmptyOne() throws Exception {
        HttpResponse<String> response = send(post("/v1/chat/completions",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\"}]}"));
        assertThat(json(response).at("/error/message").stringValue())
            .isEqualTo("'messages[1].content' is missing, and there are no tool_calls either");
    }

    @Test
    void numberThatIsTooLargeIsToldTheBound() throws Exception {
        assertThat(json(chat(",\"max_tokens\":99999999999999")).at("/error/message").stringValue())
            .isEqualTo("'max_tokens' must be a whole number from 1 to 2147483647");
    }

    /* No message of an engine of the application's own is for clients. */
    @Test
    void faultOfTheApplicationsEngineIsNoFaultOfTheRequest() throws Exception {
        answer("x").refusing(new IllegalArgumentException("secret"));
        for (HttpResponse<String> response : List.of(chat(""), chat(",\"stream\":true"),
                send(post("/v1/completions", "{\"prompt\":\"Hi\"}")))) {
            assertThat(response.statusCode()).as(response.body()).isEqualTo(500);
            assertThat(json(response).at("/error/message").stringValue())
                .isEqualTo("The answer failed; the log of the application says why");
        }
        answer("x").failing(new IllegalArgumentException("secret"));
        assertThat(chat("").statusCode()).isEqualTo(500);
    }

    @ParameterizedTest
    @ValueSource(strings = { "[]", "\"{}\"", "1" })
    void schemaThatIsNoSchemaIsNamed(String schema) throws Exception {
        ScriptedGenerator generator = answer("x");
        HttpResponse<String> response = chat(
                ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"schema\":" + schema
                        + "}}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).at("/error/param").stringValue()).isEqualTo("response_format.json_schema.schema");
        assertThat(json(response).at("/error/message").stringValue())
            .isEqualTo("'response_format.json_schema.schema' must be an object");
        assertThat(generator.requests()).isEmpty();
    }

    @Test
    void fieldThatTheEngineRefusesIsNamedAsInTheBody() throws Exception {
        answer("x").refusing(new UnknownTokenException(99999, 512));
        JsonNode bias = json(chat(",\"logit_bias\":{\"99999\":1}")).get("error");
        assertThat(bias.get("param").stringValue()).isEqualTo("logit_bias");
        assertThat(bias.get("message").stringValue())
            .isEqualTo("'logit_bias' must name tokens by ids below 512, but has 99999");
        answer("x").refusing(new EmptyPromptException());
        HttpResponse<String> empty = send(post("/v1/completions", "{\"prompt\":\"\"}"));
        assertThat(empty.statusCode()).isEqualTo(400);
        assertThat(json(empty).at("/error/param").stringValue()).isEqualTo("prompt");
        assertThat(json(empty).at("/error/message").stringValue())
            .isEqualTo("'prompt' is empty; give it at least one character");
        answer("x").refusing(new ConstraintException("strict tool 'weather': 'if'"));
        HttpResponse<String> strict = chat(TOOLS);
        assertThat(strict.statusCode()).isEqualTo(400);
        assertThat(json(strict).at("/error/message").stringValue()).contains("'if'");
    }

    /** What builders of messages may not like is told as the client's, or taken. */
    @ParameterizedTest
    @ValueSource(strings = { """
            {"messages":[{"role":"user","content":""},{"role":"user","content":"Hi"}]}""", """
            {"messages":[{"role":"user","name":"Ann","content":" "},{"role":"user","content":"Hi"}]}""", """
            {"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":" "},
            {"role":"user","content":"Hi"}]}""", """
            {"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":null,"tool_calls":[
            {"id":"","type":"function","function":{"name":"","arguments":""}}]},
            {"role":"tool","tool_call_id":"","content":""},{"role":"user","content":"Hi"}]}""", """
            {"messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function","function":{"name":"a",
            "description":"","parameters":{"type":"object","properties":{"":{}},"required":[""]}}}]}""", """
            {"messages":[{"role":"user","content":"Hi"}],"response_format":{"type":"json_schema",
            "json_schema":{"name":" ","schema":{"type":"object"}}}}""", """
            {"messages":[{"role":"user","content":"Hi"}],"response_format":{"type":"json_schema",
            "json_schema":{"name":"a","schema":[]}}}""", """
            {"messages":[{"role":"user","content":"Hi"}],"model":"","stop":[""],"logit_bias":{"-1":1}}""" })
    void oddRequestIsNoFaultOfTheServer(String body) throws Exception {
        answer("x");
        HttpResponse<String> response = send(post("/v1/chat/completions", body));
        assertThat(response.statusCode()).as(response.body()).isLessThan(500);
    }

    @Test
    void secondToolOfANameIsNamed() throws Exception {
        ScriptedGenerator generator = answer("x");
        HttpResponse<String> response = chat(TOOLS.replace("time", "weather"));
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).at("/error/param").stringValue()).isEqualTo("tools[1].function.name");
        assertThat(json(response).at("/error/message").stringValue())
            .contains("is 'weather', as another tool is called");
        assertThat(generator.requests()).isEmpty();
    }

    @Test
    void keyThatStandsTwiceIsNamed() throws Exception {
        HttpResponse<String> response = chat(",\"seed\":1,\"logit_bias\":{\"5\":1,\"5\":2}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).at("/error/message").stringValue())
            .startsWith("'5' stands twice in an object (line 1, column ");
    }

    static List<Arguments> refusals() {
        return List.of(Arguments.of(new QueueFullException(64), 429, "rate_limit_exceeded"),
                Arguments.of(new EngineClosedException(), 503, "service_unavailable"),
                Arguments.of(new EngineFailedException(new Error("broken")), 503, "service_unavailable"),
                Arguments.of(new RequestTimeoutException(Duration.ofSeconds(2), 5), 504, "timeout"),
                Arguments.of(new PromptTooLongException(99, 64), 400, "context_length_exceeded"),
                Arguments.of(new ModelException("secret"), 500, null),
                Arguments.of(new IllegalStateException("secret"), 500, null));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusalOfTheEngineHasItsStatusWholeAndStreamed(RuntimeException refusal, int status, String code)
            throws Exception {
        for (String form : List.of("", ",\"stream\":true")) {
            answer("x").refusing(refusal);
            HttpResponse<String> response = chat(form);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
            assertThat(json(response).at("/error/code").asString(null)).isEqualTo(code);
            assertThat(response.body()).doesNotContain("secret");
            assertThat(response.headers().firstValue("Retry-After").isPresent()).isEqualTo(status == 429);
        }
        answer("Hello");
        assertThat(chat("").statusCode()).isEqualTo(200);
    }

    @Test
    void failureInTheMiddleOfAStreamIsItsLastEvent() throws Exception {
        answer("Hel").failing(new RequestTimeoutException(Duration.ofSeconds(2), 5));
        HttpResponse<String> response = chat(",\"stream\":true");
        List<JsonNode> events = events(response);
        assertThat(events.get(events.size() - 1).at("/error/code").stringValue()).isEqualTo("timeout");
        assertThat(response.body()).doesNotContain("[DONE]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '@', textBlock = """
            not json
            {"messages":
            [1]
            null
            {"messages":[],"messages":[]}
            {} {}
            """)
    void bodyThatIsNoJsonObjectIsRefused(String body) throws Exception {
        HttpResponse<String> response = send(post("/v1/chat/completions", body));
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).at("/error/type").stringValue()).isEqualTo("invalid_request_error");
    }

    @Test
    void bodyThatIsDeepTooLargeOrOfAnotherTypeIsRefused() throws Exception {
        for (String body : List.of("{\"messages\":" + "[".repeat(4000), "{\"seed\":" + "9".repeat(2000) + "}")) {
            HttpResponse<String> simpler = send(post("/v1/chat/completions", body));
            assertThat(simpler.statusCode()).isEqualTo(400);
            assertThat(json(simpler).at("/error/message").stringValue()).contains("too deep", "too long");
        }
        HttpResponse<String> large = chat(",\"user\":\"" + "x".repeat(9000) + "\"");
        assertThat(large.statusCode()).isEqualTo(413);
        assertThat(json(large).at("/error/message").stringValue()).contains("8192 bytes");
        HttpResponse<String> plain = send(request("/v1/chat/completions").header("Content-Type", "text/plain")
            .POST(HttpRequest.BodyPublishers.ofString("{}"))
            .build());
        assertThat(plain.statusCode()).isEqualTo(415);
        assertThat(json(plain).at("/error/message").stringValue()).contains("application/json");
    }

    @Test
    void whatIsNotThereIsToldInTheSameForm() throws Exception {
        HttpResponse<String> nothing = send(
                request("/v1/embeddings").POST(HttpRequest.BodyPublishers.noBody()).build());
        assertThat(nothing.statusCode()).isEqualTo(404);
        assertThat(json(nothing).at("/error/code").stringValue()).isEqualTo("unknown_url");
        HttpResponse<String> get = send(request("/v1/chat/completions").build());
        assertThat(get.statusCode()).isEqualTo(405);
        assertThat(get.headers().firstValue("Allow")).contains("POST");
        for (String path : List.of("/v1/models", "/v1/models/", "/v1/models/scripted", "/v1/models/org/other")) {
            HttpResponse<String> delete = send(request(path).DELETE().build());
            assertThat(delete.statusCode()).as(path).isEqualTo(405);
            assertThat(delete.headers().firstValue("Allow")).as(path).contains("GET");
        }
    }

}
