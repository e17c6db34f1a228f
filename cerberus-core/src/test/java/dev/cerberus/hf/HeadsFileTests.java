package dev.cerberus.hf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HeadsFileTests {

    private static final int HIDDEN = 8; // as TestModels.config

    @TempDir
    private Path directory;

    @Test
    void readWhenFileIsCompleteDescribesTheHeads() {
        HeadsFile file = HeadsFile.read(write(metadata(), tensors(2)));
        assertThat(file.description())
            .isEqualTo(new HeadsDescription(HeadsKind.CERBERUS, true, true, false, 2, 1, HIDDEN, 3));
        assertThat(file.draftVocabulary()).containsExactly(1, 4, 15);
        assertThat(file.wholeVocabulary()).isFalse();
        assertThat(file.blockWeight(1, 0).info().shape()).containsExactly(8L, 16L);
        assertThat(file.blockWeight(1, 0).floats()).hasSize(128).contains(0.5f);
        assertThat(file.sharedLmHead()).isEmpty();
        assertThat(file.notes()).isEmpty();
    }

    @Test
    void readWhenDraftVocabularyIsAbsentUsesTheWholeOne() {
        SafetensorsWriter blocks = new SafetensorsWriter();
        addBlocks(blocks, 2);
        HeadsFile file = HeadsFile.read(write(metadata(), blocks));
        assertThat(file.wholeVocabulary()).isTrue();
        assertThat(file.draftVocabulary()).hasSize(16).startsWith(0, 1, 2);
    }

    @Test
    void readWhenFileIsPublishedMedusaNotesThatTheTargetIsUnknown() {
        SafetensorsWriter writer = new SafetensorsWriter();
        for (int head = 0; head < 3; head++) {
            add(writer, head + ".0.linear.weight", HIDDEN, HIDDEN);
            add(writer, head + ".0.linear.bias", HIDDEN);
            add(writer, head + ".1.weight", 16, HIDDEN);
        }
        Path path = this.directory.resolve("medusa_lm_head.safetensors");
        writer.write(path);
        HeadsFile file = HeadsFile.read(path);
        assertThat(file.description())
            .isEqualTo(new HeadsDescription(HeadsKind.MEDUSA, false, false, true, 3, 1, HIDDEN, 16));
        assertThat(file.hasResidual()).isFalse();
        assertThat(file.lmHead(2).info().name()).isEqualTo("2.1.weight");
        assertThat(file.notes()).singleElement().asString().contains("do not say which target model");
    }

    @ParameterizedTest
    @CsvSource({ "'', 2", "model., 2", "'', 1", "'', 0" })
    void readWhenHeadsAreInTheLayoutOfServersFindsThem(String prefix, int outputs) {
        SafetensorsWriter writer = new SafetensorsWriter();
        for (int head = 0; head < 2; head++) {
            add(writer, prefix + "blocks." + head + ".layers.0.weight", HIDDEN, HIDDEN);
        }
        for (int head = 0; head < outputs; head++) {
            add(writer, prefix + "lm_heads." + head + ".weight", 16, HIDDEN);
        }
        if (outputs == 0) {
            add(writer, "lm_head.weight", 16, HIDDEN);
        }
        Path path = this.directory.resolve("heads.safetensors");
        writer.write(path);
        HeadsFile file = HeadsFile.read(path);
        assertThat(file.description())
            .isEqualTo(new HeadsDescription(HeadsKind.MEDUSA, false, false, true, 2, 1, HIDDEN, 16));
        assertThat(file.blockWeight(1, 0).floats()).contains(0.5f);
        assertThat(file.blockBias(1, 0).floats()).hasSize(HIDDEN).containsOnly(0);
        assertThat(file.lmHead(1).info().name())
            .isEqualTo((outputs == 0) ? "lm_head.weight" : prefix + "lm_heads." + (outputs - 1) + ".weight");
    }

    @Test
    void readWhenASizeIsWildRefuses() {
        Path path = this.directory.resolve("heads.safetensors");
        TestModels.safetensors(path, """
                {"0.0.linear.weight":{"dtype":"F32","shape":[2147483647,0],"data_offsets":[0,0]},
                 "0.0.linear.bias":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},
                 "0.1.weight":{"dtype":"F32","shape":[1099511627776,0],"data_offsets":[0,0]}}""", 0);
        assertThatThrownBy(() -> HeadsFile.read(path)).isInstanceOf(ModelFileException.class)
            .hasMessageContaining("must be in 1..16777216");
        Map<String, String> metadata = metadata();
        metadata.put("vocab_size", "999999999");
        assertThatThrownBy(() -> HeadsFile.read(write(metadata, new SafetensorsWriter())))
            .isInstanceOf(ModelFileException.class)
            .hasMessageContaining("vocab_size in its metadata must be in 1..16777216");
    }

    @Test
    void readWhenThereAreTransitionsDescribesThem() {
        Map<String, String> metadata = metadata();
        metadata.put("transition_rank", "5");
        metadata.put("temperature", "1.25");
        SafetensorsWriter writer = tensors(2);
        add(writer, "transitions.from", 4, 5);
        add(writer, "transitions.to", 3, 5);
        HeadsFile file = HeadsFile.read(write(metadata, writer));
        assertThat(file.description().transitionRank()).isEqualTo(5);
        assertThat(file.temperature()).isEqualTo(1.25);
        assertThat(file.transitionsFrom().floats()).hasSize(20);
        assertThat(file.transitionsTo().floats()).hasSize(15);
        assertThat(HeadsFile.read(write(metadata(), tensors(2))).temperature()).isEqualTo(1);
    }

    @Test
    void readWhenTransitionsDoNotFitTheVocabularyNamesTheTensor() {
        Map<String, String> metadata = metadata();
        metadata.put("transition_rank", "5");
        SafetensorsWriter writer = tensors(2);
        add(writer, "transitions.from", 3, 5);
        add(writer, "transitions.to", 3, 5);
        assertThatThrownBy(() -> HeadsFile.read(write(metadata, writer))).isInstanceOf(ModelFileException.class)
            .hasMessageContaining("transitions.from should be floats of shape [4, 5] but is F32 of shape [3, 5]");
        SafetensorsWriter missing = tensors(2);
        add(missing, "transitions.from", 4, 5);
        assertThatThrownBy(() -> HeadsFile.read(write(metadata, missing))).isInstanceOf(ModelFileException.class)
            .hasMessageContaining("lacks the tensor transitions.to");
    }

    @ParameterizedTest
    @ValueSource(strings = { "0", "-1", "NaN", "warm", "101" })
    void readWhenTheTemperatureIsImpossibleSaysWhatIsAllowed(String temperature) {
        Map<String, String> metadata = metadata();
        metadata.put("temperature", temperature);
        assertThatThrownBy(() -> HeadsFile.read(write(metadata, tensors(2)))).isInstanceOf(ModelFileException.class)
            .hasMessageContaining("temperature in its metadata must be a number in (0, 100], was '" + temperature);
    }

    @Test
    void readWhenFileHoldsNoHeadsSaysSo() {
        SafetensorsWriter writer = new SafetensorsWriter();
        add(writer, "something", 4);
        Path path = this.directory.resolve("other.safetensors");
        writer.write(path);
        assertThatThrownBy(() -> HeadsFile.read(path)).isInstanceOf(ModelFileException.class)
            .hasMessageContaining("other.safetensors")
            .hasMessageContaining("holds no draft heads");
    }

    @Test
    void readWhenATensorIsMissingNamesIt() {
        assertThatThrownBy(() -> HeadsFile.read(write(with("heads", "3"), tensors(2))))
            .isInstanceOf(ModelFileException.class)
            .hasMessageContaining("heads.2.blocks.0.weight of shape [8, 16]");
    }

    @Test
    void readWhenATensorHasAnotherShapeNamesBoth() {
        assertThatThrownBy(() -> HeadsFile.read(write(with("condition", "none"), tensors(2))))
            .isInstanceOf(ModelFileException.class)
            .hasMessageContaining("should be floats of shape [8, 8]")
            .hasMessageContaining("is F32 of shape [8, 16]");
    }

    @ParameterizedTest
    @CsvSource({ "kind, eagle, must be cerberus",
            "condition, sometimes, condition in its metadata must be root or none", "heads, 99, must be in 1..16",
            "layers, 0, positive integer", "hidden_size, wide, positive integer",
            "lm_head, none, must be own or shared" })
    void readWhenMetadataAreWrongNamesFieldAndValue(String key, String value, String message) {
        assertThatThrownBy(() -> HeadsFile.read(write(with(key, value), tensors(2))))
            .isInstanceOf(ModelFileException.class)
            .hasMessageContaining(message)
            .hasMessageContaining(value);
    }

    /* Its embeddings would be read, and where heads are rounded not be balanced. */
    @Test
    void readWhenHydraHeadsSeeNoRootRefuses() {
        Map<String, String> metadata = with("kind", "hydra");
        metadata.put("condition", "none");
        metadata.put("heads", "1");
        assertThatThrownBy(() -> HeadsFile.read(write(metadata, tensors(1)))).isInstanceOf(ModelFileException.class)
            .hasMessageContaining("cerberus-heads.safetensors")
            .hasMessageContaining("its metadata are wrong: hydra heads always see the root token; use condition root");
    }

    @Test
    void readWhenDraftVocabularyDoesNotAscendSaysWhere() {
        SafetensorsWriter writer = new SafetensorsWriter();
        addBlocks(writer, 2);
        addVocabulary(writer, 4, 4, 9);
        assertThatThrownBy(() -> HeadsFile.read(write(metadata(), writer))).isInstanceOf(ModelFileException.class)
            .hasMessageContaining("entry 1 is 4");
    }

    @Test
    void requireTargetWhenWeightsAreOthersNamesBothFiles() {
        Path target = TestModels.directory(this.directory, TestModels.config(Architecture.LLAMA));
        ModelConfig config = ModelConfig.read(target);
        HeadsFile other = HeadsFile.read(write(with("target_sha256", "0123456789abcdef"), tensors(2)));
        try (Checkpoint checkpoint = Checkpoint.open(target)) {
            assertThatThrownBy(() -> other.requireTarget(config, checkpoint)).isInstanceOf(ModelFileException.class)
                .hasMessageContaining("cerberus-heads.safetensors")
                .hasMessageContaining(target.toString())
                .hasMessageContaining("0123456789ab…")
                .hasMessageContaining("another target model");
            HeadsFile right = HeadsFile.read(write(with("target_sha256", checkpoint.sha256()), tensors(2)));
            right.requireTarget(config, checkpoint);
            HeadsFile several = HeadsFile
                .read(write(with("target_sha256", "0123456789abcdef, " + checkpoint.sha256()), tensors(2)));
            several.requireTarget(config, checkpoint);
        }
    }

    @Test
    void requireTargetWhenHiddenSizeOrVocabularyDifferNamesBothNumbers() {
        Path target = TestModels.directory(this.directory, TestModels.config(Architecture.LLAMA).put("vocab_size", 20));
        ModelConfig config = ModelConfig.read(target);
        HeadsFile file = HeadsFile.read(write(metadata(), tensors(2)));
        try (Checkpoint checkpoint = Checkpoint.open(target)) {
            assertThatThrownBy(() -> file.requireTarget(config, checkpoint)).isInstanceOf(ModelFileException.class)
                .hasMessageContaining("vocab_size 16")
                .hasMessageContaining("has 20");
        }
    }

    private Path write(Map<String, String> metadata, SafetensorsWriter writer) {
        Path path = this.directory.resolve("cerberus-heads.safetensors");
        writer.metadata(metadata).write(path);
        return path;
    }

    private static Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", "cerberus-heads");
        metadata.put("kind", "cerberus");
        metadata.put("condition", "root");
        metadata.put("links", "true");
        metadata.put("lm_head", "shared");
        metadata.put("heads", "2");
        metadata.put("layers", "1");
        metadata.put("hidden_size", Integer.toString(HIDDEN));
        metadata.put("vocab_size", "16");
        metadata.put("target_sha256", "00");
        return metadata;
    }

    private static Map<String, String> with(String key, String value) {
        Map<String, String> metadata = metadata();
        metadata.put(key, value);
        return metadata;
    }

    private static SafetensorsWriter tensors(int heads) {
        SafetensorsWriter writer = new SafetensorsWriter();
        addBlocks(writer, heads);
        addVocabulary(writer, 1, 4, 15);
        return writer;
    }

    private static void addBlocks(SafetensorsWriter writer, int heads) {
        for (int head = 0; head < heads; head++) {
            for (String name : List.of("weight", "residual")) {
                add(writer, "heads." + head + ".blocks.0." + name, HIDDEN, 2 * HIDDEN);
            }
            add(writer, "heads." + head + ".blocks.0.bias", HIDDEN);
        }
    }

    private static void addVocabulary(SafetensorsWriter writer, int... ids) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * ids.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int id : ids) {
            bytes.putInt(id);
        }
        writer.add("draft_vocabulary", TensorType.I32, new long[] { ids.length }, bytes.flip());
    }

    private static void add(SafetensorsWriter writer, String name, long... shape) {
        int size = 1;
        for (long dimension : shape) {
            size *= (int) dimension;
        }
        float[] values = new float[size];
        Arrays.fill(values, 0.5f);
        writer.add(name, TensorType.F32, shape, values);
    }

}
