package dev.cerberus.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchDevice;
import dev.cerberus.testing.TinyModels;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The commands for people: {@code chat}, {@code doctor}, and the notes of the others.
 */
class TalkingCommandTests extends AbstractCommandTests {

    @TempDir
    private Path directory;

    private String model() throws IOException {
        return TinyModels.writeWithTokenizer("llama", Files.createDirectory(this.directory.resolve("tiny"))).toString();
    }

    @Test
    void chatAnswersEachLineUntilItIsEnded() throws IOException {
        assertThat(run(new StringReader("Hi\n\n/new\nHi\n/bye\nnot read\n"), "chat", "--model", model(),
                "--chat-template", "chatml", "--max-tokens", "4", "--min-tokens", "4", "--system", "Be brief."))
            .as(this.err.toString())
            .isZero();
        String[] answers = this.out.toString().split(System.lineSeparator(), -1);
        // the same question, each the first of a conversation, and what follows the last
        // line
        assertThat(answers).hasSize(3);
        assertThat(answers[0]).isNotEmpty().isEqualTo(answers[1]);
        assertThat(this.err.toString()).contains("/bye ends", "4 tokens in ");
    }

    @Test
    void laterTurnsOfAChatReadOnlyWhatIsNew() throws IOException {
        ChatCommand chat = new ChatCommand();
        new CommandLine(chat).setCaseInsensitiveEnumValuesAllowed(true).parseArgs("--model", model());
        assertThat(chat.options().build().prefixCache()).isTrue();
    }

    @Test
    void chatListsItsWordsInsteadOfAskingTheModel() throws IOException {
        assertThat(run(new StringReader("/help\n /exit \n/bye\n"), "chat", "--model", model(), "--chat-template",
                "chatml", "--max-tokens", "2"))
            .as(this.err.toString())
            .isZero();
        assertThat(this.out.toString()).isEmpty();
        assertThat(this.err.toString().split("/bye ends; other lines go to the model", -1)).hasSize(3);
    }

    @Test
    void lineThatOnlyBeginsLikeAWordIsAnswered() throws IOException {
        assertThat(run(new StringReader("/etc/hosts is what?\n/bye\n"), "chat", "--model", model(), "--chat-template",
                "chatml", "--max-tokens", "2"))
            .isZero();
        assertThat(this.err.toString()).contains("2 tokens in ").doesNotContain("other lines");
    }

    @Test
    void chatEndsWithItsInput() throws IOException {
        assertThat(run(new StringReader("Hi\n"), "chat", "--model", model(), "--chat-template", "chatml",
                "--max-tokens", "2", "-q"))
            .as(this.err.toString())
            .isZero();
        assertThat(this.err.toString()).doesNotContain("tokens/s");
    }

    @Test
    void conversationThatIsTooLongSaysHowToGoOn() throws IOException {
        assertThat(run(new StringReader("x".repeat(5000) + "\n/bye\n"), "chat", "--model", model(), "--chat-template",
                "chatml"))
            .isZero();
        assertThat(this.err.toString()).contains("begin another conversation with /new");
    }

    @Test
    void doctorTellsEveryNumberFormatAndWhyNot() {
        assertThat(run(Reader.nullReader(), "doctor", "--device", "cpu")).isZero();
        boolean fp16 = TorchDevice.of("cpu").precisions().contains(Precision.FP16);
        assertThat(this.out.toString()).contains("pytorch ", "unpacks to", "device         cpu", "  fp32         yes",
                fp16 ? "  fp16         yes"
                        : "  fp16         no: precision fp16 does not work on cpu: it needs a CUDA device",
                "auto           " + TorchDevice.of("cpu").fastestPrecision().name().toLowerCase(java.util.Locale.ROOT));
    }

    @Test
    void doctorTellsTheFolderThatLibtorchIsUnpackedTo() {
        assertThat(TorchDevice.of("cpu").name()).as("unpacked by now").isEqualTo("cpu");
        System.setProperty("ENGINE_CACHE_DIR", "another-folder");
        try {
            assertThat(run(Reader.nullReader(), "doctor", "--device", "cpu")).isZero();
        }
        finally {
            System.clearProperty("ENGINE_CACHE_DIR");
        }
        assertThat(this.out.toString()).contains("unpacks to     another-folder (DJL_CACHE_DIR): ");
    }

    @Test
    void doctorRefusesADeviceThatIsNotThere() {
        assertThat(run(Reader.nullReader(), "doctor", "--device", "cuda:99")).isEqualTo(1);
        assertThat(this.err.toString()).contains("cerberus: device 'cuda:99' ");
    }

    @Test
    void interruptionSaysHowToGoOnAndIsTakenBack() throws Exception {
        Interruption stopped = new Interruption("go on with --resume", new PrintWriter(this.err, true));
        stopped.close();
        assertThat(this.err.toString()).isEmpty();
    }

    @Test
    void signOfLifeComesOnlyIfItTakesLong() throws Exception {
        try (SignOfLife quick = new SignOfLife("quick", new PrintWriter(this.err, true))) {
            assertThat(quick).isNotNull();
        }
        try (SignOfLife slow = new SignOfLife("slow", new PrintWriter(this.err, true))) {
            assertThat(slow).isNotNull();
            long deadline = System.nanoTime() + 5_000_000_000L;
            while (this.err.toString().isEmpty() && System.nanoTime() < deadline) {
                Thread.sleep(20);
            }
        }
        assertThat(this.err.toString().strip()).isEqualTo("slow");
    }

}
