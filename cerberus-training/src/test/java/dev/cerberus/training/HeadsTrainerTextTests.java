package dev.cerberus.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineOptions;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.Prompt;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.SafetensorsWriter;
import dev.cerberus.model.HeadsKind;
import dev.cerberus.model.ModelException;
import dev.cerberus.training.TrainingOptions.Distillation;
import dev.cerberus.training.TrainingOptions.HeadsShape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What text a training writes or takes, and what it does not learn. */
class HeadsTrainerTextTests extends AbstractHeadsTrainerTests {

    private static final int END = 2; // the model's eos_token_id

    @Test
    void textOfAModelThatHasLostItsNumbersIsNotWritten() {
        Path model = directory().resolve("model");
        SafetensorsWriter writer = new SafetensorsWriter();
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            for (String name : checkpoint.names()) {
                float[] values = checkpoint.floats(name);
                if (name.equals("model.norm.weight")) {
                    Arrays.fill(values, 1e38f); // hidden states overflow
                }
                writer.add(name, checkpoint.info(name).dtype(), checkpoint.info(name).dimensions(), values);
            }
            writer.write(model.resolve("model.safetensors"));
        }
        TrainingOptions options = options("heads.safetensors", HeadsShape.of(HeadsKind.CERBERUS), steps(5), false,
                false);
        assertThatThrownBy(() -> HeadsTrainer.train(options)).isInstanceOf(ModelException.class)
            .hasMessageContaining("are not numbers");
    }

    @ParameterizedTest
    @ValueSource(ints = { 1024, 600 })
    void textOfAModelWithLongRopeIsWhatItAnswersWhereItIsServed(int served) throws IOException {
        Path model = directory().resolve("model");
        Path config = model.resolve("config.json");
        Files.writeString(config,
                Files.readString(config)
                    .replaceFirst("\"rope_theta\": 10000.0", """
                            "rope_theta": 10000.0,
                            "original_max_position_embeddings": 600, "rope_scaling": {"type": "longrope",
                             "short_factor": [1, 1, 1, 1], "long_factor": [9, 9, 9, 9]}""")
                    .replaceFirst("\"max_position_embeddings\": 128", "\"max_position_embeddings\": 1024"));
        OptionalInt context = (served == 1024) ? OptionalInt.empty() : OptionalInt.of(served);
        MemoryMaker.make(memory(directory().resolve("prompts.jsonl"),
                new Distillation(1000, 64, 24, 0, 0.7, 8, true, false, false).withMaxContext(context)));
        Set<List<Integer>> written = new HashSet<>();
        for (Path part : parts("work")) {
            DistilledText text = new DistilledText(List.of(part), ModelConfig.read(model).hiddenSize(), 1);
            for (int from = 0; from < text.size(); from += text.labels(from) + 1) {
                written.add(IntStream.rangeClosed(from, from + text.labels(from))
                    .map(text::token)
                    .filter((token) -> token != END) // no part of an answer
                    .boxed()
                    .toList());
            }
        }
        List<List<Integer>> answered = new ArrayList<>();
        try (CerberusEngine engine = CerberusEngine
            .open(EngineOptions.builder(model.toString()).precision("fp32").maxContext(context).build())) {
            for (int i = 0; i < 40; i++) {
                int[] tokens = engine.generate(GenerationRequest.greedy(new Prompt.Raw("question " + i), 24)).tokens();
                answered.add(Arrays.stream(tokens).boxed().toList());
            }
        }
        assertThat(answered).containsAll(written);
    }

    @Test
    void withoutDataTheModelAsksItself() throws IOException {
        TrainingOptions options = withoutData();
        HeadsTrainer.train(options);
        Path file = questions();
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(128).doesNotHaveDuplicates().allMatch((line) -> line.contains("\"prompt\""));
        assertThat(options.out()).isNotEmptyFile();
        // An interrupted writer goes on with what a whole one would have written.
        Files.write(file, lines.subList(0, 30));
        HeadsTrainer.train(options);
        assertThat(Files.readAllLines(file)).isEqualTo(lines);
    }

    @Test
    void chatsOfAModelWithoutTemplateAreRenderedWithTheOneNamed() throws IOException {
        Files.delete(directory().resolve("model").resolve("tokenizer_config.json"));
        Path chats = Files.writeString(directory().resolve("chats.jsonl"), """
                {"conversations": [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "yo"}]}
                """.repeat(20));
        Distillation writing = new Distillation(1000, 500, 24, 0.5, 0.7, 8, false, false, false);
        assertThatThrownBy(() -> MemoryMaker.make(memory(chats, writing))).isInstanceOf(TrainingException.class)
            .hasMessageContaining("no chat template")
            .hasMessageContaining("--chat-template");
        assertThat(MemoryMaker.make(memory(chats, writing.withChatTemplate(Optional.of("vicuna"))))).isPositive();
    }

    @Test
    void textOfATemplateThatWritesTheTimeIsFoundAgain() throws IOException {
        Path template = Files.writeString(directory().resolve("dated.jinja"),
                "{{ strftime_now('%Y-%m-%d %H:%M:%S.%f') }}{% for m in messages %}{{ m.role }}: {{ m.content }} "
                        + "{% endfor %}{% if add_generation_prompt %}a:{% endif %}");
        Distillation writing = new Distillation(1000, 500, 24, 0.5, 0.7, 8, false, false, false)
            .withChatTemplate(Optional.of(template.toString()));
        MemoryMaker.make(memory(directory().resolve("prompts.jsonl"), writing));
        MemoryMaker.make(memory(directory().resolve("prompts.jsonl"), writing));
        try (var files = Files.list(directory().resolve("work"))) {
            assertThat(files).as("on another day it would be the same text").hasSize(1);
        }
    }

    private MemoryMaker.Options memory(Path data, Distillation writing) {
        return new MemoryMaker.Options(directory().resolve("model").toString(), List.of(data),
                directory().resolve("memory.safetensors"), directory().resolve("work"), writing, 1, "cpu", "fp32");
    }

    @Test
    void questionsThatALongerTrainingAddedChangeNothing() throws IOException {
        TrainingOptions options = withoutData();
        HeadsTrainer.train(options);
        byte[] heads = Files.readAllBytes(options.out());
        Files.writeString(questions(), "{\"prompt\":\"one more\",\"attempt\":100000}\n", StandardOpenOption.APPEND);
        HeadsTrainer.train(options);
        try (var files = Files.list(options.work())) {
            assertThat(files.filter((file) -> file.getFileName().toString().startsWith("distilled-")))
                .as("the text that was there is used")
                .hasSize(1);
        }
        assertThat(options.out()).hasBinaryContent(heads);
    }

    @Test
    void answersThatAreLoopsAreToldAndNotLearned() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 160; i++) {
            int token = 5 + i % 80;
            lines.append("{\"prompt\": \"a\", \"tokens\": [")
                .append(IntStream.range(0, 60).mapToObj((k) -> String.valueOf(token)).collect(Collectors.joining(",")))
                .append("]}\n");
        }
        Path answers = Files.writeString(directory().resolve("loops.jsonl"), lines);
        TrainingOptions given = options("heads.safetensors", HeadsShape.of(HeadsKind.CERBERUS), steps(5), false, false);
        TrainingOptions options = new TrainingOptions(given.model(), List.of(answers), given.out(), given.work(),
                given.shape(), new Distillation(9600, 64, 60, 0.5, 0.7, 8, false, false, true), given.optimization(),
                given.device(), given.precision(), false);
        assertThatThrownBy(() -> HeadsTrainer.train(options)).isInstanceOf(TrainingException.class)
            .hasMessageContaining("100.0 % of the answers end in a loop")
            .hasMessageContaining("--temperature");
        assertThat(given.out()).doesNotExist();
    }

    private TrainingOptions withoutData() {
        TrainingOptions given = options("asked.safetensors", HeadsShape.of(HeadsKind.CERBERUS), steps(20), false,
                false);
        return new TrainingOptions(given.model(), List.of(), given.out(), given.work(), given.shape(),
                given.distillation(), given.optimization(), given.device(), given.precision(), false);
    }

    private Path questions() throws IOException {
        try (var files = Files.list(directory().resolve("work"))) {
            return files.filter((file) -> file.getFileName().toString().startsWith("questions-"))
                .findFirst()
                .orElseThrow();
        }
    }

    @Test
    void damagedQuestionsOfItsOwnAreNamed() throws IOException {
        TrainingOptions options = withoutData();
        HeadsTrainer.train(options);
        Files.writeString(questions(), "{\"prompt\": 3, \"attempt\": 1}\n");
        assertThatThrownBy(() -> HeadsTrainer.train(options)).isInstanceOf(TrainingException.class)
            .hasMessageContaining(questions().toString())
            .hasMessageContaining("--data");
    }

    @Test
    void withoutDataAModelWithoutChatTemplateSaysWhatIsMissing() throws IOException {
        Files.delete(directory().resolve("model").resolve("tokenizer_config.json"));
        TrainingOptions options = withoutData();
        assertThatThrownBy(() -> HeadsTrainer.train(options)).isInstanceOf(TrainingException.class)
            .hasMessageContaining("no chat template")
            .hasMessageContaining("--data");
    }

    @Test
    void distillationWhenDoneAlreadyIsNotRepeated() throws IOException {
        HeadsTrainer.train(options("one.safetensors", HeadsShape.of(HeadsKind.CERBERUS), steps(20), false, false));
        List<Path> parts = parts("work");
        List<Object> times = new ArrayList<>();
        for (Path part : parts) {
            times.add(Files.getLastModifiedTime(part));
        }
        HeadsTrainer.train(options("two.safetensors", HeadsShape.of(HeadsKind.MEDUSA), steps(20), false, false));
        assertThat(parts("work")).isEqualTo(parts);
        for (int i = 0; i < parts.size(); i++) {
            assertThat(Files.getLastModifiedTime(parts.get(i))).isEqualTo(times.get(i));
        }
    }

}
