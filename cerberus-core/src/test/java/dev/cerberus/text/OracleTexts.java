package dev.cerberus.text;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;

/**
 * The tokenizer cases of the public data: texts, and the ids they must have.
 */
final class OracleTexts {

    private static final String SEPARATOR = "\n__ggml_vocab_test__\n";

    private OracleTexts() {
    }

    static List<String> texts(String name) throws IOException {
        String all = Files.readString(PublicData.require("oracle/tokenizer/ggml-vocab-" + name + ".gguf.inp"));
        // A separator follows the last text too.
        List<String> texts = Arrays.asList(all.split(SEPARATOR, -1));
        return texts.subList(0, texts.size() - 1);
    }

    static List<int[]> ids(String name) throws IOException {
        return Files.readAllLines(PublicData.require("oracle/tokenizer/ggml-vocab-" + name + ".gguf.out"))
            .stream()
            .map((line) -> Arrays.stream(line.strip().split("\\s+"))
                .filter((id) -> !id.isEmpty())
                .mapToInt(Integer::parseInt)
                .toArray())
            .toList();
    }

}
