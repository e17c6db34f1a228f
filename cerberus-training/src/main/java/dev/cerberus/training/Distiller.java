package dev.cerberus.training;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.djl.DjlTargetModel;
import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchDevice;
import dev.cerberus.djl.TorchRuntime;
import dev.cerberus.engine.ModelTexts;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.text.ChatTemplate;
import dev.cerberus.text.TextTokenizer;
import dev.cerberus.training.TrainingOptions.Distillation;

/**
 * Lets a target model continue the prompts of data files, or questions of its own. Used
 * by one thread.
 */
final class Distiller {

    private static final Logger LOGGER = LoggerFactory.getLogger(Distiller.class);

    private static final int PROMPT_SEED = 17;

    private static final long CACHE_BYTES = 1L << 30;

    private static final int LONGEST_BEGINNING = 512; // of a user's turn, tokens

    private static final int FEWEST_QUESTIONS = 64;

    /**
     * The day of templates that write today's date: on the next one, what was written
     * would not be found again.
     */
    private static final Clock DAY = Clock.fixed(Instant.parse("2025-01-01T12:00:00Z"), ZoneOffset.UTC);

    private final ModelDirectory model;

    private final ModelConfig config;

    private final Checkpoint checkpoint;

    private final TorchDevice device;

    private final Precision precision;

    Distiller(ModelDirectory model, Checkpoint checkpoint, TorchDevice device, Precision precision) {
        this.model = model;
        this.config = model.config();
        this.checkpoint = checkpoint;
        this.device = device;
        this.precision = precision;
    }

    /**
     * Returns the number format that a target writes in.
     * @param name {@code auto} for what is served by default, {@code fp32}, {@code bf16},
     * {@code fp16} or {@code int8}
     * @param device where it will run
     * @throws dev.cerberus.model.ModelException if the device can not do that
     */
    static Precision precision(String name, TorchDevice device) {
        Precision precision = switch (name) {
            case "fp32" -> Precision.FP32;
            case "bf16" -> Precision.BF16;
            case "fp16" -> Precision.FP16;
            case "int8" -> Precision.INT8;
            default -> device.fastestPrecision();
        };
        device.requireSupport(precision);
        return precision;
    }

    /**
     * Writes what is not written yet.
     * @param data files with prompts; none to let the model ask itself
     * @param options what to write
     * @param seed of the sampled continuations
     * @param work folder for the text
     * @return files that {@link DistilledText} reads
     */
    List<Path> distill(List<Path> data, Distillation options, long seed, Path work) {
        try {
            return options.answered() ? read(data, options, work) : write(data, options, seed, work);
        }
        finally {
            if (options.fastestThreads()) {
                TorchRuntime.useThreads(1); // what was fastest for a forward may not be
                                            // for what follows
            }
        }
    }

    private List<Path> write(List<Path> data, Distillation options, long seed, Path work) {
        int capacity = Math.min(context(options),
                Math.max(LONGEST_BEGINNING, options.maxPromptTokens()) + options.maxNewTokens());
        try (LazyTarget target = target(capacity, options)) {
            return write(data, options, seed, work, target);
        }
    }

    private List<Path> write(List<Path> data, Distillation options, long seed, Path work, LazyTarget target) {
        int context = context(options);
        int maxPrompt = Math.min(options.maxPromptTokens(), context - 1);
        List<int[]> prompts;
        Set<Integer> endOfSequence;
        try (TextTokenizer tokenizer = ModelTexts.tokenizer(this.model)) {
            Optional<ChatTemplate> template = template(options);
            endOfSequence = ModelTexts.endOfTurn(this.model, tokenizer, template);
            PromptReader reader = new PromptReader(tokenizer, template, options.raw(), maxPrompt, PROMPT_SEED);
            // a longer training before this one may have left more questions
            prompts = data.isEmpty()
                    ? reader.readFirst(questions(options, seed, work, tokenizer, template, endOfSequence, target),
                            questionCount(options))
                    : reader.read(data);
            LOGGER.info("{} prompts, {} more are longer than {} tokens", prompts.size(), reader.tooLong(), maxPrompt);
        }
        int longest = prompts.stream().mapToInt((ids) -> ids.length).max().orElseThrow();
        int capacity = Math.min(context, longest + options.maxNewTokens());
        long slotBytes = (long) capacity * this.config.layers() * 2 * this.config.keyValueSize() * Float.BYTES;
        // Sequences of full length that have room: text is found again under this name.
        long slots = Math.max(1, Math.min(options.slots(), CACHE_BYTES / slotBytes));
        SelfDistillation distillation = new SelfDistillation(options, prompts, endOfSequence, capacity,
                this.config.hiddenSize(), seed, work, writer(options) + " " + slots);
        return distillation.run(() -> writer(target, options, options.maxNewTokens(), endOfSequence));
    }

