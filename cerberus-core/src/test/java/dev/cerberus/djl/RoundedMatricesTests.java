package dev.cerberus.djl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.Safetensors;
import dev.cerberus.hf.WeightsCache;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;

import static org.assertj.core.api.Assertions.assertThat;

class RoundedMatricesTests {

    private static final int CONTEXT = 64;

    @TempDir
    private Path folder;

    static Stream<Arguments> families() {
        return Stream.of(LinearKernel.INT8, LinearKernel.INT8_BOUNDED)
            .flatMap((kernel) -> FamilyModel.names().stream().map((family) -> Arguments.of(kernel, family)));
    }

    @ParameterizedTest
    @MethodSource("families")
    void keptMatricesAreThoseThatWereRounded(LinearKernel kernel, String family) throws IOException {
        Assumptions.assumeTrue(TorchDevice.isExact(kernel), "skipped: this CPU has no " + kernel);
        FamilyModel model = FamilyModel.of(family);
        List<float[]> expected = logits(model, kernel, WeightsCache.none());
        WeightsCache first = WeightsCache.in(this.folder);
        assertThat(logits(model, kernel, first)).usingRecursiveComparison().isEqualTo(expected);
        assertThat(first.told()).hasValueSatisfying((told) -> assertThat(told).contains("are kept in"));
        assertThat(files()).hasSize(1);
        WeightsCache second = WeightsCache.in(this.folder);
        assertThat(logits(model, kernel, second)).usingRecursiveComparison().isEqualTo(expected);
        assertThat(second.told()).hasValueSatisfying((told) -> assertThat(told).contains("were rounded before"));
        assertThat(files()).hasSize(1);
        assertThat(Stream.of(first, second).flatMap((cache) -> cache.note().stream())).isEmpty();
    }

    /** The vocabulary of a large model takes more bytes than a buffer can have. */
    @Test
    void whatIsTooLargeForABufferIsKeptInPieces() throws IOException {
        LinearKernel kernel = kernel();
        FamilyModel model = FamilyModel.of("llama");
        List<float[]> expected = logits(model, kernel, WeightsCache.none());
        int mostBytes = 1000;
        assertThat(logits(model, kernel, WeightsCache.in(this.folder, mostBytes))).usingRecursiveComparison()
            .isEqualTo(expected);
        try (Safetensors file = Safetensors.open(files().get(0))) {
            assertThat(file.names())
                .allSatisfy((name) -> assertThat(file.info(name).bytes()).isLessThanOrEqualTo(mostBytes));
        }
        WeightsCache second = WeightsCache.in(this.folder, mostBytes);
        assertThat(logits(model, kernel, second)).usingRecursiveComparison().isEqualTo(expected);
        assertThat(second.told()).hasValueSatisfying((told) -> assertThat(told).contains("were rounded before"));
    }

    /** So that what was seen above came from the file. */
    @Test
    void keptMatricesAreUsed() throws IOException {
        FamilyModel model = FamilyModel.of("llama");
        LinearKernel kernel = kernel();
        List<float[]> expected = logits(model, kernel, WeightsCache.in(this.folder));
        Path file = files().get(0);
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, bytes.length - 64, bytes.length, (byte) 5); // of the LM head
        Files.write(file, bytes);
        assertThat(logits(model, kernel, WeightsCache.in(this.folder))).usingRecursiveComparison()
            .isNotEqualTo(expected);
    }

    @Test
    void matricesDependOnTheFilesTheConfigurationAndTheKernel() throws IOException {
        Path copy = Files.createDirectories(this.folder.resolve("model"));
        try (Stream<Path> originals = Files.list(FamilyModel.of("llama").directory())) {
            for (Path original : originals.toList()) {
                Files.copy(original, copy.resolve(original.getFileName()));
            }
        }
        LinearKernel kernel = kernel();
        load(copy, kernel, WeightsCache.in(this.folder)).close();
        assertThat(files()).hasSize(1);
        Path config = copy.resolve(ModelConfig.FILE_NAME);
        Files.writeString(config,
                Files.readString(config).replaceFirst("\"rms_norm_eps\": [^,]*", "\"rms_norm_eps\": 0.01"));
        load(copy, kernel, WeightsCache.in(this.folder)).close();
        assertThat(files()).hasSize(2);
        Path weights = copy.resolve(Checkpoint.SINGLE_FILE_NAME);
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1] ^= 1;
        Files.write(weights, bytes);
        load(copy, kernel, WeightsCache.in(this.folder)).close();
        assertThat(files()).hasSize(3);
        LinearKernel other = (kernel == LinearKernel.INT8) ? LinearKernel.INT8_BOUNDED : LinearKernel.INT8;
        load(copy, other, WeightsCache.in(this.folder)).close(); // is packed, if not
                                                                 // multiplied by
        assertThat(files()).hasSize(4);
    }

    @Test
    void weightsThatAreNotRoundedAreNotKept() throws IOException {
        FamilyModel model = FamilyModel.of("llama");
        WeightsCache cache = WeightsCache.in(this.folder);
        ModelConfig config = ModelConfig.read(model.directory());
        try (Checkpoint checkpoint = Checkpoint.open(model.directory());
                DjlTargetModel loaded = DjlTargetModel.load(config, checkpoint, CONTEXT, TorchDevice.of("cpu"),
                        Precision.FP32, cache)) {
            assertThat(loaded.dimensions().vocabularySize()).isEqualTo(config.vocabularySize());
        }
        assertThat(cache.told()).isEmpty();
        assertThat(cache.note()).isEmpty();
        assertThat(files()).isEmpty();
    }

    @Test
    void modelIsLoadedWhereNothingCanBeKept() throws IOException {
        FamilyModel model = FamilyModel.of("llama");
        Path file = Files.writeString(this.folder.resolve("file"), "in the way", StandardCharsets.UTF_8);
        WeightsCache cache = WeightsCache.in(file);
        assertThat(logits(model, kernel(), cache)).usingRecursiveComparison()
            .isEqualTo(logits(model, kernel(), WeightsCache.none()));
        assertThat(cache.note()).hasValueSatisfying((note) -> assertThat(note.problem()).contains("are not kept in"));
    }

    private static LinearKernel kernel() {
        Assumptions.assumeTrue(TorchDevice.isExact(LinearKernel.INT8_BOUNDED), "skipped: no x86 CPU with AVX2");
        return LinearKernel.INT8_BOUNDED;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> entries = Files.list(this.folder)) {
            return entries.filter((entry) -> entry.toString().endsWith(".weights")).toList();
        }
    }

    private static DjlTargetModel load(Path directory, LinearKernel kernel, WeightsCache cache) {
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            return DjlTargetModel.load(ModelConfig.read(directory), checkpoint, CONTEXT, TorchDevice.cpu(kernel),
                    Precision.INT8, cache);
        }
    }

    private static List<float[]> logits(FamilyModel family, LinearKernel kernel, WeightsCache cache) {
        int[] tokens = family.tokens();
        try (DjlTargetModel model = load(family.directory(), kernel, cache); KvCache rows = model.newCache(CONTEXT)) {
            return IntStream.of(1, 7, tokens.length).mapToObj((length) -> {
                rows.truncate(0);
                try (NodeScores scores = model.prefill(rows, Arrays.copyOf(tokens, length))) {
                    return scores.logits(0);
                }
            }).toList();
        }
    }

}
