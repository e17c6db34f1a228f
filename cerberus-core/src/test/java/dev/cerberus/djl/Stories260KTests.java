package dev.cerberus.djl;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import dev.cerberus.decode.DecodeListener;
import dev.cerberus.decode.DecodeRequest;
import dev.cerberus.decode.DecodeSession;
import dev.cerberus.decode.TokenSink;
import dev.cerberus.gate.NeverGate;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.testing.TestData;
import dev.cerberus.text.TextTokenizer;
import dev.cerberus.tree.CandidateTree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * A public model that this project did not train, against logits of another
 * implementation.
 */
class Stories260KTests {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static DjlTargetModel model;

    private static Path directory;

    @BeforeAll
    static void load() {
        directory = TestData.require("models/stories260K");
        ModelConfig config = ModelConfig.read(directory);
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            model = DjlTargetModel.load(config, checkpoint, config.maxPositions(), TorchDevice.of("cpu"),
                    Precision.FP32);
        }
    }

    @AfterAll
    static void close() {
        if (model != null) {
            model.close();
        }
    }

    @Test
    void logitsWhenDecodingTokenByTokenEqualTheOracle() throws IOException {
        FloatBuffer oracle = oracleLogits();
        double largest = 0;
        int positions = 0;
        for (JsonNode line : oracleLines()) {
            int row = line.get("logits_offset_rows").asInt();
            try (KvCache cache = model.newCache(512)) {
                for (JsonNode position : line.get("rows")) {
                    try (NodeScores scores = model.forward(cache, CandidateTree.rootOnly(position.get("in").asInt()))) {
                        cache.commit(new int[] { 0 });
                        float[] logits = scores.logits(0);
                        for (int i = 0; i < logits.length; i++) {
                            largest = Math.max(largest, Math.abs(logits[i] - oracle.get(row * 512 + i)));
                        }
                    }
                    row++;
                    positions++;
                }
            }
        }
        assertThat(positions).isGreaterThan(500);
        assertThat(largest).isLessThan(1e-3);
    }

    @Test
    void greedyTokensEqualTheOracleForEveryPrompt() throws IOException {
        List<JsonNode> lines = oracleLines();
        assertThat(lines).hasSize(8);
        for (JsonNode line : lines) {
            int[] prompt = ints(line.get("prompt_ids"));
            List<Integer> expected = new ArrayList<>();
            JsonNode greedy = line.get("greedy_ids");
            for (int i = 0; i < greedy.size(); i++) {
                expected.add(greedy.get(i).asInt());
            }
            int[] tokens = new DecodeSession(model, java.util.Optional.empty(), new NeverGate(),
                    DecodeRequest.greedy(prompt, expected.size()), (token, origin) -> TokenSink.Signal.CONTINUE,
                    DecodeListener.NONE)
                .run()
                .tokens();
            assertThat(tokens).as(line.get("prompt").asText())
                .containsExactly(expected.stream().mapToInt(Integer::intValue).toArray());
        }
    }

    @Test
    void perplexityOfTheReferenceSentenceIsAsPublished() throws IOException {
        JsonNode golden = JSON.readTree(TestData.require("oracle/stories260K-perplexity.json").toFile());
        try (TextTokenizer tokenizer = TextTokenizer.load(directory.resolve("tokenizer.json"));
                KvCache cache = model.newCache(512)) {
            int[] ids = tokenizer.encode(golden.get("sentence").asText(), true);
            double logLikelihood = 0;
            for (int i = 0; i + 1 < ids.length; i++) {
                try (NodeScores scores = model.forward(cache, CandidateTree.rootOnly(ids[i]))) {
                    cache.commit(new int[] { 0 });
                    logLikelihood += logProbability(scores.logits(0), ids[i + 1]);
                }
            }
            double perplexity = Math.exp(-logLikelihood / (ids.length - 1));
            assertThat(perplexity).isCloseTo(golden.get("perplexity").asDouble(),
                    within(golden.get("tolerance").asDouble()));
        }
    }

    private static double logProbability(float[] logits, int token) {
        double max = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double total = 0;
        for (float logit : logits) {
            total += Math.exp(logit - max);
        }
        return logits[token] - max - Math.log(total);
    }

    private static int[] ints(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).asInt();
        }
        return values;
    }

    private static List<JsonNode> oracleLines() throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(TestData.require("oracle/stories260K.jsonl"))) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    private static FloatBuffer oracleLogits() throws IOException {
        byte[] bytes = Files.readAllBytes(TestData.require("oracle/stories260K.f32"));
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }

}
