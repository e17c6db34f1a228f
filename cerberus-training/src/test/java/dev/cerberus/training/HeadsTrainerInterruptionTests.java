package dev.cerberus.training;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import dev.cerberus.hf.HeadsFile;
import dev.cerberus.hf.Safetensors;
import dev.cerberus.model.HeadsKind;
import dev.cerberus.training.TrainingOptions.HeadsShape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Training that is killed, or runs out of disk, and goes on. */
class HeadsTrainerInterruptionTests extends AbstractHeadsTrainerTests {

    @Test
    void resumeWhenTheProcessWasKilledGivesTheSameHeads() throws IOException, InterruptedException {
        TrainingOptions whole = options("whole.safetensors", HeadsShape.of(HeadsKind.CERBERUS), steps(240), false,
                false);
        HeadsTrainer.train(whole);

        killOnceThereIs(checkpoint(inProcess(directory(), "killed.safetensors", "work", true)), "killed.safetensors",
                "work");
        assertThat(directory().resolve("killed.safetensors")).doesNotExist();

        HeadsTrainer.train(inProcess(directory(), "killed.safetensors", "work", true));
        HeadsFile expected = HeadsFile.read(directory().resolve("whole.safetensors"));
        HeadsFile resumed = HeadsFile.read(directory().resolve("killed.safetensors"));
        assertThat(resumed.metadata()).isEqualTo(expected.metadata());
        for (int head = 0; head < 4; head++) {
            for (int layer = 0; layer < expected.description().layers(); layer++) {
                assertThat(resumed.blockWeight(head, layer).floats())
                    .containsExactly(expected.blockWeight(head, layer).floats());
                assertThat(resumed.blockResidual(head, layer).floats())
                    .containsExactly(expected.blockResidual(head, layer).floats());
            }
        }
    }

    @Test
    void distillationWhenTheProcessWasKilledGoesOnAndGivesTheSameText() throws IOException, InterruptedException {
        HeadsTrainer.train(inProcess(directory(), "whole.safetensors", "work", false));
        List<Path> whole = parts("work");
        Path first = directory().resolve("killed").resolve(directory().resolve("work").relativize(whole.get(0)));

        killOnceThereIs(first, "killed.safetensors", "killed");
        assertThat(parts("killed")).isNotEmpty().hasSizeLessThan(whole.size());
        FileTime before = Files.getLastModifiedTime(first);

        HeadsTrainer.train(inProcess(directory(), "killed.safetensors", "killed", true));
        assertThat(Files.getLastModifiedTime(first)).isEqualTo(before);
        List<Path> resumed = parts("killed");
        assertThat(resumed).hasSameSizeAs(whole);
        for (int i = 0; i < whole.size(); i++) {
            assertSameText(resumed.get(i), whole.get(i));
        }
        assertThat(HeadsFile.read(directory().resolve("killed.safetensors")).description())
            .isEqualTo(HeadsFile.read(directory().resolve("whole.safetensors")).description());
    }

    /*
     * Two processes agree on every token; the states, rounded to bf16, may differ in
     * their last bit, since libtorch does not promise one order of summation.
     */
    private static void assertSameText(Path actual, Path expected) {
        try (Safetensors one = Safetensors.open(actual); Safetensors other = Safetensors.open(expected)) {
            assertThat(one.data("tokens")).isEqualTo(other.data("tokens"));
            assertThat(one.data("ends")).isEqualTo(other.data("ends"));
            float[] states = one.floats("hidden");
            float[] expectedStates = other.floats("hidden");
            assertThat(states).hasSameSizeAs(expectedStates);
            for (int i = 0; i < states.length; i++) {
                assertThat(states[i]).isCloseTo(expectedStates[i], within(0.01f * Math.abs(expectedStates[i]) + 1e-4f));
            }
        }
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "the size of files is limited by a Linux shell")
    void trainWhenTheDiskIsFullSaysSoAndKeepsTheOldHeads() throws IOException, InterruptedException {
        Path heads = directory().resolve("heads.safetensors");
        HeadsTrainer.train(inProcess(directory(), "heads.safetensors", "work", false));
        byte[] before = Files.readAllBytes(heads);
        List<String> limited = new ArrayList<>(
                List.of("bash", "-c", "ulimit -f " + before.length / 2048 + "; exec \"$@\"", "bash"));
        limited.addAll(process("heads.safetensors", "work"));

        Process process = new ProcessBuilder(limited).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isEqualTo(1);
        assertThat(said).contains("cannot be written", "File too large", "what was there before is unchanged",
                "free space");
        assertThat(Files.readAllBytes(heads)).isEqualTo(before);
        try (var files = Files.walk(directory())) {
            assertThat(files).noneMatch((file) -> file.getFileName().toString().endsWith(".tmp"));
        }
    }

