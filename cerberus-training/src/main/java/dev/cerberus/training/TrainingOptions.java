package dev.cerberus.training;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

import dev.cerberus.djl.HeadsProgram;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;

/**
 * Everything that decides how heads come out. Immutable.
 *
 * @param model target model: a directory in Hugging Face layout, a GGUF file, a
 * {@code classpath:} resource or a name on a hub ({@code hf://})
 * @param data files with prompts: chats or prompts as JSON lines, or plain text; none to
 * let a chat model ask itself
 * @param out heads file to write
 * @param work folder for distilled text and checkpoints, to be shared by several
 * trainings for one target
 * @param shape what the heads look like
 * @param distillation how the target writes the text to learn from
 * @param optimization how the heads learn it
 * @param device device name as {@link dev.cerberus.djl.TorchDevice#of} takes it
 * @param precision {@code auto}, {@code fp32}, {@code bf16}, {@code fp16} or
 * {@code int8}: what the target writes in
 * @param resume whether to go on from the last checkpoint, if there is one
 */
public record TrainingOptions(String model, List<Path> data, Path out, Path work, HeadsShape shape,
        Distillation distillation, Optimization optimization, String device, String precision, boolean resume) {

    /**
     * Checks the values.
     */
    public TrainingOptions {
        data = List.copyOf(data);
        requireWritable(data, distillation, precision);
    }

    /**
     * Checks what decides the text.
     * @throws TrainingException if there is no such precision, or answers are to be taken
     * from no file
     */
    static void requireWritable(List<Path> data, Distillation distillation, String precision) {
        require(!distillation.answered() || !data.isEmpty(),
                "there are no answers; --answered needs files with answers in --data");
        require(List.of("auto", "fp32", "bf16", "fp16", "int8").contains(precision),
                "precision must be one of auto, fp32, bf16, fp16, int8, was '" + precision + "'");
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new TrainingException(message);
        }
    }

    /** Whose LM head maps a head's state to tokens. */
    public enum LmHead {

        /** The target's, frozen, shared by all heads. */
        SHARED,

        /** One copy of the target's, shared by all heads and trained with them. */
        TUNED,

        /** A copy of the target's for each head, trained with it. */
        OWN

    }

    /**
     * What the heads look like.
     *
     * @param kind family
     * @param rootConditioned whether blocks see the root token; empty for the kind's own
     * way
     * @param linked whether a block sees its neighbour's state
     * @param heads number of heads, 1..16
     * @param layers blocks per head, 1..8; empty for the kind's own number
     * @param draftVocabulary number of most frequent tokens that can be proposed; 0 for
     * all
     * @param lmHead whose LM head; empty for the kind's own way
     * @param transitionRank rank of the scores for one token to follow another, 0 for
     * none; empty for the kind's own way
     * @param temperature what the heads' scores are divided by when drafting, in (0, 100]
     */
    public record HeadsShape(HeadsKind kind, Optional<Boolean> rootConditioned, boolean linked, int heads,
            OptionalInt layers, int draftVocabulary, Optional<LmHead> lmHead, OptionalInt transitionRank,
            double temperature) {

        /**
         * Heads are surer than they are right on text unlike that which they learned
         * from, and sureness takes the place of other candidates.
         */
        public static final double DEFAULT_TEMPERATURE = 1.5;

        private static final int DEFAULT_RANK = 64;

        /** What settings and the names of all weights take, with room to spare. */
        private static final long CHECKPOINT_TEXT_BYTES = 1 << 16;

        /**
         * Checks the ranges.
         */
        public HeadsShape {
            require(heads >= 1 && heads <= 16, "heads must be in 1..16, was " + heads);
            require(layers.isEmpty() || (layers.getAsInt() >= 1 && layers.getAsInt() <= 8),
                    "layers must be in 1..8, was " + layers.orElse(0));
            require(draftVocabulary == 0 || draftVocabulary >= 2,
                    "the draft vocabulary must have at least 2 tokens, or 0 for all, was " + draftVocabulary);
            require(temperature > 0 && temperature <= 100,
                    "the heads' temperature must be in (0, 100], was " + temperature);
            require(transitionRank.isEmpty() || transitionRank.getAsInt() >= 0,
                    "the rank of the transitions must be 0 or more, was " + transitionRank.orElse(0));
            require(kind != HeadsKind.MEDUSA || !rootConditioned.orElse(false),
                    "medusa heads do not see the root token; leave out --condition or set it to none");
            require(kind != HeadsKind.HYDRA || transitionRank.orElse(0) == 0,
                    "hydra heads see the whole path already; leave out --transition-rank or set it to 0");
            require(kind != HeadsKind.HYDRA || rootConditioned.orElse(true),
                    "hydra heads always see the root token; leave out --condition or set it to root");
        }

        /**
         * Returns four heads of a kind with its defaults.
         * @param kind family
         * @return the shape
         */
        public static HeadsShape of(HeadsKind kind) {
            return new HeadsShape(kind, Optional.empty(), true, 4, OptionalInt.empty(), 1024, Optional.empty(),
                    OptionalInt.empty(), DEFAULT_TEMPERATURE);
        }

        boolean root() {
            return this.rootConditioned.orElse(this.kind != HeadsKind.MEDUSA);
        }

        /*
         * With the root token a second block gained less than it cost (docs/results.md);
         * without it, a lattice needs two for its links to mean anything.
         */
        int layerCount() {
            return this.layers.orElse((this.kind == HeadsKind.CERBERUS && !root()) ? 2 : 1);
        }

        /** Returns the rank of the transitions, which a single head has no use for. */
        int rank(int hiddenSize) {
            if (this.heads == 1) {
                return 0;
            }
            int rank = this.transitionRank
                .orElse((this.kind == HeadsKind.CERBERUS) ? Math.min(DEFAULT_RANK, hiddenSize) : 0);
            require(rank <= hiddenSize, "the rank of the transitions must be at most " + hiddenSize
                    + ", the model's hidden size, was " + rank);
            return rank;
        }

        /**
         * Describes heads of this shape.
         * @param hiddenSize width of the target's hidden state
         * @param vocabulary number of tokens that they can propose
         */
        HeadsDescription describe(int hiddenSize, int vocabulary) {
            return new HeadsDescription(this.kind, root(), this.kind == HeadsKind.CERBERUS && this.linked,
                    output() == LmHead.OWN, this.heads, layerCount(), hiddenSize, vocabulary, rank(hiddenSize));
        }

        /**
         * Returns how large a checkpoint of a training becomes: three 32-bit numbers for
         * every weight that is trained, and some kilobytes that say what they are.
         * @param hiddenSize width of the target's hidden state
         * @param vocabularySize number of the target's tokens
         * @return bytes, at least as many as the file has
         * @throws TrainingException if the rank of the transitions is more than the
         * hidden size
         */
        public long checkpointBytes(int hiddenSize, int vocabularySize) {
            int vocabulary = (this.draftVocabulary == 0) ? vocabularySize
                    : Math.min(this.draftVocabulary, vocabularySize);
            long[][] shapes = HeadsProgram.forTraining(describe(hiddenSize, vocabulary)).weightShapes();
            int trained = (output() == LmHead.SHARED) ? shapes.length - 1 : shapes.length;
            long weights = Arrays.stream(shapes)
                .limit(trained)
                .mapToLong((shape) -> Arrays.stream(shape).reduce(1, Math::multiplyExact))
                .sum();
            return CHECKPOINT_TEXT_BYTES + 3L * Float.BYTES * weights;
        }

        LmHead output() {
            return this.lmHead.orElse((this.kind == HeadsKind.MEDUSA) ? LmHead.OWN : LmHead.SHARED);
        }

    }

    /**
     * How the target writes the text that heads learn from.
     *
     * @param tokens how many tokens it writes, at least 1000
     * @param maxPromptTokens longer prompts are left out; plain text is cut to less
     * @param maxNewTokens longest continuation, at least 8
     * @param sampledShare share of the continuations that are sampled rather than greedy,
     * in 0..1
     * @param temperature temperature of the sampled ones, positive
     * @param slots sequences written at a time, at least 1; fewer when memory is short
     * @param raw whether prompts are sent as they are, without chat template
     * @param softLabels whether to keep the target's most probable tokens beside the one
     * it chose
     * @param answered whether the data holds answers that the target wrote elsewhere, so
     * that only their hidden states are to be computed
     * @param fastestThreads whether the target takes as many threads as make it fastest,
     * rather than those of the thread that calls it
     * @param maxContext the context that the target will be served with, at least 2
     * tokens; empty for its own
     * @param chatTemplate a preset's name or the location of a Jinja file; empty for the
     * target's own template
     */
    public record Distillation(int tokens, int maxPromptTokens, int maxNewTokens, double sampledShare,
            double temperature, int slots, boolean raw, boolean softLabels, boolean answered, boolean fastestThreads,
            OptionalInt maxContext, Optional<String> chatTemplate) {

        /** Half greedy, half at temperature 0.7. */
        public static final Distillation DEFAULT = new Distillation(500_000, 512, 256, 0.5, 0.7, 64, false, false,
                false);

        /**
         * Checks the ranges.
         */
        public Distillation {
            require(tokens >= 1000, "the distilled text must have at least 1000 tokens, asked for " + tokens);
            require(maxPromptTokens >= 1, "max prompt tokens must be at least 1, was " + maxPromptTokens);
            require(maxNewTokens >= 8, "max new tokens must be at least 8, was " + maxNewTokens);
            require(sampledShare >= 0 && sampledShare <= 1, "the sampled share must be in 0..1, was " + sampledShare);
            require(temperature > 0 && temperature <= 100, "temperature must be in (0, 100], was " + temperature);
            require(slots >= 1, "at least one sequence must be written at a time, was " + slots);
            require(maxContext.isEmpty() || maxContext.getAsInt() >= 2,
                    "max context must be at least 2, was " + maxContext.orElse(0));
        }

        /**
         * Creates a distillation on the calling thread's own number of threads, for the
         * target's own context and with its own chat template.
         * @param tokens how many tokens the target writes
         * @param maxPromptTokens longer prompts are left out
         * @param maxNewTokens longest continuation
         * @param sampledShare share of the continuations that are sampled
         * @param temperature temperature of the sampled ones
         * @param slots sequences written at a time
         * @param raw whether prompts are sent as they are
         * @param softLabels whether to keep the target's most probable tokens
         * @param answered whether the data holds answers
         */
        public Distillation(int tokens, int maxPromptTokens, int maxNewTokens, double sampledShare, double temperature,
                int slots, boolean raw, boolean softLabels, boolean answered) {
            this(tokens, maxPromptTokens, maxNewTokens, sampledShare, temperature, slots, raw, softLabels, answered,
                    false, OptionalInt.empty(), Optional.empty());
        }

        /**
         * Returns the same on as many threads as make the target fastest.
         * @return the distillation
         */
        public Distillation onFastestThreads() {
            return new Distillation(this.tokens, this.maxPromptTokens, this.maxNewTokens, this.sampledShare,
                    this.temperature, this.slots, this.raw, this.softLabels, this.answered, true, this.maxContext,
                    this.chatTemplate);
        }

        /**
         * Returns the same for another context.
         * @param tokens what the target will be served with; empty for its own
         * @return the distillation
         */
        public Distillation withMaxContext(OptionalInt tokens) {
            return new Distillation(this.tokens, this.maxPromptTokens, this.maxNewTokens, this.sampledShare,
                    this.temperature, this.slots, this.raw, this.softLabels, this.answered, this.fastestThreads, tokens,
                    this.chatTemplate);
        }

        /**
         * Returns the same with another chat template.
         * @param template a preset's name or the location of a Jinja file; empty for the
         * target's own template
         * @return the distillation
         */
        public Distillation withChatTemplate(Optional<String> template) {
            return new Distillation(this.tokens, this.maxPromptTokens, this.maxNewTokens, this.sampledShare,
                    this.temperature, this.slots, this.raw, this.softLabels, this.answered, this.fastestThreads,
                    this.maxContext, template);
        }

    }

    /**
     * How the heads learn.
     *
     * @param steps optimizer steps; empty to count in epochs
     * @param epochs passes over the distilled text, positive
     * @param batchSize positions per step, at least 1
     * @param learningRate highest learning rate; empty for the default
     * @param headDecay how much less each further head counts, in (0, 1]
     * @param evaluateEvery steps between evaluations, at least 1
     * @param patience evaluations without improvement after which training stops early; 0
     * for never
     * @param checkpointEvery steps between checkpoints, at least 1
     * @param seed decides order and split
     */
    public record Optimization(OptionalInt steps, double epochs, int batchSize, OptionalDouble learningRate,
            double headDecay, int evaluateEvery, int patience, int checkpointEvery, long seed) {

        /** Three epochs. */
        public static final Optimization DEFAULT = new Optimization(OptionalInt.empty(), 3, 512, OptionalDouble.empty(),
                0.8, 250, 4, 250, 1);

        /**
         * Checks the ranges.
         */
        public Optimization {
            require(steps.isEmpty() || steps.getAsInt() >= 1, "steps must be at least 1, was " + steps.orElse(0));
            require(epochs > 0 && epochs <= 1000, "epochs must be in (0, 1000], was " + epochs);
            require(batchSize >= 1, "the batch size must be at least 1, was " + batchSize);
            require(learningRate.isEmpty() || (learningRate.getAsDouble() > 0 && learningRate.getAsDouble() < 1),
                    "the learning rate must be in (0, 1), was " + learningRate.orElse(0));
            require(headDecay > 0 && headDecay <= 1, "the weight of further heads must be in (0, 1], was " + headDecay);
            require(evaluateEvery >= 1 && checkpointEvery >= 1,
                    "evaluations and checkpoints must be at least 1 step apart, were " + evaluateEvery + " and "
                            + checkpointEvery);
            require(patience >= 0, "patience must be 0 or more, was " + patience);
        }

        double rate() {
            return this.learningRate.orElse(3e-3);
        }

    }

}
