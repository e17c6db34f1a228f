package dev.cerberus.openai;

import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import dev.cerberus.decode.FinishReason;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.OutputFormat;
import dev.cerberus.engine.Prompt;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.text.ChatMessage;
import dev.cerberus.text.ToolDefinition;

import static org.assertj.core.api.Assertions.assertThat;

/** What is answered. */
class OpenAiHttpTests extends AbstractOpenAiHttpTests {

    @Test
    void chatIsAnsweredWithChoiceAndUsage() throws Exception {
        answer("Hel", "lo");
        HttpResponse<String> response = chat(",\"model\":\"scripted\"");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        JsonNode body = json(response);
        assertThat(body.get("id").stringValue()).startsWith("chatcmpl-");
        assertThat(body.get("object").stringValue()).isEqualTo("chat.completion");
        assertThat(body.get("model").stringValue()).isEqualTo("scripted");
        assertThat(body.at("/choices/0/message/role").stringValue()).isEqualTo("assistant");
        assertThat(body.at("/choices/0/message/content").stringValue()).isEqualTo("Hello");
        assertThat(body.at("/choices/0/finish_reason").stringValue()).isEqualTo("stop");
        assertThat(body.get("usage").toString())
            .isEqualTo("{\"prompt_tokens\":7,\"completion_tokens\":2,\"total_tokens\":9}");
    }

    @Test
    void fieldsReachTheEngine() throws Exception {
        ScriptedGenerator generator = answer("x");
        assertThat(chat(",\"temperature\":0.5,\"top_p\":0.9,\"top_k\":4,\"seed\":3,\"stop\":[\"END\"],"
                + "\"max_completion_tokens\":9,\"n\":1,\"frequency_penalty\":0,\"presence_penalty\":0.0,\"min_p\":0,"
                + "\"repetition_penalty\":1.0,\"logit_bias\":{},\"logprobs\":false,\"user\":\"ann\",\"store\":false,"
                + "\"response_format\":{\"type\":\"text\"},\"parallel_tool_calls\":true,\"stream\":null")
            .statusCode()).isEqualTo(200);
        GenerationRequest sent = generator.lastRequest();
        assertThat(sent.sampling()).isEqualTo(new SamplingOptions(0.5, 4, 0.9, 3));
        assertThat(sent.maxOutputTokens()).isEqualTo(9);
        assertThat(sent.stopStrings()).containsExactly("END");
    }

    @Test
    void fieldsThatChangeLogitsReachTheEngine() throws Exception {
        ScriptedGenerator generator = answer("x");
        assertThat(chat(",\"frequency_penalty\":0.5,\"presence_penalty\":-1,\"min_p\":0.1,\"repetition_penalty\":1.1,"
                + "\"logit_bias\":{\"5\":1,\"7\":-100},\"logprobs\":true,\"top_logprobs\":2")
            .statusCode()).isEqualTo(200);
        GenerationRequest sent = generator.lastRequest();
        assertThat(sent.sampling()).isEqualTo(SamplingOptions.GREEDY.withAnswerPenalties(0.5, -1)
            .withMinP(0.1)
            .withRepetitionPenalty(1.1)
            .withLogitBias(Map.of(5, 1.0, 7, -100.0)));
        assertThat(sent.logprobs()).hasValue(2);
    }

