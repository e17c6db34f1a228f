package dev.cerberus.hf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SafetensorsTests {

    private static final String TWO_TENSORS = """
            {"__metadata__":{"format":"pt"},
             "a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},
             "b":{"dtype":"U8","shape":[],"data_offsets":[8,9]}}""";

    @TempDir
    Path directory;

    private Path file(String header, int dataBytes) {
        return TestModels.safetensors(this.directory.resolve("x.safetensors"), header, dataBytes);
    }

    private void assertRefused(Path file, String... parts) {
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> Safetensors.open(file).close())
            .withMessageStartingWith(file + ": ")
            .withMessageContainingAll(parts);
    }

    @Test
    void openWhenFileIsValidShowsTensorsInOrderOfTheHeader() {
        try (Safetensors file = Safetensors.open(file(TWO_TENSORS, 9))) {
            assertThat(file.names()).containsExactly("a", "b");
            assertThat(file.metadata()).isEqualTo(Map.of("format", "pt"));
            assertThat(file.info("a").shape()).containsExactly(2L, 1L);
            assertThat(file.info("a").dtype()).isEqualTo(TensorType.F32);
            assertThat(file.info("a").elements()).isEqualTo(2);
            assertThat(file.info("b").shape()).isEmpty();
            assertThat(file.info("b").elements()).isEqualTo(1);
            assertThat(file.data("b").get(0)).isEqualTo((byte) 8);
        }
    }

    @Test
    void dataIsAReadOnlyLittleEndianView() {
        try (Safetensors file = Safetensors.open(file(TWO_TENSORS, 9))) {
            ByteBuffer data = file.data("a");
            assertThat(data.isDirect()).isTrue();
            assertThat(data.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
            assertThat(data.remaining()).isEqualTo(8);
            assertThat(data.getInt(4)).isEqualTo(0x07060504);
            assertThatExceptionOfType(ReadOnlyBufferException.class).isThrownBy(() -> data.put(0, (byte) 1));
        }
    }

    @Test
    void dataWhenFileIsTooLargeForOneMappingMapsEachTensor() {
        Path path = file(TWO_TENSORS, 9);
        try (Safetensors whole = Safetensors.open(path); Safetensors single = Safetensors.open(path, 8)) {
            assertThat(single.data("a")).isEqualTo(whole.data("a"));
            assertThat(single.data("a").order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
            assertThat(single.data("b")).isEqualTo(whole.data("b"));
        }
    }

    @Test
    void dataOfAFileThatIsCopiedFromIsACopy() throws IOException {
        Path path = file(TWO_TENSORS, 9);
        try (Safetensors mapped = Safetensors.open(path); Safetensors copied = Safetensors.openToCopy(path)) {
            ByteBuffer data = copied.data("a");
            assertThat(data).isEqualTo(mapped.data("a"));
            assertThat(data.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
            assertThat(data.isReadOnly()).isTrue();
            assertThat(copied.data("b")).isEqualTo(mapped.data("b"));
            assertThat(copied.floats("a")).isEqualTo(mapped.floats("a"));
            Files.write(path, new byte[(int) Files.size(path)]);
            assertThat(data.getInt(4)).isEqualTo(0x07060504);
        }
    }

    /*
     * To read beyond the end of a file that is mapped ends the process where native code
     * does it.
     */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows shortens no file that is mapped")
    void dataWhenTheFileBecameShorterIsRefused() throws IOException {
        Path path = file(TWO_TENSORS, 9);
        try (Safetensors whole = Safetensors.open(path);
                Safetensors single = Safetensors.open(path, 8);
                Safetensors copied = Safetensors.openToCopy(path);
                FileChannel writing = FileChannel.open(path, StandardOpenOption.WRITE)) {
            writing.truncate(writing.size() - 1);
            for (Safetensors file : List.of(whole, single, copied)) {
                assertThat(file.data("a").getInt(4)).isEqualTo(0x07060504);
                assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> file.data("b"))
                    .withMessage(path + ": tensor b ends at byte 9 of the data, and the file became shorter while it "
                            + "was read; fetch the file again");
            }
            writing.truncate(writing.size() - 1);
            assertThat(whole.rows("a", 0, 1).getInt(0)).isEqualTo(0x03020100);
            assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> whole.rows("a", 1, 1))
                .withMessageContaining("became shorter while it was read");
        }
    }

    @Test
    void dataWhenTensorIsTooLargeForOneBufferIsRefused() {
        try (Safetensors file = Safetensors.open(file(TWO_TENSORS, 9), 7)) {
            assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> file.data("a"))
                .withMessageContaining("tensor a has 8 bytes, more than one buffer can hold");
        }
    }

    @Test
    void dataAfterCloseIsRefusedButEarlierBuffersStayReadable() {
        Safetensors file = Safetensors.open(file(TWO_TENSORS, 9));
        ByteBuffer data = file.data("b");
        file.close();
        assertThat(data.get(0)).isEqualTo((byte) 8);
        assertThatIllegalStateException().isThrownBy(() -> file.data("b"));
    }

    @Test
    void floatsWhenTensorHoldsIntegersIsRefused() {
        try (Safetensors file = Safetensors.open(file(TWO_TENSORS, 9))) {
            assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> file.floats("b"))
                .withMessageContaining("tensor b is of type U8");
        }
    }

    @Test
    void infoWhenTensorIsAbsentNamesIt() {
        try (Safetensors file = Safetensors.open(file(TWO_TENSORS, 9))) {
            assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> file.info("c"))
                .withMessageContaining("does not hold a tensor named c");
        }
    }

    @Test
    void openWhenHeaderIsEmptyHoldsNothing() {
        try (Safetensors file = Safetensors.open(file("{}   ", 0))) {
            assertThat(file.names()).isEmpty();
            assertThat(file.metadata()).isEmpty();
        }
    }

    @Test
    void openWhenTensorHasNoElementsAcceptsIt() {
        try (Safetensors file = Safetensors
            .open(file("{\"a\":{\"dtype\":\"F32\",\"shape\":[0,3],\"data_offsets\":[0,0]}}", 0))) {
            assertThat(file.floats("a")).isEmpty();
        }
    }

    @Test
    void openWhenFileIsMissingSaysSo() {
        assertRefused(this.directory.resolve("none.safetensors"), "does not exist");
        assertRefused(this.directory, "is not a regular file");
    }

    @Test
    void openWhenFileIsShorterThanItsPrefixSaysSo() {
        assertRefused(TestModels.write(this.directory.resolve("x"), new byte[7]), "has only 7 bytes");
    }

    @ParameterizedTest
    @CsvSource({ "3, claims a header of 3 bytes but ends after 2", "100000000, claims a header of 100000000 bytes",
            "100000001, more than the 100 MB allowed", "-1, claims a header of 18446744073709551615 bytes" })
    void openWhenHeaderLengthLiesSaysSo(long length, String expected) {
        byte[] header = "{}".getBytes(StandardCharsets.UTF_8);
        assertRefused(TestModels.safetensors(this.directory.resolve("x"), length, header, 0), expected);
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "[]", "{", "{\"a\"", "nonsense", "{}x", "{} {}", "null", "\uFEFF{}" })
    void openWhenHeaderIsNotAJsonObjectSaysSo(String header) {
        assertRefused(file(header, 0), "header is not valid JSON");
    }

    @Test
    void openWhenHeaderIsNotUtf8SaysSo() {
        byte[] header = "{\"ä\":1}".getBytes(StandardCharsets.ISO_8859_1);
        assertRefused(TestModels.safetensors(this.directory.resolve("x"), header.length, header, 0), "it is not UTF-8");
    }

    @Test
    void openWhenHeaderIsNestedDeeplyIsRefused() {
        assertRefused(file("{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}", 0), "header is not valid JSON");
    }

    @Test
    void openWhenFileIsTruncatedNamesTheTensor() {
        assertRefused(file(TWO_TENSORS, 8), "tensor b ends at byte 9", "only 8 bytes", "truncated",
                "fetch the file again");
    }

    @Test
    void openWhenTensorAppearsTwiceIsRefused() {
        assertRefused(file("""
                {"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},
                 "a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2), "tensor a appears twice");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{\"dtype\":\"F8_E4M3\",\"shape\":[4],\"data_offsets\":[0,4]} | tensor a has the unknown dtype F8_E4M3",
            "{\"dtype\":\"f32\",\"shape\":[1],\"data_offsets\":[0,4]} | unknown dtype f32",
            "{\"shape\":[1],\"data_offsets\":[0,4]} | tensor a is not described by a dtype",
            "{\"dtype\":\"F32\",\"data_offsets\":[0,4]} | tensor a is not described by a dtype",
            "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]} | two data_offsets",
            "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,4]} | two data_offsets",
            "{\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]} | a shape",
            "17 | tensor a is not described by a dtype", "null | tensor a is not described by a dtype",
            "{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]} | tensor a has the dimension -1",
            "{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]} | tensor a has the dimension 1.0",
            "{\"dtype\":\"F32\",\"shape\":[\"1\"],\"data_offsets\":[0,4]} | tensor a has the dimension",
            "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]} | tensor a has the data offset -4",
            "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,99999999999999999999]} | tensor a has the data offset",
            "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]} | tensor a ends at byte 0, before its begin 4",
            "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]} | tensor a ends at byte 8 but the file holds only 4",
            "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]} | takes 4 bytes but its shape [2] of type F32 needs 8",
            "{\"dtype\":\"I8\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]} | tensor a has a shape whose size overflows",
            "{\"dtype\":\"F64\",\"shape\":[2305843009213693952],\"data_offsets\":[0,0]} | tensor a has a shape whose size overflows",
            "{\"dtype\":\"I8\",\"shape\":[3],\"data_offsets\":[1,4]} | tensor a begins at byte 1 of the data where 0 is expected, so tensors leave a hole",
            "{\"dtype\":\"I8\",\"shape\":[3],\"data_offsets\":[0,3]} | holds 4 bytes of data but its tensors end at byte 3" })
    void openWhenTensorIsDescribedWronglyNamesTheMistake(String tensor, String expected) {
        assertRefused(file("{\"a\":" + tensor + "}", 4), expected);
    }

    @Test
    void openWhenTensorsOverlapIsRefused() {
        assertRefused(file("""
                {"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},
                 "b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", 4), "tensor b begins at byte 2",
                "tensors overlap");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`',
            value = { "[] | __metadata__ is not an object", "{\"k\":1} | __metadata__ entry k is not a string" })
    void openWhenMetadataIsNotOfStringsIsRefused(String metadata, String expected) {
        assertRefused(file("{\"__metadata__\":" + metadata + "}", 0), expected);
    }

    @Test
    void openWhenHeaderIsMutatedEitherReadsOrRefuses() throws IOException {
        byte[] valid = Files.readAllBytes(file(TWO_TENSORS.replaceAll("\\s", ""), 9));
        SplittableRandom random = new SplittableRandom(260);
        byte[] alphabet = "{}[]\",:0123456789-+.eEnulltrfas\\ \u0000\u00ff".getBytes(StandardCharsets.ISO_8859_1);
        Path path = this.directory.resolve("mutated.safetensors");
        int refused = 0;
        for (int round = 0; round < 1000; round++) {
            byte[] mutated = mutate(valid, alphabet, random);
            Files.write(path, mutated);
            try (Safetensors file = Safetensors.open(path)) {
                // whatever is accepted must be readable to its last byte
                for (String name : file.names()) {
                    ByteBuffer data = file.data(name);
                    assertThat((long) data.remaining()).isEqualTo(file.info(name).bytes());
                    while (data.hasRemaining()) {
                        data.get();
                    }
                }
            }
            catch (ModelFileException ex) {
                assertThat(ex).hasMessageStartingWith(path.toString());
                refused++;
            }
        }
        assertThat(refused).isBetween(500, 1000);
    }

    private static byte[] mutate(byte[] valid, byte[] alphabet, SplittableRandom random) {
        byte[] bytes = valid.clone();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            switch (random.nextInt(5)) {
                case 0 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                case 1 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes = Arrays.copyOf(bytes, random.nextInt(1, bytes.length + 1));
                case 3 -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(16));
                default -> bytes[Math.min(bytes.length - 1, random.nextInt(8, valid.length))] = alphabet[random
                    .nextInt(alphabet.length)];
            }
        }
        return bytes;
    }

}
