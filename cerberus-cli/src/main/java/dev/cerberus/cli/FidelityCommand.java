package dev.cerberus.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.djl.DjlTargetModel;
import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchDevice;
import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineOptions;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.Prompt;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.model.ModelException;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.text.ChatMessage;
import dev.cerberus.text.TextTokenizer;
import dev.cerberus.training.evaluation.Conversation;
import dev.cerberus.training.evaluation.Fidelity;
import dev.cerberus.training.evaluation.Fidelity.ScoredText;
import dev.cerberus.training.evaluation.FidelityFile;
import dev.cerberus.training.evaluation.PromptFile;
import dev.cerberus.training.evaluation.TextFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Command that compares a model's number formats with fp32.
 */
@Command(name = "fidelity", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Says how far a model in each number format is from itself in fp32, on its own answers and on text.",
        footerHeading = "%nExamples:%n",
        footer = { "  cerberus fidelity --model DIR --prompts prompts.jsonl --text book.txt",
                "  cerberus fidelity --model DIR --text book.txt --precision int8", "",
                "Compares all formats that the device computes in, or the one of --precision." })
final class FidelityCommand implements Callable<Integer> {

    /** Tokens of a piece of text, read without what stands before it. */
    private static final int PIECE = 500;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Option(names = "--prompts", paramLabel = "FILE",
            description = "Prompts as for bench; their first turns are answered in fp32 and the answers compared")
    private @Nullable Path prompts;

    @Option(names = "--text", paramLabel = "FILE",
            description = "Plain text to compare on, read in pieces of 500 tokens")
    private @Nullable Path text;

    @Option(names = "--max-tokens", paramLabel = "N", defaultValue = "64",
            description = "Longest answer; default: ${DEFAULT-VALUE}")
    private int maxTokens = 64;

    @Option(names = "--max-text", paramLabel = "N", defaultValue = "2000",
            description = "Tokens of text at most; default: ${DEFAULT-VALUE}")
    private int maxText = 2000;

    @Option(names = "--save", description = "Keeps the result beside the model, where cerberus info shows it")
    private boolean save;

    @Override
    public Integer call() {
        if (this.prompts == null && this.text == null) {
            throw new ParameterException(this.spec.commandLine(), "Missing option: --prompts FILE or --text FILE");
        }
        if (this.maxTokens < 1 || this.maxText < 2) {
            throw new ParameterException(this.spec.commandLine(),
                    "--max-tokens must be at least 1 and --max-text at least 2, were " + this.maxTokens + " and "
                            + this.maxText);
        }
        Optional<Precision> only = this.model.precision();
        if (only.equals(Optional.of(Precision.FP32))) {
            throw new ParameterException(this.spec.commandLine(),
                    "--precision fp32 is what the others are compared with; name another, or leave it out for all");
        }
        List<Conversation> conversations = (this.prompts != null) ? PromptFile.read(this.prompts) : List.of();
        Optional<String> plain = Optional.ofNullable(this.text).map(FidelityCommand::read);
        ModelDirectory directory = ModelDirectory.open(this.model.location());
        Path file = directory.path().resolve(FidelityFile.NAME);
        if (this.save) {
            Destination.requireFixed(this.spec, "--save", file);
            FidelityFile.requireNoOther(file);
        }
        TorchDevice device = this.model.torchDevice();
        only.ifPresent(device::requireSupport);
        List<ScoredText> texts = new ArrayList<>();
        ModelConfig config = directory.config();
        EngineOptions.Builder options = this.model.engine().precision("fp32");
        // a book may be longer than any request
        plain.ifPresent((content) -> options.maxInputCharacters(OptionalInt.of(content.length())));
        try (CerberusEngine engine = CerberusEngine.open(options.build())) {
            if (!conversations.isEmpty()) {
                texts.addAll(answers(engine, conversations));
            }
            int piece = Math.min(PIECE, config.contextTokens());
            plain.ifPresent((content) -> texts.addAll(pieces(engine.encode(new Prompt.Raw(content)), piece)));
        }
        if (texts.isEmpty()) {
            throw new ModelException("The model answers " + this.prompts
                    + " with nothing, so there is nothing to compare; name other prompts, or a --text");
        }
        PrintWriter out = this.spec.commandLine().getOut();
        out.println("| precision | KL (nats) | first choice equal | perplexity | fp32 |");
        out.println("|---|---:|---:|---:|---:|");
        int context = config.contextRotatedLike(options.build().maxContext().orElse(config.contextTokens()),
                texts.stream().mapToInt((piece) -> piece.tokens().length).max().orElseThrow());
        try (Checkpoint checkpoint = directory.openCheckpoint();
                DjlTargetModel reference = DjlTargetModel.load(config, checkpoint, context, device, Precision.FP32)) {
            for (Precision precision : device.precisions()) {
                if (precision != Precision.FP32 && precision == only.orElse(precision)) {
                    try (DjlTargetModel other = DjlTargetModel.load(config, checkpoint, context, device, precision)) {
                        Fidelity fidelity = Fidelity.measure(reference, other, texts);
                        if (this.save) { // the next one may take an hour
                            FidelityFile.add(file, Map.of(device.arithmetic(precision), fidelity));
                        }
                        row(out, precision, fidelity);
                    }
                }
            }
        }
        if (this.save) {
            out.println("Kept in " + file);
        }
        out.flush();
        return 0;
    }

