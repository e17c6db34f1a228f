package dev.cerberus.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.decode.DecodeListener;
import dev.cerberus.decode.DecodeRequest;
import dev.cerberus.decode.DecodeSession;
import dev.cerberus.decode.TokenSink;
import dev.cerberus.djl.DjlTargetModel;
import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchDevice;
import dev.cerberus.gate.NeverGate;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.testing.GgufBuilder;
import dev.cerberus.testing.TestData;
import dev.cerberus.text.ChatMessage;
import dev.cerberus.text.ChatTemplate;
import dev.cerberus.text.TextTokenizer;
import dev.cerberus.tree.CandidateTree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Public GGUF models: weights, tokenizers, templates and logits against their Hugging
 * Face form and other implementations.
 */
class GgufPublicModelTests {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String SMOLLM = "models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf";

    private static final String STORIES = "models/stories260K/stories260K.gguf";

    private static final int PATH_NODES = 16;

    @TempDir(cleanup = CleanupMode.ALWAYS)
    Path directory;

    @Test
    void stories260KHoldsTheTensorsOfItsSafetensors() {
        try (Checkpoint gguf = ModelDirectory.open(TestData.require(STORIES)).openCheckpoint();
                Checkpoint safetensors = Checkpoint.open(TestData.require("models/stories260K"))) {
            for (String name : safetensors.names()) {
                assertThat(gguf.info(name).shape()).as(name).isEqualTo(safetensors.info(name).shape());
                assertThat(gguf.floats(name)).as(name).containsExactly(safetensors.floats(name));
            }
            assertThat(gguf.floats("lm_head.weight")).containsExactly(safetensors.floats("model.embed_tokens.weight"));
            assertThat(gguf.names()).hasSize(safetensors.names().size() + 1);
        }
    }

    @Test
    void stories260KGivesTheLogitsAndTokensOfTheOracle() throws IOException {
        ModelDirectory directory = ModelDirectory.open(TestData.require(STORIES));
        FloatBuffer oracle = ByteBuffer.wrap(Files.readAllBytes(TestData.require("oracle/stories260K.f32")))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
        int context = directory.config().contextTokens();
        double largest = 0;
        int compared = 0;
        try (Checkpoint checkpoint = directory.openCheckpoint();
                DjlTargetModel model = DjlTargetModel.load(directory.config(), checkpoint, context,
                        TorchDevice.of("cpu"), Precision.FP32)) {
            for (String line : Files.readAllLines(TestData.require("oracle/stories260K.jsonl"))) {
                JsonNode prompt = JSON.readTree(line);
                int row = prompt.get("logits_offset_rows").asInt();
                try (KvCache cache = model.newCache(context)) {
                    for (JsonNode position : prompt.get("rows")) {
                        if (cache.length() == context) {
                            break;
                        }
                        try (NodeScores scores = model.forward(cache,
                                CandidateTree.rootOnly(position.get("in").asInt()))) {
                            cache.commit(new int[] { 0 });
                            float[] logits = scores.logits(0);
                            for (int i = 0; i < logits.length; i++) {
                                largest = Math.max(largest, Math.abs(logits[i] - oracle.get(row * 512 + i)));
                            }
                        }
                        row++;
                        compared++;
                    }
                }
                int[] ids = ints(prompt.get("prompt_ids"));
                int[] greedy = ints(prompt.get("greedy_ids"));
                int count = Math.min(greedy.length, context - ids.length);
                int[] tokens = new DecodeSession(model, Optional.empty(), new NeverGate(),
                        DecodeRequest.greedy(ids, count), (token, origin) -> TokenSink.Signal.CONTINUE,
                        DecodeListener.NONE)
                    .run()
                    .tokens();
                assertThat(tokens).as(prompt.get("prompt").asText()).containsExactly(Arrays.copyOf(greedy, count));
            }
        }
        assertThat(compared).isGreaterThan(400);
        assertThat(largest).isLessThan(1e-3);
    }

    @Test
    void stories260KHasTheTokenizerOfItsTokenizerJson() throws IOException {
        ModelDirectory gguf = ModelDirectory.open(TestData.require(STORIES));
        Path json = TestData.require("models/stories260K/tokenizer.json");
        List<String> texts = texts();
        try (TextTokenizer here = ModelTexts.tokenizer(gguf); TextTokenizer there = TextTokenizer.load(json)) {
            assertSame(here, there, texts);
        }
    }

