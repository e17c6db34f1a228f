package dev.cerberus.hf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class WeightsCacheTests {

    private static final List<TensorInfo> TENSORS = List.of(new TensorInfo("steps", TensorType.F32, List.of(2L), 0, 8),
            new TensorInfo("integers", TensorType.I8, List.of(2L, 3L), 8, 14));

    private static final byte[] STEPS = { 0, 0, -128, 63, 0, 0, 0, 64 };

    private static final byte[] INTEGERS = { 1, -2, 3, -4, 5, -6 };

    @TempDir
    private Path folder;

    private KeptWeights open(WeightsCache cache, String dependencies) {
        return cache.open("ORG/my model", dependencies, TENSORS);
    }

    private void keep(String dependencies) {
        WeightsCache cache = WeightsCache.in(this.folder.resolve("new"));
        try (KeptWeights kept = open(cache, dependencies)) {
            assertThat(kept.areWanted()).isTrue();
            assertThat(kept.find("integers")).isEmpty();
            kept.keep("integers", ByteBuffer.wrap(INTEGERS));
            kept.keep("steps", ByteBuffer.wrap(STEPS));
            kept.complete();
        }
        assertThat(cache.note()).isEmpty();
        assertThat(cache.told())
            .hasValueSatisfying((told) -> assertThat(told).contains("are kept in").contains("14 bytes"));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> entries = Files.list(this.folder.resolve("new"))) {
            return entries.toList();
        }
    }

    @Test
    void findsWhatWasKept() throws IOException {
        keep("of one");
        assertThat(files()).singleElement()
            .satisfies(
                    (file) -> assertThat(file.getFileName().toString()).matches("ORG_my_model-[0-9a-f]{16}\\.weights"));
        WeightsCache cache = WeightsCache.in(this.folder.resolve("new"));
        try (KeptWeights kept = open(cache, "of one")) {
            assertThat(kept.areWanted()).isFalse();
            assertThat(kept.find("integers")).contains(ByteBuffer.wrap(INTEGERS));
            assertThat(kept.find("steps")).contains(ByteBuffer.wrap(STEPS));
        }
        assertThat(cache.told()).hasValueSatisfying((told) -> assertThat(told).contains("were rounded before"));
    }

    @Test
    void keepsWhatDependsOnOtherThingsBeside() throws IOException {
        keep("of one");
        keep("of another");
        assertThat(files()).hasSize(2);
    }

    @Test
    void keepsNothingOfALoadThatFailed() throws IOException {
        WeightsCache cache = WeightsCache.in(this.folder.resolve("new"));
        try (KeptWeights kept = open(cache, "of one")) {
            kept.keep("integers", ByteBuffer.wrap(INTEGERS));
        }
        assertThat(cache.note()).isEmpty();
        assertThat(cache.told()).isEmpty();
        assertThat(files()).isEmpty();
    }

    @Test
    void doesNotKeepHalfOfTheTensors() throws IOException {
        WeightsCache cache = WeightsCache.in(this.folder.resolve("new"));
        try (KeptWeights kept = open(cache, "of one")) {
            kept.keep("integers", ByteBuffer.wrap(INTEGERS));
            kept.complete();
        }
        assertThat(cache.note())
            .hasValueSatisfying((note) -> assertThat(note.problem()).contains("1 tensors were not written"));
        assertThat(files()).isEmpty();
    }

    @Test
    void makesDamagedFilesAnew() throws IOException {
        keep("of one");
        Path file = files().get(0);
        byte[] whole = Files.readAllBytes(file);
        for (int length : new int[] { 0, 5, 60, whole.length - 1 }) {
            Files.write(file, Arrays.copyOf(whole, length));
            keep("of one");
            assertThat(files()).singleElement().satisfies((made) -> assertThat(made).hasBinaryContent(whole));
        }
    }

    @Test
    void doesNotTakeAnotherModelsFileByItsName() throws IOException {
        keep("of one");
        Path one = files().get(0);
        keep("of another");
        Path another = files().stream().filter((file) -> !file.equals(one)).findFirst().orElseThrow();
        Files.copy(another, one, StandardCopyOption.REPLACE_EXISTING);
        keep("of one");
    }

    /** Such as in a container that is ended for its memory, again and again. */
    @Test
    void removesWhatAStartLeftThatWasEnded() throws IOException {
        keep("of one");
        Path file = files().get(0);
        Files.delete(file);
        Path left = Files.writeString(file.resolveSibling("." + file.getFileName() + ".1-0.tmp"), "half");
        Path recent = Files.writeString(file.resolveSibling("." + file.getFileName() + ".1-1.tmp"), "half");
        Path others = Files.writeString(file.resolveSibling(".other.weights.1-0.tmp"), "half");
        Path locked = Files.writeString(file.resolveSibling("." + file.getFileName() + ".2-0.tmp"), "half");
        FileTime longAgo = FileTime.from(Instant.now().minus(Duration.ofHours(1)));
        for (Path old : List.of(left, others, locked)) {
            Files.setLastModifiedTime(old, longAgo);
        }
        try (FileChannel channel = FileChannel.open(locked, StandardOpenOption.WRITE); FileLock lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            keep("of one");
        }
        assertThat(files()).containsExactlyInAnyOrder(file, recent, others, locked);
    }

    @Test
    void leavesAloneWhatThisProcessWrites() throws IOException {
        WeightsCache slow = WeightsCache.in(this.folder.resolve("new"));
        try (KeptWeights kept = open(slow, "of one")) {
            Files.setLastModifiedTime(files().get(0), FileTime.from(Instant.now().minus(Duration.ofHours(1))));
            keep("of one");
            kept.keep("integers", ByteBuffer.wrap(INTEGERS));
            kept.keep("steps", ByteBuffer.wrap(STEPS));
            kept.complete();
        }
        assertThat(slow.note()).isEmpty();
        assertThat(files()).hasSize(1);
    }

    @Test
    void doesNotTakeTensorsOfOtherShapes() {
        keep("of one");
        WeightsCache cache = WeightsCache.in(this.folder.resolve("new"));
        List<TensorInfo> wider = List.of(TENSORS.get(0),
                new TensorInfo("integers", TensorType.I8, List.of(3L, 2L), 8, 14));
        try (KeptWeights kept = cache.open("ORG/my model", "of one", wider)) {
            assertThat(kept.areWanted()).isTrue();
        }
    }

    @Test
    void saysWhereNothingCanBeKept() throws IOException {
        Path file = Files.writeString(this.folder.resolve("new"), "in the way");
        WeightsCache cache = WeightsCache.in(file);
        try (KeptWeights kept = open(cache, "of one")) {
            assertThat(kept.areWanted()).isFalse();
            kept.keep("integers", ByteBuffer.wrap(INTEGERS));
            kept.complete();
        }
        assertThat(cache.note()).hasValueSatisfying((note) -> {
            assertThat(note.problem()).contains(file.toString()).contains("not kept");
            assertThat(note.remedies()).hasSize(1);
        });
    }

    @Test
    void saysWhenThereIsNoRoom() {
        WeightsCache cache = WeightsCache.in(this.folder.resolve("new"));
        List<TensorInfo> huge = List.of(new TensorInfo("integers", TensorType.I8, List.of(1L << 60), 0, 1L << 60));
        try (KeptWeights kept = cache.open("model", "of one", huge)) {
            assertThat(kept.areWanted()).isFalse();
        }
        assertThat(cache.note()).hasValueSatisfying((note) -> assertThat(note.problem()).contains("bytes are needed"));
    }

    @Test
    void anUnknownTensorIsAFaultOfTheCaller() {
        try (KeptWeights kept = open(WeightsCache.in(this.folder.resolve("new")), "of one")) {
            assertThatIllegalArgumentException().isThrownBy(() -> kept.keep("other", ByteBuffer.allocate(1)));
            assertThatIllegalArgumentException().isThrownBy(() -> kept.keep("steps", ByteBuffer.allocate(1)));
        }
    }

    @Test
    void keepsNothingWithoutAFolder() {
        try (KeptWeights kept = open(WeightsCache.none(), "of one")) {
            assertThat(kept.areWanted()).isFalse();
            assertThat(kept.find("steps")).isEmpty();
        }
    }

}