    private static String read(Path file) {
        String content = TextFile.read("text", file);
        if (content.isBlank()) {
            throw new ModelException("The text " + file + " is empty; name another");
        }
        return beginning(content);
    }

    /** More than can be tokenized is far more than is read of a text. */
    private static String beginning(String content) {
        if (content.length() <= TextTokenizer.MAX_CHARACTERS) {
            return content;
        }
        int end = TextTokenizer.MAX_CHARACTERS;
        return content.substring(0, Character.isHighSurrogate(content.charAt(end - 1)) ? end - 1 : end);
    }

    private List<ScoredText> answers(CerberusEngine engine, List<Conversation> conversations) {
        Chats.require(engine.description(), false);
        List<ScoredText> answers = new ArrayList<>();
        for (Conversation conversation : conversations) {
            Prompt prompt = new Prompt.Chat(List.of(ChatMessage.user(conversation.turns().get(0))), List.of());
            int[] before;
            int[] answer;
            try {
                before = engine.encode(prompt);
                answer = engine
                    .generate(new GenerationRequest(prompt, SamplingOptions.GREEDY, this.maxTokens, 0, List.of(),
                            Optional.empty(), Optional.empty(), Optional.empty(), DraftingOptions.DEFAULT))
                    .tokens();
            }
            catch (IllegalArgumentException ex) {
                throw conversation.refused(0, ex);
            }
            int[] whole = Arrays.copyOf(before, before.length + answer.length);
            System.arraycopy(answer, 0, whole, before.length, answer.length);
            if (answer.length > 0) {
                answers.add(new ScoredText(whole, before.length));
            }
        }
        return answers;
    }

    private List<ScoredText> pieces(int[] tokens, int longest) {
        List<ScoredText> pieces = new ArrayList<>();
        int end = Math.min(tokens.length, this.maxText);
        for (int from = 0; from + 1 < end; from += longest) {
            pieces.add(new ScoredText(Arrays.copyOfRange(tokens, from, Math.min(from + longest, end)), 1));
        }
        if (pieces.isEmpty()) {
            throw new ModelException("The text " + this.text + " has fewer than two tokens; give a longer one");
        }
        return pieces;
    }

    private static void row(PrintWriter out, Precision precision, Fidelity fidelity) {
        out.println(String.format(Locale.ROOT, "| %s | %.5f | %.4f | %.3f | %.3f |",
                precision.name().toLowerCase(Locale.ROOT), fidelity.divergenceNats(), fidelity.agreement(),
                fidelity.perplexity(), fidelity.referencePerplexity()));
        out.flush();
    }

}
