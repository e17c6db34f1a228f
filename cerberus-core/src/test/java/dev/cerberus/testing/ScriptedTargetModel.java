package dev.cerberus.testing;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;

import org.jspecify.annotations.Nullable;

import dev.cerberus.model.KvCache;
import dev.cerberus.model.ModelDimensions;
import dev.cerberus.model.ModelException;
import dev.cerberus.model.NodeScores;
import dev.cerberus.model.Span;
import dev.cerberus.model.TargetModel;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.sample.TokenSampler;
import dev.cerberus.tree.CandidateTree;
import dev.cerberus.tree.TreeAttentionMask;

/**
 * A deterministic toy language model in plain Java with the KV-cache semantics of a real
 * one.
 *
 * <p>
 * The logits after a token are a hash of everything that the token sees, in order of
 * position. A forward checks that every node sees exactly the committed tokens, itself
 * and its ancestors, at consecutive positions; scores and caches refuse use after closing
 * and are counted, so that a test can find leaks. Confined to one thread at a time.
 */
public final class ScriptedTargetModel implements TargetModel {

    /**
     * Width of the hidden state.
     */
    public static final int HIDDEN_SIZE = 8;

    private final ModelDimensions dimensions;

    private int openCaches;

    private int openScores;

    private int forwards;

    private int failAtForward = Integer.MAX_VALUE;

    private int rowLimit = 64;

    private int allRows;

    private int mostRows;

    private int mostSpans;

    private int blockTokens = Integer.MAX_VALUE;

    private int sharedRows = Integer.MAX_VALUE;

    private int memoryRows = Integer.MAX_VALUE;

    private int reach = Integer.MAX_VALUE;

    private long seed;

    private Optional<IntUnaryOperator> told = Optional.empty();

    private final @Nullable Function<int[], float[]> script;

    /**
     * Creates a model whose logits are a hash of what they follow.
     * @param vocabularySize tokens in the vocabulary
     * @param maxContext longest sequence in tokens
     */
    public ScriptedTargetModel(int vocabularySize, int maxContext) {
        this(vocabularySize, maxContext, null);
    }

    /**
     * Creates a model that says what it is told to.
     * @param vocabularySize tokens in the vocabulary
     * @param maxContext longest sequence in tokens
     * @param script returns the logits after a sequence, [vocab]; the same for the same
     * sequence
     */
    public ScriptedTargetModel(int vocabularySize, int maxContext, @Nullable Function<int[], float[]> script) {
        this.dimensions = new ModelDimensions(vocabularySize, HIDDEN_SIZE, maxContext);
        this.script = script;
    }

    /**
     * Makes one forward fail.
     * @param number the forward, counted from 1; those of pieces of prompts alone do not
     * count
     * @return this model
     */
    public ScriptedTargetModel failAtForward(int number) {
        this.failAtForward = number;
        return this;
    }

    /**
     * Makes caches allow no tree to cross the end of a block of tokens.
     * @param tokens tokens of a block, at least 1
     * @return this model
     */
    public ScriptedTargetModel withBlocks(int tokens) {
        this.blockTokens = tokens;
        return this;
    }

    /**
     * Makes caches of more rows than some lie by themselves, where they are kept as they
     * are.
     * @param rows the most rows of a cache that lies beside others
     * @return this model
     */
    public ScriptedTargetModel withSharedRows(int rows) {
        this.sharedRows = rows;
        return this;
    }

    /**
     * Makes the logits depend on the last tokens only, wherever they stand, so that
     * greedy text goes in circles before long.
     * @param tokens how many, at least 1
     * @return this model
     */
    public ScriptedTargetModel withReach(int tokens) {
        this.reach = tokens;
        return this;
    }

    /**
     * Makes this another model than those of other seeds.
     * @param number any number; 0 for that of a new model
     * @return this model
     */
    public ScriptedTargetModel withSeed(long number) {
        this.seed = number;
        return this;
    }

    /**
     * Makes the model choose sampled tokens itself.
     * @param told returns what it tells to have chosen when it has chosen a token
     * @return this model
     */
    public ScriptedTargetModel choosing(IntUnaryOperator told) {
        this.told = Optional.of(told);
        return this;
    }

    /**
     * Returns the number of caches not closed yet.
     * @return 0 when nothing leaks
     */
    public int openCaches() {
        return this.openCaches;
    }

    /**
     * Returns the number of scores not closed yet.
     * @return 0 when nothing leaks
     */
    public int openScores() {
        return this.openScores;
    }

    /**
     * Returns the number of forwards since the model was created, those of pieces of
     * prompts alone not counted.
     * @return 0 or more
     */
    public int forwards() {
        return this.forwards;
    }