    @Test
    void probabilitiesComeWithTheAnswerOrWithTheEndOfAStream() throws Exception {
        answer("Hé", "llo");
        JsonNode whole = json(chat(",\"logprobs\":true,\"top_logprobs\":1")).at("/choices/0/logprobs");
        assertThat(whole.toString())
            .isEqualTo("{\"content\":[{\"token\":\"Hé\",\"logprob\":-0.5,\"bytes\":[72,195,169],\"top_logprobs\":"
                    + "[{\"token\":\"other0\",\"logprob\":-0.25,\"bytes\":[111,116,104,101,114,48]}]},"
                    + "{\"token\":\"llo\",\"logprob\":-0.5,\"bytes\":[108,108,111],\"top_logprobs\":"
                    + "[{\"token\":\"other0\",\"logprob\":-0.25,\"bytes\":[111,116,104,101,114,48]}]}],"
                    + "\"refusal\":null}");
        assertThat(json(chat("")).at("/choices/0/logprobs").isNull()).isTrue();
        List<JsonNode> events = events(chat(",\"logprobs\":true,\"stream\":true"));
        assertThat(events.get(events.size() - 1).at("/choices/0/logprobs/content/1/token").stringValue())
            .isEqualTo("llo");
        assertThat(events.get(0).at("/choices/0/logprobs").isNull()).isTrue();
        JsonNode text = json(send(post("/v1/completions", "{\"prompt\":\"Say\",\"logprobs\":1}")))
            .at("/choices/0/logprobs");
        assertThat(text.toString()).isEqualTo("{\"tokens\":[\"Hé\",\"llo\"],\"token_logprobs\":[-0.5,-0.5],"
                + "\"top_logprobs\":[{\"other0\":-0.25,\"Hé\":-0.5},{\"other0\":-0.25,\"llo\":-0.5}],\"text_offset\":[0,2]}");
    }

    @Test
    void thoughtsStandBesideTheAnswer() throws Exception {
        answer("<think>", "A gree", "ting.", "</think>", "\n\n", "Hel", "lo");
        JsonNode message = json(chat("")).at("/choices/0/message");
        assertThat(message.get("reasoning_content").stringValue()).isEqualTo("A greeting.");
        assertThat(message.get("content").stringValue()).isEqualTo("Hello");
        List<JsonNode> events = events(chat(",\"stream\":true"));
        assertThat(events).extracting((event) -> event.at("/choices/0/delta/reasoning_content").asString(""))
            .containsExactly("", "A gree", "ting.", "", "", "");
        assertThat(events).extracting((event) -> event.at("/choices/0/delta/content").asString(""))
            .containsExactly("", "", "", "Hel", "lo", "");
        answer("Hello");
        assertThat(json(chat("")).at("/choices/0/message").has("reasoning_content")).isFalse();
    }

    @Test
    void probabilitiesAreThoseOfTheAnswerAndNotOfItsThoughts() throws Exception {
        answer("<thi", "nk>", "Hel", "lo?</th", "ink>", "\n", "\nHel", "lo");
        JsonNode whole = json(chat(",\"logprobs\":true")).at("/choices/0/logprobs/content");
        assertThat(whole).extracting((token) -> token.get("token").stringValue()).containsExactly("\nHel", "lo");
        List<JsonNode> events = events(chat(",\"logprobs\":true,\"stream\":true"));
        assertThat(events.get(events.size() - 1).at("/choices/0/logprobs/content")).isEqualTo(whole);
        answer("<think>", "Hello").finishReason(FinishReason.LENGTH);
        JsonNode thoughtsOnly = json(chat(",\"logprobs\":true")).at("/choices/0");
        assertThat(thoughtsOnly.at("/message/content").stringValue()).isEmpty();
        assertThat(thoughtsOnly.at("/logprobs/content").toString()).isEqualTo("[]");
    }

    @Test
    void thoughtsMayBeSentBack() throws Exception {
        ScriptedGenerator generator = answer("x");
        HttpResponse<String> response = send(post("/v1/chat/completions", """
                {"messages": [{"role": "user", "content": "Hi"},
                  {"role": "assistant", "reasoning_content": "A greeting.", "content": "Hello"},
                  {"role": "user", "content": "Again"}]}"""));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(((Prompt.Chat) generator.lastRequest().prompt()).messages()).containsExactly(ChatMessage.user("Hi"),
                ChatMessage.assistant("Hello", List.of()), ChatMessage.user("Again"));
    }

    /**
     * Clients make null of a text that is empty, as in the turn of a model that has only
     * thought.
     */
    @Test
    void turnOfThoughtsAloneMayBeSentBack() throws Exception {
        ScriptedGenerator generator = answer("x");
        for (String content : List.of("", "\"content\": null, ")) {
            HttpResponse<String> response = send(post("/v1/chat/completions", """
                    {"messages": [{"role": "user", "content": "Hi"},
                      {"role": "assistant", %s "reasoning_content": "A greeting."},
                      {"role": "user", "content": "Again"}]}""".formatted(content)));
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(((Prompt.Chat) generator.lastRequest().prompt()).messages()).containsExactly(
                    ChatMessage.user("Hi"), ChatMessage.assistant("", List.of()), ChatMessage.user("Again"));
        }
    }

