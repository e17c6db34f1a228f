package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.cerberus.hf.ModelConfig;

/**
 * How a program computes attention. Immutable and thread-safe.
 *
 * @param scalarType TorchScript's number for the format of keys, values and scores
 * @param blockKeys keys whose values libtorch adds one after another before it begins a
 * new sum; 0 where that is not known
 * @param pooled whether the sequences of a forward share one pool of keys and values and
 * one call; else each has a cache and calls of its own
 * @param grouped whether sequences may attend together, in one batch of products
 * @param bags when a row of its own is computed by sums of rows of tables
 * @param files the files that define the method {@code attended}
 */
/*
 * What a row gets must not depend on what was drafted beside it. In floating point that
 * asks for sums in one order: a tree moves a row's keys apart, masked ones between them.
 * The matrix product of libtorch on x86 CPUs adds key after key, so zeros in between
 * change nothing, but begins a new sum after a number of keys that differs by CPU, and
 * cuts in halves what is longer than one such block and shorter than two. Hence that is
 * cut at the end of the first block, and no tree crosses the end of one. A probe finds
 * the number; where it finds none, attention in float64 hides the order in bits that
 * rounding to float32 drops.
 */
record AttentionKernel(int scalarType, int blockKeys, boolean pooled, boolean grouped, Bags bags, List<String> files) {

    private static final int FLOAT32 = 6;

    private static final int FLOAT64 = 7;

    private static final int KEYS_MULTIPLE = 32;

    private static final int SMALLEST_BLOCK = 64;

    /** Tokens behind which masks are of the last keys alone. */
    private static final int UNMASKED_AFTER = LlamaProgram.UNMASKED + 7;

    /** Widest heads that the kernels of pools take. */
    private static final int WIDEST_POOLED = 256;

    private static final int POOLED_MULTIPLE = 8;

    /** A table is read once for each query head of a group. */
    private static final int LARGEST_BAGGED_GROUP = 8;

    private static final List<String> EXACT = List.of("attention.py", "keys_in_columns.py", "attention_groups.py",
            "attention_exact.py");

    /** Block sizes of matrix products, those of common CPUs first. */
    private static final List<Integer> BLOCKS = List.of(192, 384, 256, 320, 336, 352, 448, 512, 128, 768);

    /** A row's scores depend on the device's own way in the last bits. */
    static AttentionKernel of(Precision precision, ModelConfig config) {
        boolean capped = config.variant().attentionCap().isPresent();
        return new AttentionKernel(precision.scalarType(), 0, false, false, Bags.NEVER, List.of("attention.py",
                "keys_in_rows.py", "attention_groups.py", capped ? "attention_capped.py" : "attention_sdpa.py"));
    }

    /**
     * Returns the kernel for a CUDA device, which leaves nothing to libtorch's choice.
     * Pools serve models that see all tokens in 16-bit formats.
     * @param flash whether the device has flash attention, without which there is no pool
     */
    static AttentionKernel cuda(Precision precision, ModelConfig config, boolean flash) {
        if (config.variant().attentionCap().isPresent()) {
            return of(precision, config);
        }
        boolean narrow = precision == Precision.BF16 || precision == Precision.FP16;
        if (flash && narrow && config.slidingWindow().isEmpty() && config.headDim() % POOLED_MULTIPLE == 0
                && config.headDim() <= WIDEST_POOLED) {
            return pooled(precision, "flash_cuda.py");
        }
        return new AttentionKernel(precision.scalarType(), 0, false, false, Bags.NEVER,
                List.of("attention.py", "keys_in_rows.py", "attention_groups.py", "attention_efficient.py"));
    }

    /** In a pool, by the operators of a file. */
    static AttentionKernel pooled(Precision precision, String operators) {
        return new AttentionKernel(precision.scalarType(), 0, true, false, Bags.NEVER,
                List.of("attention_pooled.py", operators));
    }

    /** In float64, on every CPU. */
    static AttentionKernel wide() {
        return new AttentionKernel(FLOAT64, 0, false, true, Bags.NEVER, EXACT);
    }

    /** In float32, with blocks of a number of keys. */
    static AttentionKernel exact(int blockKeys) {
        return new AttentionKernel(FLOAT32, blockKeys, false, false, Bags.NEVER, EXACT);
    }

    /**
     * Returns the fastest kernel for a model's heads whose rows do not depend on each
     * other on this CPU, found by trying.
     * @param fbgemm whether libtorch has FBGEMM, whose sums of rows of tables are fast
     */
    static AttentionKernel independent(ModelConfig config, boolean fbgemm) {
        return BLOCKS.stream()
            .map(AttentionKernel::exact)
            .filter((kernel) -> kernel.holds(config))
            .findFirst()
            .map((kernel) -> (fbgemm && kernel.holdsInBags(config)) ? kernel.with(Bags.WHERE_THEY_PAY) : kernel)
            .map((kernel) -> kernel.holdsTogether(config) ? kernel.together() : kernel)
            .orElseGet(AttentionKernel::wide);
    }

