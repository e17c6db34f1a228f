package dev.cerberus.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.training.TrainingException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DiskNeedTests {

    @TempDir
    private Path folder;

    @Test
    void needIsThatOfTokensAndStatesWithAFileMore() {
        // (1000 + 256 * 10) tokens of 4 + 2 * 8 bytes
        assertThat(DiskNeed.ofHeads(this.folder, 1000, 10, 8, false, 0).bytes()).isEqualTo(3560 * 20);
        assertThat(DiskNeed.ofHeads(this.folder, 1000, 10, 8, true, 0).bytes()).isEqualTo(3560 * 84);
        assertThat(DiskNeed.ofMemory(this.folder, 1000, 10, 8).bytes()).isEqualTo(3560 * 24);
    }

    @Test
    void checkpointIsNeededTwiceSinceOneIsWrittenBesideTheOther() {
        assertThat(DiskNeed.ofHeads(this.folder, 1000, 10, 8, false, 500).bytes()).isEqualTo(3560 * 20 + 1000);
    }

    @Test
    void textThatIsThereMayBeThatOfAnotherRun() throws IOException {
        Files.write(Files.createDirectory(this.folder.resolve("distilled-x")).resolve("part-00000.safetensors"),
                new byte[1200]);
        DiskNeed need = DiskNeed.ofHeads(this.folder, 1000, 10, 8, false, 0);
        assertThat(need.bytes()).isEqualTo(3560 * 20);
        assertThat(said(need, 3560 * 20)).endsWith(" are free; less if it can use text that is there");
    }

    @Test
    void otherFoldersBesideTheTextAreNotLookedAt() throws IOException {
        Path closed = Files.createDirectory(this.folder.resolve("lost+found")); // of a
                                                                                // disk
        Files.write(closed.resolve("part-0"), new byte[1200]);
        assertThat(closed.toFile().setReadable(false)).isTrue(); // but for root
        assertThat(DiskNeed.ofHeads(this.folder, 1000, 10, 8, false, 0).present()).isZero();
    }

    @Test
    void roomThatIsEnoughOnlyWithTheTextThatIsThereIsNoReasonToRefuse() {
        DiskNeed need = new DiskNeed(this.folder, 50_000_000, 30_000_000);
        assertThat(said(need, 20_000_000))
            .endsWith(" 20 MB are free, which is enough only if it can use the 30 MB of text that are there");
        assertThatThrownBy(() -> said(need, 19_999_999)).isInstanceOf(TrainingException.class);
    }

    private static String said(DiskNeed need, long free) {
        StringWriter err = new StringWriter();
        need.require("train", new PrintWriter(err), free);
        return err.toString().strip();
    }

    @Test
    void tooLittleRoomIsRefusedWithWhatToDo() {
        DiskNeed need = new DiskNeed(this.folder.resolve("not").resolve("there"), Long.MAX_VALUE, 0);
        StringWriter err = new StringWriter();
        assertThatThrownBy(() -> need.require("train", new PrintWriter(err))).isInstanceOf(TrainingException.class)
            .hasMessageStartingWith("train needs up to ")
            .hasMessageEndingWith("make room, name another folder with --work, or ask for fewer --tokens");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void roomThatIsThereIsSaid() {
        StringWriter err = new StringWriter();
        new DiskNeed(this.folder, 2_000_000, 0).require("train", new PrintWriter(err));
        assertThat(err.toString()).startsWith("train: needs up to 2 MB in " + this.folder + ", where ")
            .contains(" are free");
    }

}
