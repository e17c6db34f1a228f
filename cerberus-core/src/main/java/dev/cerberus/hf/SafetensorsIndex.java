package dev.cerberus.hf;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * What the header of a safetensors file says, checked. Immutable.
 *
 * @param tensors what the file holds, by name
 * @param metadata what it says of itself
 */
record SafetensorsIndex(Map<String, TensorInfo> tensors, Map<String, String> metadata) {

    private static final String METADATA = "__metadata__";

    static SafetensorsIndex parse(Path file, byte[] json, long dataBytes) {
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        Map<String, String> metadata = Map.of();
        // a strict decoder, and no guess at the encoding: the format says UTF-8
        try (Reader reader = new InputStreamReader(new ByteArrayInputStream(json),
                StandardCharsets.UTF_8.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT));
                JsonParser parser = JsonFile.MAPPER.createParser(reader)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw notJson(file, "it does not begin with {", null);
            }
            // one tensor at a time: a header can be large, its tree would be many
            // times larger
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                parser.nextToken();
                JsonNode value = JsonFile.MAPPER.readTree(parser);
                if (name.equals(METADATA)) {
                    metadata = metadata(file, value);
                }
                else if (tensors.put(name, tensor(file, name, value, dataBytes)) != null) {
                    throw damaged(file, "tensor " + name + " appears twice in the header");
                }
            }
            if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                throw notJson(file, "something follows the closing }", null);
            }
        }
        catch (IOException ex) {
            String detail = JsonFile.detail(ex);
            throw notJson(file, detail, ex);
        }
        checkCover(file, tensors, dataBytes);
        return new SafetensorsIndex(Collections.unmodifiableMap(tensors), metadata);
    }

    private static Map<String, String> metadata(Path file, JsonNode node) {
        if (!node.isObject()) {
            throw damaged(file, "its __metadata__ is not an object");
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        node.properties().forEach((entry) -> {
            if (!entry.getValue().isTextual()) {
                throw damaged(file, "its __metadata__ entry " + entry.getKey() + " is not a string");
            }
            metadata.put(entry.getKey(), entry.getValue().textValue());
        });
        return Collections.unmodifiableMap(metadata);
    }

    private static TensorInfo tensor(Path file, String name, JsonNode node, long dataBytes) {
        if (!node.path("dtype").isTextual() || !node.path("shape").isArray() || !node.path("data_offsets").isArray()
                || node.path("data_offsets").size() != 2) {
            throw damaged(file,
                    "tensor " + name + " is not described by a dtype, a shape and two data_offsets in the header");
        }
        String dtype = node.path("dtype").textValue();
        TensorType type = TensorType.of(dtype)
            .orElseThrow(() -> new ModelFileException(file, "tensor " + name + " has the unknown dtype " + dtype,
                    "convert it to F32, F16 or BF16"));
        List<Long> shape = new ArrayList<>();
        long bytes = type.bytes();
        for (JsonNode dimension : node.path("shape")) {
            long length = natural(file, name, "dimension", dimension);
            shape.add(length);
            try {
                bytes = Math.multiplyExact(bytes, length);
            }
            catch (ArithmeticException ex) {
                throw damaged(file, "tensor " + name + " has a shape whose size overflows: " + node.path("shape"));
            }
        }
        long begin = natural(file, name, "data offset", node.path("data_offsets").path(0));
        long end = natural(file, name, "data offset", node.path("data_offsets").path(1));
        if (end < begin) {
            throw damaged(file, "tensor " + name + " ends at byte " + end + ", before its begin " + begin);
        }
        if (end > dataBytes) {
            throw damaged(file, "tensor " + name + " ends at byte " + end + " but the file holds only " + dataBytes
                    + " bytes of data, so it is truncated");
        }
        if (end - begin != bytes) {
            throw damaged(file, "tensor " + name + " takes " + (end - begin) + " bytes but its shape " + shape
                    + " of type " + type + " needs " + bytes);
        }
        return new TensorInfo(name, type, shape, begin, end);
    }

    private static long natural(Path file, String tensor, String what, JsonNode node) {
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
            throw damaged(file, "tensor " + tensor + " has the " + what + " " + JsonFile.shorten(node)
                    + ", which is not a whole number of 0 or more");
        }
        return node.longValue();
    }

    /*
     * Without this check a tensor could alias another, or bytes could hide in the file.
     */
    private static void checkCover(Path file, Map<String, TensorInfo> tensors, long dataBytes) {
        List<TensorInfo> byOffset = new ArrayList<>(tensors.values());
        byOffset.sort(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end));
        long covered = 0;
        for (TensorInfo tensor : byOffset) {
            if (tensor.begin() != covered) {
                throw damaged(file,
                        "tensor " + tensor.name() + " begins at byte " + tensor.begin() + " of the data where "
                                + covered + " is expected, so tensors "
                                + ((tensor.begin() < covered) ? "overlap" : "leave a hole"));
            }
            covered = tensor.end();
        }
        if (covered != dataBytes) {
            throw damaged(file, "holds " + dataBytes + " bytes of data but its tensors end at byte " + covered);
        }
    }

    private static ModelFileException damaged(Path file, String problem) {
        return new ModelFileException(file, problem, Safetensors.FETCH_AGAIN);
    }

    private static ModelFileException notJson(Path file, String detail, @Nullable Throwable cause) {
        String problem = "its header is not valid JSON (" + detail + ")";
        return (cause != null) ? new ModelFileException(file, problem, Safetensors.FETCH_AGAIN, cause)
                : new ModelFileException(file, problem, Safetensors.FETCH_AGAIN);
    }

}