    @Test
    void smollmHoldsTheTensorsThatPythonDequantises() throws Exception {
        Map<String, String> expected = new HashMap<>();
        try (InputStream in = Checkpoint.class.getResourceAsStream("gguf/smollm2-135m-instruct.sha256")) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().forEach((line) -> {
                String[] parts = line.split(" ");
                expected.put(parts[1], parts[0]);
            });
        }
        Map<String, String> found = new TreeMap<>();
        try (Checkpoint checkpoint = ModelDirectory.open(TestData.require(SMOLLM)).openCheckpoint()) {
            for (String name : checkpoint.names()) {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digest.update(checkpoint.data(name));
                found.put(name, HexFormat.of().formatHex(digest.digest()));
            }
        }
        assertThat(found).hasSize(272);
        String all = HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256")
                .digest(String.join("", found.values()).getBytes(StandardCharsets.UTF_8)));
        found.put("all", all);
        assertThat(found).containsAllEntriesOf(expected);
    }

    @Test
    void smollmRendersAndEncodesThePromptsOfTheOracle() throws IOException {
        ModelDirectory model = ModelDirectory.open(TestData.require(SMOLLM));
        Map<Integer, String> questions = new HashMap<>();
        for (String line : Files.readAllLines(TestData.require("prompts/mt_bench.jsonl"))) {
            JsonNode question = JSON.readTree(line);
            questions.put(question.get("question_id").intValue(), question.get("turns").get(0).textValue());
        }
        List<String> lines = Files.readAllLines(TestData.require("oracle/smollm2-135m-instruct.jsonl"));
        assertThat(lines).hasSize(20);
        ChatTemplate template = ModelTexts.chatTemplate(model).orElseThrow();
        try (TextTokenizer tokenizer = ModelTexts.tokenizer(model)) {
            for (String line : lines) {
                JsonNode oracle = JSON.readTree(line);
                String question = questions.get(oracle.get("question_id").intValue());
                String rendered = template.render(List.of(ChatMessage.user(question)), List.of(), true, Map.of());
                assertThat(rendered).isEqualTo(oracle.get("rendered").textValue());
                assertThat(tokenizer.encode(rendered, true)).containsExactly(ints(oracle.get("ids")));
            }
        }
        assertThat(model.config().eosTokenIds()).as("<|im_end|> and <|endoftext|>").containsExactly(2, 0);
        assertThat(model.config().maxPositions()).isEqualTo(8192);
    }

    /*
     * Each of the oracle's tokens is the likeliest behind those before it, which is to
     * say that it is what greedy decoding writes; some at a time, as a path of a tree.
     */
    @Test
    void smollmWritesTheTokensOfTheOracleWithItsScores() throws IOException {
        ModelDirectory directory = ModelDirectory.open(TestData.require(SMOLLM));
        List<String> lines = Files.readAllLines(TestData.require("oracle/smollm2-135m-instruct.jsonl"));
        assertThat(lines).hasSize(20);
        try (Checkpoint checkpoint = directory.openCheckpoint();
                DjlTargetModel model = DjlTargetModel.load(directory.config(), checkpoint, 512, TorchDevice.of("cpu"),
                        Precision.FP32)) {
            for (String line : lines) {
                JsonNode oracle = JSON.readTree(line);
                int[] prompt = ints(oracle.get("ids"));
                int[] greedy = ints(oracle.get("greedy"));
                try (KvCache cache = model.newCache(prompt.length + greedy.length)) {
                    try (NodeScores scores = model.prefill(cache, prompt)) {
                        assertScores(oracle, 0, scores, 0);
                    }
                    for (int first = 0; first < greedy.length - 1; first += PATH_NODES) {
                        int[] path = Arrays.copyOfRange(greedy, first, Math.min(greedy.length - 1, first + PATH_NODES));
                        int[] nodes = IntStream.range(0, path.length).toArray();
                        int[] parents = IntStream.range(0, path.length).map((node) -> Math.max(0, node - 1)).toArray();
                        try (NodeScores scores = model.forward(cache, CandidateTree.of(path, parents))) {
                            for (int node : nodes) {
                                assertScores(oracle, first + node + 1, scores, node);
                            }
                        }
                        cache.commit(nodes);
                    }
                }
            }
        }
    }

    private static void assertScores(JsonNode oracle, int position, NodeScores scores, int node) {
        String what = "question " + oracle.get("question_id") + ", token " + position;
        assertThat(scores.argmax(node)).as(what).isEqualTo(oracle.get("greedy").get(position).intValue());
        float[] logits = scores.logits(node);
        for (JsonNode top : oracle.get("top5").get(position)) {
            assertThat(logits[top.get(0).intValue()]).as(what).isCloseTo(top.get(1).floatValue(), within(1e-3f));
        }
    }

    @Test
    void tinyllamaVocabularyGivesTheIdsOfLlamaCpp() throws IOException {
        Path json = TestData.require("tokenizers/tinyllama/tokenizer.json");
        List<String> tokens = vocabulary(json);
        int[] types = new int[tokens.size()];
        for (int id = 0; id < types.length; id++) {
            types[id] = (id == 0) ? 2 : (id < 3) ? 3 : (id < 259) ? 6 : 1;
        }
        // the first merge that makes a piece is where its score puts it
        Map<String, Integer> ranks = new HashMap<>();
        for (JsonNode merge : JSON.readTree(json.toFile()).at("/model/merges")) {
            ranks.putIfAbsent(merge.textValue().replaceFirst(" ", ""), ranks.size());
        }
        float[] scores = new float[tokens.size()];
        for (int id = 0; id < types.length; id++) {
            scores[id] = -ranks.getOrDefault(tokens.get(id), tokens.size());
        }
        GgufBuilder file = GgufBuilder.model("llama")
            .put("tokenizer.ggml.model", "llama")
            .put("tokenizer.ggml.tokens", tokens)
            .put("tokenizer.ggml.scores", scores)
            .put("tokenizer.ggml.token_type", types)
            .put("tokenizer.ggml.bos_token_id", 1)
            .put("tokenizer.ggml.eos_token_id", 2)
            .put("tokenizer.ggml.unknown_token_id", 0);
        assertOracleIds(file, json, "oracle/tokenizer/ggml-vocab-llama-spm.gguf");
    }

    @Test
    void qwenVocabularyGivesTheIdsOfLlamaCpp() throws IOException {
        Path json = TestData.require("tokenizers/qwen2.5/tokenizer.json");
        List<String> tokens = vocabulary(json);
        int[] types = new int[tokens.size()];
        Arrays.fill(types, 1);
        for (JsonNode added : JSON.readTree(json.toFile()).get("added_tokens")) {
            types[added.get("id").intValue()] = added.get("special").booleanValue() ? 3 : 4;
        }
        List<String> merges = new ArrayList<>();
        for (JsonNode merge : JSON.readTree(json.toFile()).at("/model/merges")) {
            merges.add(merge.get(0).textValue() + " " + merge.get(1).textValue());
        }
        GgufBuilder file = GgufBuilder.model("llama")
            .put("tokenizer.ggml.pre", "qwen2")
            .put("tokenizer.ggml.tokens", tokens)
            .put("tokenizer.ggml.token_type", types)
            .put("tokenizer.ggml.merges", merges)
            .put("tokenizer.ggml.add_bos_token", false);
        assertOracleIds(file, json, "oracle/tokenizer/ggml-vocab-qwen2.gguf");
    }

    private void assertOracleIds(GgufBuilder file, Path json, String oracle) throws IOException {
        file.removeTensor("token_embd.weight").floats("token_embd.weight", 8, vocabulary(json).size());
        ModelDirectory model = ModelDirectory.open(file.write(this.directory.resolve("vocab.gguf")));
        List<String> inputs = List
            .of(Files.readString(TestData.require(oracle + ".inp")).split("\n__ggml_vocab_test__\n"));
        List<String> outputs = Files.readAllLines(TestData.require(oracle + ".out"));
        try (TextTokenizer here = ModelTexts.tokenizer(model); TextTokenizer there = TextTokenizer.load(json)) {
            for (int i = 0; i < inputs.size(); i++) {
                String expected = outputs.get(i).strip();
                int[] ids = expected.isEmpty() ? new int[0]
                        : Arrays.stream(expected.split("\\s+")).mapToInt(Integer::parseInt).toArray();
                assertThat(here.encode(inputs.get(i), false)).as(inputs.get(i)).containsExactly(ids);
            }
            assertSame(here, there, texts());
        }
    }

    private static void assertSame(TextTokenizer here, TextTokenizer there, List<String> texts) {
        for (String text : texts) {
            int[] ids = there.encode(text, true);
            assertThat(here.encode(text, true)).as(text).containsExactly(ids);
            assertThat(here.decode(ids)).as(text).isEqualTo(there.decode(ids));
        }
    }

    private static List<String> texts() throws IOException {
        List<String> texts = new ArrayList<>(List.of("", " ", "  two  blanks ", "Grüße, 世界! 🙂", "</s> is text <s>",
                "12345 1.5e-3", "line\nline\n\n\tend", "e\u0301 \u00e9 I'LL we're"));
        for (String line : Files.readAllLines(TestData.require("prompts/instructions.jsonl")).subList(0, 300)) {
            texts.add(JSON.readTree(line).path("prompt").asText());
        }
        return texts;
    }

    private static List<String> vocabulary(Path tokenizerJson) throws IOException {
        JsonNode json = JSON.readTree(tokenizerJson.toFile());
        Map<Integer, String> byId = new TreeMap<>();
        json.at("/model/vocab").properties().forEach((entry) -> byId.put(entry.getValue().intValue(), entry.getKey()));
        json.get("added_tokens")
            .forEach((added) -> byId.put(added.get("id").intValue(), added.get("content").textValue()));
        assertThat(byId.keySet()).containsExactlyElementsOf(IntStream.range(0, byId.size()).boxed().toList());
        return List.copyOf(byId.values());
    }

    private static int[] ints(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).asInt();
        }
        return values;
    }

}