    private Optional<ChatTemplate> template(Distillation options) {
        return ModelTexts.chatTemplate(this.model, options.chatTemplate()).map((template) -> template.withClock(DAY));
    }

    /**
     * Returns the context that the target will be served with.
     * @throws TrainingException if the model was made for less
     */
    private int context(Distillation options) {
        int limit = this.config.contextTokens();
        int context = options.maxContext().orElse(limit);
        if (context > limit) {
            throw new TrainingException("A context of " + context + " tokens is asked for, but the model was made for "
                    + "at most " + limit + "; lower --max-context");
        }
        return context;
    }

    /** Returns what decides the text of a prompt; text is found again under this name. */
    private String writer(Distillation options) {
        return this.checkpoint.sha256() + " " + this.precision + rotation(options);
    }

    /** Returns what the context decides of how the model writes; for most nothing. */
    private String rotation(Distillation options) {
        int rotated = this.config.contextRotatedLike(context(options), 1);
        return (rotated > 1) ? " rotated for " + rotated : "";
    }

    private LazyTarget target(int capacity, Distillation options) {
        return new LazyTarget(() -> {
            DjlTargetModel target = DjlTargetModel.load(this.config, this.checkpoint,
                    this.config.contextRotatedLike(context(options), capacity), this.device, this.precision);
            if (options.fastestThreads()) {
                target.useFastestThreads();
            }
            return target;
        });
    }

    private TextWriter writer(LazyTarget target, Distillation options, int maxNewTokens, Set<Integer> endOfSequence) {
        return new TextWriter(target.get(), options.slots(), CACHE_BYTES, maxNewTokens, endOfSequence);
    }

    /** Computes the states of answers, as far as they are not there. */
    private List<Path> read(List<Path> data, Distillation options, Path work) {
        int context = context(options);
        List<WrittenAnswer> answers;
        try (TextTokenizer tokenizer = ModelTexts.tokenizer(this.model)) {
            PromptReader prompts = new PromptReader(tokenizer, template(options), options.raw(),
                    Math.min(options.maxPromptTokens(), context - 1), PROMPT_SEED);
            answers = new AnswerReader(prompts, this.config.vocabularySize(), context, options.maxNewTokens())
                .read(data);
            LOGGER.info("{} answers, {} more have a longer prompt than {} tokens", answers.size(), prompts.tooLong(),
                    options.maxPromptTokens());
        }
        AnsweredText text = new AnsweredText(options, answers, this.config.hiddenSize(), work, writer(options));
        try (LazyTarget target = target(text.longest(), options)) {
            return text.run(target::get);
        }
    }

    /** Lets the model write the questions, as far as they are not there. */
    private Path questions(Distillation options, long seed, Path work, TextTokenizer tokenizer,
            Optional<ChatTemplate> template, Set<Integer> endOfTurn, LazyTarget target) {
        UserTurn turn = template.filter((found) -> !options.raw())
            .flatMap(UserTurn::of)
            .orElseThrow(() -> new TrainingException(
                    options.raw() ? "Without a chat template a model can not ask itself; give prompts to --data"
                            : "The model has no chat template that begins a user's turn, so it can not ask itself; "
                                    + "give prompts to --data, or name a template with --chat-template"));
        QuestionWriter questions = new QuestionWriter(turn, tokenizer, endOfTurn, seed);
        int longest = Math.min(options.maxNewTokens(), options.maxPromptTokens());
        String name = new Fingerprint().add(String.join("|", this.checkpoint.sha256(),
                this.precision + rotation(options), Long.toString(seed), turn.beginning(), Integer.toString(longest)))
            .name();
        Path file = work.resolve("questions-" + name + ".jsonl");
        questions.write(questionCount(options), file, () -> writer(target, options, longest, endOfTurn));
        return file;
    }

    /*
     * Enough for each to be answered once or twice. A power of two, so that a training
     * with somewhat more text has the same questions, and finds what is written.
     */
    private static int questionCount(Distillation options) {
        int needed = Math.max(FEWEST_QUESTIONS, options.tokens() / options.maxNewTokens());
        return Integer.highestOneBit(2 * needed - 1);
    }

}