    @Test
    void everyKindOfMessageReachesTheTemplate() throws Exception {
        ScriptedGenerator generator = answer("22 degrees");
        HttpResponse<String> response = send(post("/v1/chat/completions", """
                {"messages": [
                  {"role": "developer", "content": "Be brief."},
                  {"role": "user", "name": "ann", "content": [{"type": "text", "text": "Weather "},
                                                              {"type": "text", "text": "in Rome?"}]},
                  {"role": "assistant", "content": null, "tool_calls": [
                    {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}]},
                  {"role": "tool", "tool_call_id": "c1", "content": "22"}]}"""));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(((Prompt.Chat) generator.lastRequest().prompt()).messages()).containsExactly(
                ChatMessage.system("Be brief."),
                new ChatMessage(ChatMessage.Role.USER, "Weather in Rome?", List.of(), null, "ann"),
                ChatMessage.assistant("", List.of(new ChatMessage.ToolCall("c1", "weather", "{}"))),
                ChatMessage.tool("c1", "weather", "22"));
    }

    @Test
    void fieldThatIsNullIsAsGoodAsAbsentWhateverItsName() throws Exception {
        answer("x");
        String messages = "[{\"role\":\"user\",\"content\":\"Hi\",\"colour\":null}]";
        HttpResponse<String> response = send(post("/v1/chat/completions",
                "{\"messages\":" + messages + ",\"temperature\":null,\"reasoning_effort\":null}"));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    /** What a model writes that ends at once, or spends all of its tokens on thoughts. */
    @Test
    void emptyAnswerMayBeSentBack() throws Exception {
        answer("");
        JsonNode empty = json(chat("")).at("/choices/0/message");
        assertThat(empty.get("content").stringValue()).isEmpty();
        ScriptedGenerator generator = answer("x");
        for (String content : List.of(empty.get("content").toString(), "[]")) {
            HttpResponse<String> response = send(post("/v1/chat/completions",
                    "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":"
                            + content + "},{\"role\":\"user\",\"content\":\"Again\"}]}"));
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(((Prompt.Chat) generator.lastRequest().prompt()).messages()).containsExactly(
                    ChatMessage.user("Hi"), ChatMessage.assistant("", List.of()), ChatMessage.user("Again"));
        }
    }

    @Test
    void toolsReachTheTemplateAndCallsComeBack() throws Exception {
        ScriptedGenerator generator = answer(
                "<tool_call>{\"name\":\"weather\",\"arguments\":{\"city\":\"Rome\"}}</tool_call>\n"
                        + "<tool_call>{\"name\":\"weather\",\"arguments\":{\"city\":\"Oslo\"}}</tool_call>");
        String tools = """
                ,"tools":[{"type":"function","function":{"name":"weather","description":"Weather of a city","strict":true,
                "parameters":{"type":"object","properties":{"city":{"type":"string","pattern":"^[A-Z]"}},
                "required":["city"],"additionalProperties":false}}}],"tool_choice":"auto\"""";
        JsonNode body = json(chat(tools));
        assertThat(body.at("/choices/0/finish_reason").stringValue()).isEqualTo("tool_calls");
        assertThat(body.at("/choices/0/message/content").isNull()).isTrue();
        assertThat(body.at("/choices/0/message/tool_calls").size()).isEqualTo(2);
        assertThat(body.at("/choices/0/message/tool_calls/0/function").toString())
            .isEqualTo("{\"name\":\"weather\",\"arguments\":\"{\\\"city\\\":\\\"Rome\\\"}\"}");
        Prompt.Chat prompt = (Prompt.Chat) generator.lastRequest().prompt();
        assertThat(JSON.readTree(prompt.tools().get(0).parametersJson())).isEqualTo(JSON.readTree("""
                {"type":"object","properties":{"city":{"type":"string","pattern":"^[A-Z]"}},"required":["city"],
                "additionalProperties":false}"""));
        assertThat(json(chat(tools + ",\"parallel_tool_calls\":false")).at("/choices/0/message/tool_calls").size())
            .isEqualTo(1);
        List<JsonNode> events = events(chat(tools + ",\"stream\":true"));
        assertThat(events).filteredOn((event) -> event.at("/choices/0/delta/tool_calls").size() == 1)
            .extracting((event) -> event.at("/choices/0/delta/tool_calls/0/index").intValue())
            .containsExactly(0, 1);
        assertThat(events.get(events.size() - 1).at("/choices/0/finish_reason").stringValue()).isEqualTo("tool_calls");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '@', nullValues = "-", textBlock = """
            "required"                                        | -     | true  | true
            "required"                                        | false | true  | false
            "auto"                                            | -     | false | true
            "auto"                                            | false | false | false
            {"type":"function","function":{"name":"time"}}  | -     | true  | false
            {"type":"function","function":{"name":"time"}}  | true  | true  | false
            """)
    void oneCallIsAskedForWhereOnlyOneIsWantedOrAToolIsNamed(String choice, Boolean parallel, boolean required,
            boolean several) throws Exception {
        ScriptedGenerator generator = answer("x");
        HttpResponse<String> response = chat(TOOLS + ",\"tool_choice\":" + choice
                + ((parallel != null) ? ",\"parallel_tool_calls\":" + parallel : ""));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        OutputFormat.ToolCalls calls = (OutputFormat.ToolCalls) generator.lastRequest().format().orElseThrow();
        assertThat(calls.required()).isEqualTo(required);
        assertThat(calls.parallel()).isEqualTo(several);
        assertThat(calls.tools()).hasSize(choice.contains("time") ? 1 : 2);
    }

    @ParameterizedTest
    @ValueSource(strings = { "{}", "true" })
    void parametersMayBeLeftOpenByTheEmptySchemaToo(String additional) throws Exception {
        ScriptedGenerator generator = answer("x");
        HttpResponse<String> response = chat("""
                ,"tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object",
                "properties":{"city":{"type":"string"}},"additionalProperties":%s}}}]""".formatted(additional));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        String parameters = ((Prompt.Chat) generator.lastRequest().prompt()).tools().get(0).parametersJson();
        assertThat(JSON.readTree(parameters).at("/additionalProperties").booleanValue()).isTrue();
    }

    @Test
    void definitionsMayHaveTheNameOfDraft7() throws Exception {
        ScriptedGenerator generator = answer("x");
        HttpResponse<String> response = chat("""
                ,"tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object",
                "properties":{"at":{"$ref":"#/definitions/place"},
                  "definitions":{"type":"array","items":{"$ref":"#/definitions/place"}},
                  "text":{"const":{"$ref":"#/definitions/data"}}},
                "definitions":{"place":{"type":"object","properties":{"in":{"$ref":"#/definitions/place"}}}}}}}]""");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        String parameters = ((Prompt.Chat) generator.lastRequest().prompt()).tools().get(0).parametersJson();
        assertThat(JSON.readTree(parameters)).isEqualTo(JSON.readTree("""
                {"type":"object","properties":{"at":{"$ref":"#/$defs/place"},
                  "definitions":{"type":"array","items":{"$ref":"#/$defs/place"}},
                  "text":{"const":{"$ref":"#/definitions/data"}}},
                "required":[],
                "$defs":{"place":{"type":"object","properties":{"in":{"$ref":"#/$defs/place"}}}}}"""));
        JsonNode twice = json(chat("""
                ,"tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object",
                "$defs":{"place":{}},"definitions":{"place":{}}}}}]"""));
        assertThat(twice.at("/error/message").stringValue())
            .isEqualTo("'tools[0].function.parameters.definitions.place' stands in "
                    + "'tools[0].function.parameters.$defs' too");
    }

    /** As generators of schemas write the parameters of a type that holds itself. */
    @ParameterizedTest
    @ValueSource(strings = { "$defs", "definitions" })
    void parametersMayBeADefinition(String keyword) throws Exception {
        ScriptedGenerator generator = answer("x");
        HttpResponse<String> response = chat(
                """
                        ,"tools":[{"type":"function","function":{"name":"tree","parameters":{"$ref":"#/KEYWORD/A~1Node",
                        "description":"A tree","KEYWORD":{"A/Node":{"title":"Node","type":"object","description":"A node",
                        "properties":{"below":{"type":"array","items":{"$ref":"#/KEYWORD/A~1Node"}}},"required":["below"]}}}}}]"""
                    .replace("KEYWORD", keyword));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        String parameters = ((Prompt.Chat) generator.lastRequest().prompt()).tools().get(0).parametersJson();
        assertThat(JSON.readTree(parameters)).isEqualTo(JSON.readTree("""
                {"type":"object","description":"A tree",
                "properties":{"below":{"type":"array","items":{"$ref":"#/$defs/A~1Node"}}},"required":["below"],
                "$defs":{"A/Node":{"title":"Node","type":"object","description":"A node",
                "properties":{"below":{"type":"array","items":{"$ref":"#/$defs/A~1Node"}}},"required":["below"]}}}"""));
    }

    /** As .NET and Java write the names of generic types into references. */
    @Test
    void parametersMayBeADefinitionWhoseNameIsEncodedAndHasDefinitionsOfItsOwn() throws Exception {
        ScriptedGenerator generator = answer("x");
        HttpResponse<String> response = chat("""
                ,"tools":[{"type":"function","function":{"name":"list","parameters":{"$ref":"#/$defs/List%3CA+B%3E",
                "description":null,"$defs":{"B":{"type":"string"},"List<A+B>":{"type":"object","description":"A list",
                "properties":{"b":{"type":"string"}},"$defs":{"B":{"type":"integer"}}}}}}}]""");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        String parameters = ((Prompt.Chat) generator.lastRequest().prompt()).tools().get(0).parametersJson();
        JsonNode shown = JSON.readTree(parameters);
        assertThat(shown.path("description").asString("")).as(parameters).isEqualTo("A list");
        assertThat(shown.at("/$defs/B/type").stringValue()).isEqualTo("string");
        assertThat(shown.at("/$defs/List<A+B>/$defs/B/type").stringValue()).isEqualTo("integer");
    }

    @Test
    void strictToolIsStrictToTheEngine() throws Exception {
        ScriptedGenerator generator = answer("x");
        chat(TOOLS.replace("\"name\":\"time\"", "\"name\":\"time\",\"strict\":true"));
        assertThat(((Prompt.Chat) generator.lastRequest().prompt()).tools()).extracting(ToolDefinition::strict)
            .containsExactly(false, true);
    }

    @Test
    void streamIsMadeOfChunksAndEndsWithDone() throws Exception {
        answer("Hel", "lo");
        HttpResponse<String> response = chat(",\"stream\":true,\"stream_options\":{\"include_usage\":true}");
        assertThat(response.headers().firstValue("Content-Type"))
            .hasValueSatisfying((type) -> assertThat(type).startsWith("text/event-stream"));
        List<JsonNode> events = events(response);
        assertThat(events).extracting((event) -> event.get("object").stringValue())
            .containsOnly("chat.completion.chunk");
        assertThat(events).extracting((event) -> event.get("id").stringValue())
            .containsOnly(events.get(0).get("id").stringValue());
        assertThat(events.get(0).at("/choices/0/delta/role").stringValue()).isEqualTo("assistant");
        assertThat(events).extracting((event) -> event.at("/choices/0/delta/content").asString(""))
            .containsExactly("", "Hel", "lo", "", "");
        assertThat(events.get(3).at("/choices/0/finish_reason").stringValue()).isEqualTo("stop");
        assertThat(events.get(4).get("choices").size()).isZero();
        assertThat(events.get(4).at("/usage/total_tokens").intValue()).isEqualTo(9);
        assertThat(response.body()).endsWith("data: [DONE]\n\n");
        assertThat(events(chat(",\"stream\":true"))).noneMatch((event) -> event.has("usage"));
    }

    @Test
    void answerThatIsCutOffSaysSo() throws Exception {
        answer("Hel").finishReason(FinishReason.LENGTH);
        assertThat(json(chat("")).at("/choices/0/finish_reason").stringValue()).isEqualTo("length");
    }

    @Test
    void textIsContinued() throws Exception {
        ScriptedGenerator generator = answer(" upon", " a time");
        JsonNode body = json(
                send(post("/v1/completions", "{\"model\":\"scripted\",\"prompt\":[\"Once\"],\"seed\":1}")));
        assertThat(body.get("object").stringValue()).isEqualTo("text_completion");
        assertThat(body.at("/choices/0/text").stringValue()).isEqualTo(" upon a time");
        assertThat(generator.lastRequest().prompt()).isEqualTo(new Prompt.Raw("Once", false));
        assertThat(generator.lastRequest().maxOutputTokens()).isEqualTo(16);
        HttpResponse<String> stream = send(
                post("/v1/completions", "{\"prompt\":\"Once\",\"max_tokens\":4,\"stream\":true}"));
        assertThat(events(stream)).extracting((event) -> event.at("/choices/0/text").stringValue())
            .containsExactly(" upon", " a time", "");
        assertThat(stream.body()).endsWith("data: [DONE]\n\n");
    }

    @Test
    void modelsAreListed() throws Exception {
        JsonNode list = json(send(request("/v1/models").build()));
        assertThat(list.at("/data/0/id").stringValue()).isEqualTo("scripted");
        assertThat(list.at("/data/0/owned_by").stringValue()).isEqualTo("cerberus");
        assertThat(json(send(request("/v1/models/").build()))).isEqualTo(list);
        assertThat(json(send(request("/v1/models/scripted").build())).get("object").stringValue()).isEqualTo("model");
        HttpResponse<String> other = send(request("/v1/models/org/other").build());
        assertThat(other.statusCode()).isEqualTo(404);
        assertThat(json(other).at("/error/code").stringValue()).isEqualTo("model_not_found");
    }

    @Test
    void parametersOfAToolMayBeAnythingOrNothingAndHaveATitle() throws Exception {
        ScriptedGenerator generator = answer("x");
        HttpResponse<String> response = chat("""
                ,"tools":[{"type":"function","function":{"name":"weather","parameters":{"title":"Weather",
                "$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
                "properties":{"city":true,"nowhere":false}}}}]""");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        Prompt.Chat prompt = (Prompt.Chat) generator.lastRequest().prompt();
        assertThat(JSON.readTree(prompt.tools().get(0).parametersJson()).get("properties"))
            .isEqualTo(JSON.readTree("{\"city\":{},\"nowhere\":{\"not\":{}}}"));
    }

    @Test
    void structureIsHandedToTheEngine() throws Exception {
        for (String format : List.of("{\"type\":\"json_object\"}",
                "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"schema\":{\"type\":\"object\"}}}")) {
            ScriptedGenerator generator = answer("{}");
            HttpResponse<String> response = chat(",\"response_format\":" + format);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(generator.lastRequest().format()).isPresent();
        }
    }

    @Test
    void clientThatLeavesAStreamFreesTheEngine() throws Exception {
        ScriptedGenerator generator = answer("a").endless().pause(Duration.ofMillis(2));
        HttpResponse<InputStream> response = this.http.send(
                post("/v1/chat/completions", "{\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"),
                BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            assertThat(body.readNBytes(200)).hasSize(200);
        }
        assertThat(generator.awaitCancelled(PATIENCE)).isTrue();
    }

    /** However fast the answer is written that nobody will read. */
    @ParameterizedTest
    @CsvSource(quoteCharacter = '@', delimiter = '|', textBlock = """
            -    | @@
            -    | @,"stream":true@
            word | @@
            word | @,"stream":true@
            """, nullValues = "-")
    void clientThatDoesNotWaitForItsAnswerFreesTheEngine(String piece, String form) throws Exception {
        ScriptedGenerator generator = answer((piece != null) ? new String[] { piece } : new String[0]).endless()
            .pause(Duration.ofMillis(2));
        try (Socket client = new Socket("localhost", this.port)) {
            String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]" + form + "}";
            client.getOutputStream()
                .write(("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json"
                        + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                    .getBytes(StandardCharsets.UTF_8));
            client.getOutputStream().flush();
            long start = System.nanoTime();
            while (generator.requests().isEmpty() && System.nanoTime() - start < PATIENCE.toNanos()) {
                Thread.sleep(5);
            }
        }
        assertThat(generator.awaitCancelled(PATIENCE)).isTrue();
    }

}