    /** Returns this kernel for sequences that attend together. */
    AttentionKernel together() {
        return new AttentionKernel(this.scalarType, this.blockKeys, this.pooled, true, this.bags, this.files);
    }

    /** Returns this kernel with sums of rows of tables. */
    AttentionKernel with(Bags when) {
        return new AttentionKernel(this.scalarType, this.blockKeys, this.pooled, this.grouped, when, this.files);
    }

    /** Returns whether a row gets the same bits alone, in prompts and in trees. */
    boolean holds(ModelConfig config) {
        int block = this.blockKeys;
        List<Integer> starts = new ArrayList<>(
                List.of(0, 1, block / 2 - 3, block - 9, block + 5, block + block / 2, 2 * block - 9, UNMASKED_AFTER));
        for (int smaller = SMALLEST_BLOCK; smaller < block; smaller += SMALLEST_BLOCK) {
            starts.add(smaller - 9); // a block that ends there would be seen
        }
        return probe(config, "exact", starts, List.of(2, 3, 8, 17));
    }

    /** Returns whether a row gets the same bits by bags as by products. */
    boolean holdsInBags(ModelConfig config) {
        int block = this.blockKeys;
        return AttentionHeads.of(config).group() <= LARGEST_BAGGED_GROUP && with(Bags.ALWAYS).probe(config, "exact",
                List.of(0, 5, block - 9, block + 5, 2 * block - 9, 3 * block + 70), List.of(3));
    }

    /** Returns whether a row gets the same bits alone and beside other sequences. */
    boolean holdsTogether(ModelConfig config) {
        int block = this.blockKeys;
        List<Integer> starts = List.of(0, 1, block / 2 - 3, 30, block - 9, 5, block + 5, block / 2, 2 * block - 9,
                UNMASKED_AFTER, UNMASKED_AFTER + block / 2, UNMASKED_AFTER + 1);
        return probe(config, "exact_together", starts, List.of(1, 2, 7));
    }

    private boolean probe(ModelConfig config, String method, List<Integer> tokensBefore, List<Integer> rowCounts) {
        return Probe.holds(LlamaProgram.attentionSource(config, this)
            .constant("STARTS", tokensBefore)
            .constant("ROWS", rowCounts)
            .files("attention_probe.py"), method);
    }

    /** Returns whether the sums of a row are the same whatever goes with it. */
    boolean isExact() {
        return this.files.equals(EXACT);
    }

    /** Returns the bytes of one number of the cache. */
    int bytes() {
        return switch (this.scalarType) {
            case FLOAT64 -> Double.BYTES;
            case FLOAT32 -> Float.BYTES;
            default -> Short.BYTES;
        };
    }

    /** Returns the number of keys of a call that has to see some tokens. */
    int keys(int tokens) {
        return (tokens + KEYS_MULTIPLE - 1) / KEYS_MULTIPLE * KEYS_MULTIPLE;
    }

    /** Returns the most rows that a tree behind some tokens may have. */
    int treeRows(int tokens) {
        return (this.blockKeys == 0) ? Integer.MAX_VALUE : this.blockKeys - tokens % this.blockKeys;
    }

    @Override
    public String toString() {
        return switch (this.scalarType) {
            case FLOAT32 -> "float32";
            case FLOAT64 -> "float64";
            default -> "the model's format";
        } + (this.pooled ? ", pooled" : "")
                + ((this.blockKeys == 0) ? "" : String.format(Locale.ROOT, ", blocks of %d keys", this.blockKeys));
    }

    /**
     * When a row of its own is computed by sums of rows of tables, bags of embeddings,
     * instead of products.
     */
    enum Bags {

        /** Only by products. */
        NEVER(Integer.MAX_VALUE, Integer.MAX_VALUE),

        /**
         * Where keys and values come from memory: values when they fill an eighth of a
         * common second level cache, keys, which lie further apart, when they fill all of
         * it.
         */
        WHERE_THEY_PAY(1 << 18, 1 << 15),

        /** However few there are, for tests. */
        ALWAYS(0, 0);

        private final int keys;

        private final int values;

        Bags(int keys, int values) {
            this.keys = keys;
            this.values = values;
        }

        /** Returns how many numbers of keys it takes, of a layer. */
        int fromKeys() {
            return this.keys;
        }

        /** Returns how many numbers of values it takes, of a layer. */
        int fromValues() {
            return this.values;
        }

    }

}