    /**
     * Returns the logits after a sequence, computed without any cache.
     * @param sequence token ids, at least one
     * @return a new array, [vocab]
     */
    public float[] logitsAfter(int[] sequence) {
        if (this.script != null) {
            return this.script.apply(sequence);
        }
        long state = 0x5DEECE66DL ^ this.seed;
        int from = Math.max(0, sequence.length - this.reach);
        for (int i = from; i < sequence.length; i++) {
            state = mix(state ^ mix(sequence[i] * 0x9E3779B97F4A7C15L + i - from));
        }
        float[] logits = new float[this.dimensions.vocabularySize()];
        for (int token = 0; token < logits.length; token++) {
            long bits = mix(state + (token + 1) * 0xD1342543DE82EF95L);
            logits[token] = 6 * ((bits >>> 40) * 0x1.0p-24f);
        }
        return logits;
    }

    /**
     * Returns what plain decoding writes, token by token from scratch.
     * @param prompt token ids
     * @param count number of tokens
     * @param sampling how tokens are chosen
     * @return the next tokens
     */
    public int[] continuation(int[] prompt, int count, SamplingOptions sampling) {
        TokenSampler sampler = new TokenSampler(sampling);
        int[] sequence = Arrays.copyOf(prompt, prompt.length + count);
        for (int i = prompt.length; i < sequence.length; i++) {
            float[] logits = logitsAfter(Arrays.copyOf(sequence, i));
            float penalty = (float) sampling.repetitionPenalty();
            for (int token = 0; !sampling.unchanged() && token < logits.length; token++) {
                logits[token] += sampling.logitBias().getOrDefault(token, 0.0).floatValue();
                if (penalty != 1 && count(sequence, 0, i, token) > 0) {
                    logits[token] = (logits[token] < 0) ? logits[token] * penalty : logits[token] / penalty;
                }
                long times = count(sequence, prompt.length, i, token);
                if (times > 0) {
                    logits[token] = (float) (logits[token]
                            - (times * sampling.frequencyPenalty() + sampling.presencePenalty()));
                }
            }
            sequence[i] = sampler.choose(logits, i);
        }
        return Arrays.copyOfRange(sequence, prompt.length, sequence.length);
    }

