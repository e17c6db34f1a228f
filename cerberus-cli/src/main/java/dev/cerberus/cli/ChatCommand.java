package dev.cerberus.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.cerberus.decode.PromptTooLongException;
import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineDescription;
import dev.cerberus.engine.EngineOptions;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.Prompt;
import dev.cerberus.gate.GateMode;
import dev.cerberus.text.ChatMessage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Command that talks.
 */
@Command(name = "chat", mixinStandardHelpOptions = true, sortOptions = false,
        description = "A conversation, line by line: /new begins another, /bye ends it, /help lists these words.",
        footerHeading = "%nExamples:%n", footer = { "  cerberus chat", "  cerberus chat --model hf://ORG/NAME",
                "  cerberus chat --model DIR --system 'Answer in one sentence.' --temperature 0.7" })
final class ChatCommand implements Callable<Integer> {

    private static final String NEW = "/new";

    private static final String BYE = "/bye";

    private static final String WORDS = NEW + " begins another conversation, " + BYE + " ends";

    /** What is meant for this command and not for the model, such as /help or /exit. */
    private static final Pattern WORD = Pattern.compile("/[a-z?]+");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Option(names = "--system", paramLabel = "TEXT", description = "What the model is told before the conversation")
    private @Nullable String system;

    @Option(names = "--gate", paramLabel = "MODE", defaultValue = "adaptive",
            description = "never, always, threshold or adaptive; default: ${DEFAULT-VALUE}")
    private GateMode gate = GateMode.ADAPTIVE;

    @Option(names = { "-q", "--quiet" }, description = "No statistics on standard error")
    private boolean quiet;

    @Mixin
    private DecodingOptions decoding = new DecodingOptions();

    @Override
    public Integer call() throws IOException {
        this.decoding.check();
        this.decoding.checkBound(this.gate == GateMode.THRESHOLD, "--gate threshold");
        this.decoding.checkDrafts(this.gate != GateMode.NEVER, "--gate never", "--gate");
        try (CerberusEngine engine = this.model.open(options())) {
            Chats.require(engine.description(), false);
            talk(engine);
        }
        return 0;
    }

    /** A turn begins with those before it, whose keys and values are kept. */
    EngineOptions.Builder options() {
        return this.model.engine().prefixCache(true).maxNodes(this.decoding.maxNodes());
    }

    private void talk(CerberusEngine engine) throws IOException {
        BufferedReader in = CerberusCommand.input(this.spec);
        PrintWriter err = this.spec.commandLine().getErr();
        EngineDescription description = engine.description();
        err.println(description.modelName() + " in " + description.precision() + " on " + description.device() + ". "
                + WORDS + ".");
        List<ChatMessage> conversation = beginning();
        String line = ask(in);
        while (line != null && !line.strip().equals(BYE)) {
            if (line.strip().equals(NEW)) {
                conversation = beginning();
            }
            else if (WORD.matcher(line.strip()).matches()) {
                err.println(WORDS + "; other lines go to the model");
            }
            else if (!line.isBlank()) {
                answer(engine, conversation, line);
            }
            line = ask(in);
        }
    }

    private @Nullable String ask(BufferedReader in) throws IOException {
        PrintWriter err = this.spec.commandLine().getErr();
        err.print("> ");
        err.flush();
        return in.readLine();
    }

    private List<ChatMessage> beginning() {
        List<ChatMessage> conversation = new ArrayList<>();
        if (this.system != null) {
            conversation.add(ChatMessage.system(this.system));
        }
        return conversation;
    }

    private void answer(CerberusEngine engine, List<ChatMessage> conversation, String question) {
        PrintWriter out = this.spec.commandLine().getOut();
        PrintWriter err = this.spec.commandLine().getErr();
        conversation.add(ChatMessage.user(question));
        GenerationRequest request = new GenerationRequest(new Prompt.Chat(List.copyOf(conversation), List.of()),
                this.decoding.sampling(), this.decoding.maxTokens(), this.decoding.minTokens(), List.of(),
                Optional.of(this.decoding.gate(this.gate)), this.decoding.shape(), this.decoding.requestedNodes(),
                this.decoding.drafting());
        try {
            GenerationResult result = engine.generate(request, (text, origin) -> {
                out.print(text);
                out.flush();
            });
            out.println();
            conversation.add(ChatMessage.assistant(result.text()));
            if (!this.quiet) {
                err.println(Speed.of(List.of(result)));
            }
        }
        catch (PromptTooLongException ex) {
            conversation.remove(conversation.size() - 1);
            err.println("cerberus: " + Failures.line(ex, this.spec) + "; or begin another conversation with " + NEW);
        }
    }

}