    private List<String> process(String out, String work) {
        return List.of(ProcessHandle.current().info().command().orElse("java"), "-XX:-UsePerfData", "-cp",
                System.getProperty("java.class.path"), "-Dai.djl.offline=true", TrainingProcess.class.getName(),
                directory().toString(), out, work);
    }

    private void killOnceThereIs(Path file, String out, String work) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(process(out, work)).redirectErrorStream(true)
            .redirectOutput(directory().resolve("process.log").toFile())
            .start();
        try {
            while (process.isAlive() && !Files.exists(file)) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            assertThat(process.isAlive()).as(Files.readString(directory().resolve("process.log"))).isTrue();
        }
        finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void resumeWhenOptionsDifferFromTheCheckpointsNamesTheOption() {
        HeadsTrainer.train(options("heads.safetensors", HeadsShape.of(HeadsKind.CERBERUS), steps(20), false, false));
        TrainingOptions other = options("heads.safetensors", HeadsShape.of(HeadsKind.CERBERUS), steps(30), false, true);
        assertThatThrownBy(() -> HeadsTrainer.train(other)).isInstanceOf(TrainingException.class)
            .hasMessageContaining("steps 20, this one has 30");
    }

    @Test
    void headsOfOneNameInTwoFoldersHaveCheckpointsOfTheirOwn() throws IOException {
        HeadsShape shape = HeadsShape.of(HeadsKind.CERBERUS);
        TrainingOptions first = options("a/heads.safetensors", shape, steps(20), false, false);
        HeadsTrainer.train(first);
        Files.delete(first.out());
        // neither deletes the first one's checkpoint nor goes on from it
        HeadsTrainer.train(options("b/heads.safetensors", shape, steps(30), false, false));
        HeadsTrainer.train(options("c/heads.safetensors", shape, steps(10), false, true));
        assertThat(HeadsFile.read(directory().resolve("c/heads.safetensors")).metadata()).containsEntry("trained_steps",
                "10");
        FileTime before = Files.getLastModifiedTime(checkpoint(first));
        // the same command by another way to its folder
        HeadsTrainer.train(options("b/../a/heads.safetensors", shape, steps(20), false, true));
        assertThat(Files.getLastModifiedTime(checkpoint(first))).as("nothing is left to do").isEqualTo(before);
        assertThat(first.out()).exists();
    }

    /* A work folder lies beside the heads, unless it is named. */
    @Test
    void resumeWhenHeadsAndWorkFolderWereMovedGoesOn() throws IOException {
        HeadsShape shape = HeadsShape.of(HeadsKind.CERBERUS);
        TrainingOptions moved = options("heads.safetensors", shape, steps(20), false, true);
        HeadsTrainer.train(moved);
        Path elsewhere = directory().resolve("elsewhere");
        Files.createDirectory(elsewhere);
        Files.move(directory().resolve("work"), elsewhere.resolve("work"));
        assertThat(TrainingState.file(elsewhere.resolve("work"), elsewhere.resolve("heads.safetensors"),
                HeadsKind.CERBERUS))
            .exists();
    }

}
