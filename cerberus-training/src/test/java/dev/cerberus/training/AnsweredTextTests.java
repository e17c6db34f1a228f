package dev.cerberus.training;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.djl.DjlTargetModel;
import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchDevice;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.Safetensors;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.text.ChatTemplate;
import dev.cerberus.text.TextTokenizer;
import dev.cerberus.training.TrainingOptions.Distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AnsweredTextTests {

    private static final Distillation OPTIONS = new Distillation(1000, 64, 90, 0.5, 0.7, 8, false, true, true);

    @TempDir
    private Path directory;

    private TextTokenizer tokenizer;

    private int loads;

    @BeforeEach
    void write() throws IOException {
        TinyModels.writeWithTokenizer("llama", Files.createDirectory(this.directory.resolve("model")));
        this.tokenizer = TextTokenizer.load(this.directory.resolve("model").resolve("tokenizer.json"));
    }

    @AfterEach
    void close() {
        this.tokenizer.close();
    }

    private DjlTargetModel load(Path model) {
        this.loads++;
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            return DjlTargetModel.load(ModelConfig.read(model), checkpoint, 128, TorchDevice.of("cpu"), Precision.FP32);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "llama", "mistral", "qwen2" })
    void statesAreThoseWithWhichTheAnswersWereWritten(String name) throws IOException {
        Path model = TinyModels.write(name, Files.createDirectory(this.directory.resolve("other")));
        List<Continuation> written = new ArrayList<>();
        try (DjlTargetModel target = load(model);
                TextWriter writer = new TextWriter(target, 3, 1 << 20, 90, Set.of())) {
            for (int i = 0; i < 3; i++) {
                written.add(new Continuation(new int[] { 5, 6 + i, 7 }, new SamplingOptions(1, 0, 1, i),
                        SelfDistillation.SOFT_RANKS));
                writer.begin(written.get(i));
            }
            while (!written.stream().allMatch(Continuation::isFinished)) {
                writer.step();
            }
        }
        Path expected = this.directory.resolve("expected.safetensors");
        DistilledFile file = new DistilledFile(expected, written);
        written.forEach((continuation) -> file.begin());
        file.save();
        List<WrittenAnswer> answers = written.stream()
            .map((continuation) -> new WrittenAnswer(continuation.prompt(),
                    continuation.tokens().stream().mapToInt(Integer::intValue).toArray()))
            .toList();
        List<Path> read = run(OPTIONS, answers, model);
        assertThat(read).singleElement().satisfies((path) -> {
            for (String tensor : List.of("tokens", "ends", "hidden", "likely", "shares")) {
                assertThat(tensor(path, tensor)).as(tensor).isEqualTo(tensor(expected, tensor));
            }
        });
    }

    private static ByteBuffer tensor(Path file, String name) {
        try (Safetensors tensors = Safetensors.open(file)) {
            return tensors.data(name);
        }
    }

    @Test
    void filesThatAreThereAreNotComputedAgain() throws IOException {
        Path model = this.directory.resolve("model");
        List<WrittenAnswer> answers = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            answers.add(new WrittenAnswer(new int[] { 4 + i % 50 }, new int[] { 9, 10, 11, 12 + i % 40 }));
        }
        Distillation all = new Distillation(1025, 64, 90, 0.5, 0.7, 8, false, false, true);
        List<Path> files = run(all, answers, model);
        assertThat(files).hasSize(2);
        FileTime before = Files.getLastModifiedTime(files.get(0));
        byte[] second = Files.readAllBytes(files.get(1));
        Files.delete(files.get(1));
        assertThat(run(all, answers, model)).isEqualTo(files);
        assertThat(Files.getLastModifiedTime(files.get(0))).isEqualTo(before);
        assertThat(files.get(1)).hasBinaryContent(second);
        run(all, answers, model);
        assertThat(this.loads).isEqualTo(2);
        // 256 answers of four tokens are enough here
        assertThat(run(OPTIONS, answers, model)).hasSize(1);
    }

    private List<Path> run(Distillation options, List<WrittenAnswer> answers, Path model) {
        try (LazyTarget target = new LazyTarget(() -> load(model))) {
            return new AnsweredText(options, answers, 16, this.directory, "fp32").run(target::get);
        }
    }

    private List<WrittenAnswer> answers(String... lines) throws IOException {
        Path file = Files.writeString(this.directory.resolve("answers.jsonl"), String.join("\n", lines));
        PromptReader prompts = new PromptReader(this.tokenizer, Optional.empty(), true, 20, 1);
        return new AnswerReader(prompts, 97, 30, 8).read(List.of(file));
    }

    @Test
    void answersAreReadInTheirOrderAndCutToWhatIsAskedFor() throws IOException {
        List<WrittenAnswer> answers = answers("{\"prompt\": \"abc\", \"tokens\": [5, 6], \"text\": \"x\"}",
                "{\"prompt\": \"" + "x".repeat(40) + "\", \"tokens\": [5]}", "{\"prompt\": \"d\", \"tokens\": []}",
                "{\"prompt\": \"e\", \"tokens\": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}");
        assertThat(answers).extracting((answer) -> this.tokenizer.decode(answer.prompt())).containsExactly("abc", "e");
        assertThat(answers.get(0).tokens()).containsExactly(5, 6);
        assertThat(answers.get(1).tokens()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    }

    @Test
    void aLaterTurnIsReadWithTheOnesBeforeIt() throws IOException {
        Path file = Files.writeString(this.directory.resolve("turns.jsonl"), """
                {"prompt": "b", "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "x"}, \
                {"role": "user", "content": "b"}], "tokens": [5]}
                """);
        PromptReader prompts = new PromptReader(this.tokenizer,
                ChatTemplate.fromTokenizerConfig(this.directory.resolve("model")), false, 200, 1);
        assertThat(new AnswerReader(prompts, 97, 300, 8).read(List.of(file))).singleElement()
            .satisfies((answer) -> assertThat(this.tokenizer.decode(answer.prompt()))
                .isEqualTo("user: a assistant: x user: b a:"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            value = { "{'prompt': 'a'}|no \"tokens\"", "{'prompt': 'a', 'tokens': [97]}|has the token 97",
                    "{'prompt': 'a', 'tokens': [-1]}|has the token -1",
                    "{'prompt': 'a', 'tokens': ['b']}|has the token", "{'tokens': [1]}|neither",
                    "{'prompt': 'a', 'tokens': []}|no answer", "'nothing'|no \"tokens\"", "{'prompt'|is not JSON" },
            quoteCharacter = '~')
    void linesThatAreNoAnswersAreNamed(String line, String said) {
        assertThatThrownBy(() -> answers(line.replace('\'', '"'))).isInstanceOf(TrainingException.class)
            .hasMessageContaining(said)
            .hasMessageContaining("answers.jsonl");
    }

}