    private static long count(int[] sequence, int from, int to, int token) {
        return Arrays.stream(sequence, from, to).filter((each) -> each == token).count();
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 33)) * 0xFF51AFD7ED558CCDL;
        z = (z ^ (z >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return z ^ (z >>> 33);
    }

    @Override
    public ModelDimensions dimensions() {
        return this.dimensions;
    }

    @Override
    public KvCache newCache(int capacityTokens) {
        if (capacityTokens < 1 || capacityTokens > this.dimensions.maxContext()) {
            throw new IllegalArgumentException("a cache holds 1.." + this.dimensions.maxContext()
                    + " tokens for this model, asked for " + capacityTokens);
        }
        requireMemory(capacityTokens);
        this.openCaches++;
        return new ScriptedCache(capacityTokens, this.dimensions.maxContext(), this.blockTokens, this.sharedRows,
                this::requireMemory, () -> this.openCaches--);
    }

    private void requireMemory(int rows) {
        if (rows > this.memoryRows) {
            throw new ModelException("no memory for " + rows + " rows");
        }
    }

    /**
     * Makes memory scarce from now on.
     * @param rows the most rows with which a cache can be made, grow or move
     * @return this model
     */
    public ScriptedTargetModel withMemoryFor(int rows) {
        this.memoryRows = rows;
        return this;
    }

    /**
     * Makes forwards allow more or fewer rows.
     * @param rows rows of all spans, at least 1
     * @return this model
     */
    public ScriptedTargetModel withRowLimit(int rows) {
        this.rowLimit = rows;
        return this;
    }

    @Override
    public long cacheBytesPerToken() {
        return 4;
    }

    @Override
    public int rowLimit() {
        return this.rowLimit;
    }

    /**
     * Returns the rows of all forwards together.
     * @return 0 or more
     */
    public int rows() {
        return this.allRows;
    }

    /**
     * Returns the most rows that a forward of several spans had.
     * @return rows, 0 if there was none
     */
    public int mostRows() {
        return this.mostRows;
    }

    /**
     * Returns the most spans that a forward had.
     * @return spans
     */
    public int mostSpans() {
        return this.mostSpans;
    }

    @Override
    public List<NodeScores> forward(List<Span> spans) {
        int rows = spans.stream().mapToInt(Span::rows).sum();
        this.allRows += rows;
        if (spans.size() > 1 && rows > this.rowLimit) {
            throw new AssertionError(rows + " rows of " + spans.size() + " spans, allowed are " + this.rowLimit);
        }
        if (spans.stream().map(Span::cache).distinct().count() < spans.size()) {
            throw new AssertionError("a cache occurs twice");
        }
        if (spans.stream().anyMatch((span) -> span instanceof Span.Tree)) {
            this.forwards++;
            if (this.forwards == this.failAtForward) {
                throw new ModelException("the scripted model failed as told");
            }
        }
        this.mostRows = (spans.size() > 1) ? Math.max(this.mostRows, rows) : this.mostRows;
        this.mostSpans = Math.max(this.mostSpans, spans.size());
        for (Span span : spans) {
            check(span);
        }
        return spans.stream().map((span) -> (NodeScores) new Scores(run(span), span.sampling())).toList();
    }

    private void check(Span span) {
        ScriptedCache rows = (ScriptedCache) span.cache();
        rows.requireRoom(span.rows());
        if (span instanceof Span.Tree && span.rows() > rows.treeRows()) {
            throw new AssertionError("a tree of " + span.rows() + " nodes behind " + rows.length()
                    + " tokens, where the cache allows " + rows.treeRows());
        }
        for (int token : span.tokens()) {
            checkToken(token);
        }
    }

    private int[][] run(Span span) {
        ScriptedCache rows = (ScriptedCache) span.cache();
        if (span instanceof Span.Tree drafted) {
            CandidateTree tree = drafted.tree();
            float[] mask = TreeAttentionMask.additive(tree);
            int[][] visible = new int[tree.nodeCount()][];
            for (int node = 0; node < visible.length; node++) {
                visible[node] = visible(rows, tree, mask, node);
            }
            rows.pend(tree);
            return visible;
        }
        for (int token : span.tokens()) {
            rows.append(token);
        }
        return (span.scoredRows() == 0) ? new int[0][] : new int[][] { rows.committed() };
    }

    private void checkToken(int token) {
        if (token < 0 || token >= this.dimensions.vocabularySize()) {
            throw new ModelException("token id " + token + " is outside the vocabulary");
        }
    }

    /**
     * Collects what the mask lets a node see and checks it against the walk to the root.
     */
    private static int[] visible(ScriptedCache rows, CandidateTree tree, float[] mask, int node) {
        int depth = tree.depth(node);
        int[] sequence = Arrays.copyOf(rows.committed(), rows.length() + depth + 1);
        int seen = 0;
        for (int other = 0; other < tree.nodeCount(); other++) {
            float bias = mask[node * tree.nodeCount() + other];
            if (bias == 0) {
                sequence[rows.length() + tree.depth(other)] = tree.token(other);
                seen++;
            }
            else if (bias != Float.NEGATIVE_INFINITY) {
                throw new AssertionError("mask entries are 0 or negative infinity, was " + bias);
            }
        }
        if (seen != depth + 1) {
            throw new AssertionError("node " + node + " at depth " + depth + " sees " + seen + " nodes");
        }
        for (int at = node, d = depth; d >= 0; d--) {
            if (mask[node * tree.nodeCount() + at] != 0 || tree.depth(at) != d) {
                throw new AssertionError("node " + node + " does not see its ancestor " + at);
            }
            at = (d == 0) ? 0 : tree.parent(at);
        }
        return sequence;
    }

    @Override
    public void close() {
        if (this.openCaches > 0 || this.openScores > 0) {
            throw new AssertionError(this.openCaches + " caches and " + this.openScores + " scores are still open");
        }
    }

    /** Scores that remember what every node has seen. */
    final class Scores implements NodeScores {

        private final int[][] visible;

        private final Optional<SamplingOptions> sampling;

        private boolean closed;

        Scores(int[][] visible, Optional<SamplingOptions> sampling) {
            this.visible = visible;
            this.sampling = sampling;
            ScriptedTargetModel.this.openScores++;
        }

        int[] visible(int node) {
            if (this.closed) {
                throw new AssertionError("the scores are closed");
            }
            return this.visible[node].clone();
        }

        @Override
        public int nodeCount() {
            return this.visible.length;
        }

        @Override
        public int argmax(int node) {
            return TokenSampler.argmax(logits(node));
        }

        @Override
        public OptionalInt chosen(int node) {
            Optional<IntUnaryOperator> telling = ScriptedTargetModel.this.told;
            if (telling.isEmpty() || this.sampling.isEmpty()) {
                return OptionalInt.empty();
            }
            int token = new TokenSampler(this.sampling.get()).choose(logits(node), visible(node).length);
            return OptionalInt.of(telling.get().applyAsInt(token));
        }

        @Override
        public float[] logits(int node) {
            return logitsAfter(visible(node));
        }

        @Override
        public float[] hidden(int node) {
            return Arrays.copyOf(logits(node), HIDDEN_SIZE);
        }

        @Override
        public void close() {
            if (!this.closed) {
                this.closed = true;
                ScriptedTargetModel.this.openScores--;
            }
        }

    }

}
