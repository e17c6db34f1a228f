import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.cerberus.decode.DecodeStatistics;
import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineDescription;
import dev.cerberus.engine.EngineOptions;
import dev.cerberus.engine.EngineOptions.HeadsOptions;
import dev.cerberus.engine.EngineOptions.MemoryOptions;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.Prompt;
import dev.cerberus.gate.GateMode;
import dev.cerberus.training.evaluation.Conversation;
import dev.cerberus.training.evaluation.PromptFile;

/**
 * A loaded engine that does what each line of standard input asks and says so in a line of standard output, so that
 * another program can take turns with it.
 *
 * <pre>
 * java -cp … CerberusWorker.java '{"model": FILE, "heads": FILE, "memory": FILE, "precision": NAME, "threads": N}'
 * </pre>
 *
 * Lines are JSON. The first one that it writes tells what is loaded; {@code error} in a line tells what went wrong.
 */
/*
 * The engine is opened as the command line opens it for "cerberus bench": no prompt cache, one request at a time, no
 * memory of its own answers. Otherwise a later measurement of a prompt would profit from an earlier one.
 */
public final class CerberusWorker {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final CerberusEngine engine;

    private CerberusWorker(CerberusEngine engine) {
        this.engine = engine;
    }

    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.setOut(System.err); // whatever else is printed is no answer
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (CerberusEngine engine = CerberusEngine.open(options(MAPPER.readTree(arguments[0])))) {
            CerberusWorker worker = new CerberusWorker(engine);
            out.println(worker.loaded());
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.println(worker.answer(MAPPER.readTree(line)));
            }
        }
        catch (RuntimeException ex) {
            out.println(error(ex));
            System.exit(1);
        }
    }

    private static EngineOptions options(JsonNode wanted) {
        return EngineOptions.builder(wanted.path("model").textValue())
            .heads(HeadsOptions.at(Optional.ofNullable(wanted.path("heads").textValue()), OptionalInt.empty()))
            .memory(new MemoryOptions(!"none".equals(wanted.path("memory").textValue()),
                    Optional.ofNullable(wanted.path("memory").textValue()).filter((name) -> !name.equals("none"))))
            .precision(wanted.path("precision").textValue())
            .threads(OptionalInt.of(wanted.path("threads").intValue()))
            .prefixCache(false)
            .maxConcurrent(1)
            .requestTimeout(Duration.ofDays(1))
            .build();
    }

    private ObjectNode loaded() {
        EngineDescription model = this.engine.description();
        ObjectNode line = MAPPER.createObjectNode()
            .put("model", model.modelName())
            .put("precision", model.precision())
            .put("device", model.device())
            .put("chat", model.chat())
            .put("maxContext", model.dimensions().maxContext())
            .put("heads", model.heads().isPresent())
            .put("memoryTokens", model.memoryTokens())
            .put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
        model.notes().forEach(line.putArray("notes")::add);
        return line;
    }

    private ObjectNode answer(JsonNode asked) {
        try {
            return switch (asked.path("do").textValue()) {
                case "questions" -> questions(asked);
                case "encode" -> encoded(this.engine.encode(
                        prompt(new Conversation("1", "text", List.of(asked.path("text").textValue())), 0, List.of())));
                case "generate" -> generated(asked);
                default -> throw new IllegalArgumentException("unknown request " + asked);
            };
        }
        catch (RuntimeException ex) {
            return error(ex);
        }
    }

    /** Reads a prompt file and writes out what the model sees at every turn; answers between turns are plain ones. */
    private ObjectNode questions(JsonNode asked) {
        ObjectNode line = MAPPER.createObjectNode();
        ArrayNode questions = line.putArray("questions");
        List<Conversation> conversations = PromptFile.read(Path.of(asked.path("file").textValue()));
        int limit = Math.min(asked.path("limit").intValue(), conversations.size());
        for (Conversation conversation : conversations.subList(0, limit)) {
            int turns = Math.min(asked.path("turns").intValue(), conversation.turns().size());
            List<String> answers = new ArrayList<>();
            for (int turn = 0; turn < turns; turn++) {
                int[] ids = this.engine.encode(prompt(conversation, turn, answers));
                questions.add(encoded(ids).put("id", conversation.id())
                    .put("turn", turn + 1)
                    .put("category", conversation.category()));
                if (turn + 1 < turns) {
                    answers.add(generate(ids, GateMode.NEVER, asked.path("maxTokens").intValue()).text());
                }
            }
        }
        return line;
    }

    private Prompt prompt(Conversation conversation, int turn, List<String> answers) {
        return conversation.prompt(turn, answers, !this.engine.description().chat());
    }

    private static ObjectNode encoded(int[] ids) {
        ObjectNode line = MAPPER.createObjectNode();
        IntStream.of(ids).forEach(line.putArray("ids")::add);
        return line;
    }

    private ObjectNode generated(JsonNode asked) {
        int[] ids = IntStream.range(0, asked.path("ids").size()).map((i) -> asked.path("ids").get(i).intValue()).toArray();
        GateMode gate = GateMode.valueOf(asked.path("gate").textValue().toUpperCase(Locale.ROOT));
        GenerationResult result = generate(ids, gate, asked.path("maxTokens").intValue());
        DecodeStatistics statistics = result.statistics();
        ObjectNode line = MAPPER.createObjectNode();
        IntStream.of(result.tokens()).forEach(line.putArray("tokens")::add);
        return line.put("finish", result.finishReason().name().toLowerCase(Locale.ROOT))
            .put("firstTokenSeconds", result.timeToFirstTokenSeconds())
            .put("decodeSeconds", result.seconds() - result.timeToFirstTokenSeconds())
            .put("ownSeconds", statistics.decodeSeconds())
            .put("steps", statistics.steps());
    }

    private GenerationResult generate(int[] ids, GateMode gate, int maxTokens) {
        return this.engine.generate(GenerationRequest.greedy(new Prompt.Tokens(ids), maxTokens)
            .withGate(GateOptions.DEFAULT.withMode(gate)));
    }

    private static ObjectNode error(RuntimeException ex) {
        return MAPPER.createObjectNode()
            .put("error", (ex.getMessage() != null) ? ex.getMessage() : ex.getClass().getSimpleName());
    }

}
