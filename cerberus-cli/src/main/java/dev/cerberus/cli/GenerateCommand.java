package dev.cerberus.cli;

import java.io.BufferedReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

import dev.cerberus.decode.DecodeStatistics;
import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.Prompt;
import dev.cerberus.engine.TextGenerator;
import dev.cerberus.engine.TokenProbability;
import dev.cerberus.gate.GateMode;
import dev.cerberus.training.evaluation.Conversation;
import dev.cerberus.training.evaluation.PromptFile;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Command that answers prompts.
 */
@Command(name = "generate", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Answers a prompt, or those of a file.", footerHeading = "%nExamples:%n",
        footer = { "  cerberus generate --prompt 'What is photosynthesis?'",
                "  cerberus generate --model DIR --prompt - < letter.txt",
                "  cerberus generate --model DIR --prompts prompts.jsonl --json > answers.jsonl" })
final class GenerateCommand implements Callable<Integer> {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Input input = new Input();

    @Option(names = "--raw", description = "Send prompts as they are, without chat template")
    private boolean raw;

    @Option(names = "--gate", paramLabel = "MODE", defaultValue = "adaptive",
            description = "never, always, threshold or adaptive; default: ${DEFAULT-VALUE}")
    private GateMode gate = GateMode.ADAPTIVE;

    @Option(names = "--json", description = "Print one line of JSON per prompt")
    private boolean json;

    @Option(names = "--logprobs", paramLabel = "N",
            description = "With --json: tell how probable each token was, and the N most probable ones, 0..20")
    private @Nullable Integer logprobs;

    @Option(names = { "-q", "--quiet" }, description = "No statistics on standard error")
    private boolean quiet;

    @Mixin
    private DecodingOptions decoding = new DecodingOptions();

    /**
     * Where prompts come from.
     */
    static final class Input {

        @Option(names = "--prompt", order = -10, paramLabel = "TEXT", description = "The prompt, - for standard input")
        private @Nullable String prompt;

        @Option(names = "--prompts", paramLabel = "FILE", order = -9,
                description = "Prompts as JSON lines: {\"prompt\",\"category\"}, or with turns as in MT-Bench")
        private @Nullable Path prompts;

        List<Conversation> read(BufferedReader in) {
            if (this.prompts != null) {
                return PromptFile.read(this.prompts);
            }
            String text = (this.prompt == null) ? "" : this.prompt;
            if (text.equals("-")) {
                text = in.lines().collect(Collectors.joining("\n"));
            }
            return List.of(new Conversation("1", "prompt", List.of(text)));
        }

    }

    @Override
    public Integer call() {
        this.decoding.check();
        this.decoding.checkBound(this.gate == GateMode.THRESHOLD, "--gate threshold");
        this.decoding.checkDrafts(this.gate != GateMode.NEVER, "--gate never", "--gate");
        if (this.logprobs != null
                && (!this.json || this.logprobs < 0 || this.logprobs > GenerationRequest.MOST_LOGPROBS)) {
            throw new ParameterException(this.spec.commandLine(),
                    "--logprobs takes 0.." + GenerationRequest.MOST_LOGPROBS + " and needs --json");
        }
        List<Conversation> conversations = this.input.read(CerberusCommand.input(this.spec));
        try (CerberusEngine engine = this.model.open(this.model.engine().maxNodes(this.decoding.maxNodes()))) {
            Chats.require(engine.description(), this.raw);
            List<GenerationResult> results = new ArrayList<>();
            for (Conversation conversation : conversations) {
                results.addAll(answer(engine, conversation, conversations.size() == 1));
            }
            if (!this.json && !this.quiet) {
                this.spec.commandLine().getErr().println(Speed.of(results));
            }
        }
        return 0;
    }

    private List<GenerationResult> answer(TextGenerator engine, Conversation conversation, boolean alone) {
        PrintWriter out = this.spec.commandLine().getOut();
        List<String> answers = new ArrayList<>();
        List<GenerationResult> results = new ArrayList<>();
        for (int turn = 0; turn < conversation.turns().size(); turn++) {
            Prompt prompt = conversation.prompt(turn, answers, this.raw);
            GenerationRequest request = new GenerationRequest(prompt, this.decoding.sampling(),
                    this.decoding.maxTokens(), this.decoding.minTokens(), List.of(),
                    Optional.of(this.decoding.gate(this.gate)), this.decoding.shape(), this.decoding.requestedNodes(),
                    this.decoding.drafting());
            if (this.logprobs != null) {
                request = request.withLogprobs(this.logprobs);
            }
            String asked = conversation.turns().get(turn);
            GenerationResult result;
            try {
                if (this.json) {
                    result = engine.generate(request);
                    out.println(line(asked, (turn > 0) ? Optional.of(prompt) : Optional.empty(), result));
                }
                else {
                    if (!alone || turn > 0) {
                        out.println("> " + asked);
                    }
                    result = engine.generate(request, (text, origin) -> {
                        out.print(text);
                        out.flush();
                    });
                    out.println();
                }
            }
            catch (IllegalArgumentException ex) {
                throw (this.input.prompts != null) ? conversation.refused(turn, ex) : ex;
            }
            out.flush();
            answers.add(result.text());
            results.add(result);
        }
        return results;
    }

    private static ObjectNode put(ObjectNode node, TokenProbability known) {
        return node.put("token", known.token()).put("text", known.text()).put("logprob", known.logprob());
    }

    /**
     * Returns the line of an answer.
     * @param said what the user said
     * @param whole what the model was asked, where that is more; told so that what is
     * made of the line knows what was answered
     * @param result the answer
     */
    private static String line(String said, Optional<Prompt> whole, GenerationResult result) {
        DecodeStatistics statistics = result.statistics();
        String prompt = (whole.isPresent() && whole.get() instanceof Prompt.Raw raw) ? raw.text() : said;
        ObjectNode line = MAPPER.createObjectNode().put("prompt", prompt);
        if (whole.isPresent() && whole.get() instanceof Prompt.Chat chat) {
            ArrayNode messages = line.putArray("messages");
            chat.messages()
                .forEach((message) -> messages.addObject()
                    .put("role", message.role().name().toLowerCase(Locale.ROOT))
                    .put("content", message.content()));
        }
        ArrayNode tokens = line.putArray("tokens");
        for (int token : result.tokens()) {
            tokens.add(token);
        }
        line.put("text", result.text())
            .put("finishReason", result.finishReason().name().toLowerCase(Locale.ROOT))
            .put("promptTokens", statistics.promptTokens())
            .put("outputTokens", result.tokens().length)
            .put("steps", statistics.steps())
            .put("draftSteps", statistics.draftSteps())
            .put("acceptedDraftTokens", statistics.acceptedDraftTokens())
            .put("prefillSeconds", statistics.prefillSeconds())
            .put("seconds", statistics.decodeSeconds());
        if (!result.logprobs().isEmpty()) {
            ArrayNode all = line.putArray("logprobs");
            result.logprobs().forEach((known) -> {
                ObjectNode node = put(all.addObject(), known);
                ArrayNode top = node.putArray("top");
                known.alternatives().forEach((other) -> put(top.addObject(), other));
            });
        }
        try {
            return MAPPER.writeValueAsString(line);
        }
        catch (JsonProcessingException ex) {
            throw new IllegalStateException("An answer can not be written as JSON: " + ex.getMessage(), ex);
        }
    }

}
