package dev.cerberus.benchmarks.device;

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

/**
 * Logits of another implementation for some texts.
 *
 * @param texts the texts
 */
record ReferenceLogits(List<Text> texts) {

    /**
     * A text, token by token.
     *
     * @param tokens token ids
     * @param logits logits after each of them, one row after another
     */
    record Text(int[] tokens, FloatBuffer logits) {
    }

    /**
     * Reads the texts of a file of JSON lines, of which each names the row where its
     * logits begin in a file of 32-bit floats beside it.
     * @param lines the file, {@code NAME.jsonl}; the logits are in {@code NAME.f32}
     * @param vocabulary logits of a row
     */
    static ReferenceLogits read(Path lines, int vocabulary) throws IOException {
        String name = String.valueOf(lines.getFileName()).replaceFirst("\\.jsonl$", ".f32");
        FloatBuffer all = ByteBuffer.wrap(Files.readAllBytes(lines.resolveSibling(name)))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
        List<Text> texts = new ArrayList<>();
        ObjectMapper mapper = new ObjectMapper();
        for (String line : Files.readAllLines(lines)) {
            JsonNode json = mapper.readTree(line);
            List<Integer> tokens = new ArrayList<>();
            json.get("rows").forEach((row) -> tokens.add(row.get("in").asInt()));
            int first = json.get("logits_offset_rows").asInt();
            texts.add(new Text(tokens.stream().mapToInt(Integer::intValue).toArray(),
                    all.slice(first * vocabulary, tokens.size() * vocabulary)));
        }
        return new ReferenceLogits(texts);
    }

}
