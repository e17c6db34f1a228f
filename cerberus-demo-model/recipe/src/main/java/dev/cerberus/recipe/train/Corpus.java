package dev.cerberus.recipe.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Tokenised documents with a mask that says which tokens the model is to learn.
 *
 * <p>
 * Immutable and thread-safe after loading.
 */
final class Corpus {

    private final short[] tokens;

    private final byte[] mask;

    /** Start of every document and, last, the end of the last one. */
    private final int[] bounds;

    private Corpus(short[] tokens, byte[] mask, int[] bounds) {
        this.tokens = tokens;
        this.mask = mask;
        this.bounds = bounds;
    }

    /**
     * Reads a corpus.
     * @param tokenFile little-endian unsigned 16-bit token ids
     * @param maskFile one byte per token, 1 for a token to be learnt
     * @param separator id of the token that ends a document
     * @return the corpus
     * @throws IllegalArgumentException if the files do not belong together
     */
    static Corpus read(Path tokenFile, Path maskFile, int separator) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(tokenFile)).order(ByteOrder.LITTLE_ENDIAN);
            short[] tokens = new short[bytes.remaining() / 2];
            bytes.asShortBuffer().get(tokens);
            byte[] mask = Files.readAllBytes(maskFile);
            if (mask.length != tokens.length) {
                throw new IllegalArgumentException(maskFile + " has " + mask.length + " entries but " + tokenFile
                        + " has " + tokens.length + " tokens; write both in one run");
            }
            int[] bounds = new int[tokens.length + 2];
            int count = 1;
            for (int i = 0; i < tokens.length; i++) {
                if (Short.toUnsignedInt(tokens[i]) == separator || i == tokens.length - 1) {
                    bounds[count++] = i + 1;
                }
            }
            return new Corpus(tokens, mask, Arrays.copyOf(bounds, count));
        }
        catch (IOException ex) {
            throw new UncheckedIOException("Could not read the corpus " + tokenFile, ex);
        }
    }

    int documents() {
        return this.bounds.length - 1;
    }

    int tokens() {
        return this.tokens.length;
    }

    int highestToken() {
        int highest = 0;
        for (short token : this.tokens) {
            highest = Math.max(highest, Short.toUnsignedInt(token));
        }
        return highest;
    }

    /**
     * Plans one pass over the corpus, the same for the same seed.
     * @param policy how documents become batches
     * @param seed seed of this pass
     * @return segments of the corpus for each batch, in random order
     */
    List<PlannedBatch> plan(BatchPolicy policy, long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        int[] order = new int[documents()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        shuffle(order, random);
        int packed = (int) Math.round(order.length * policy.packedShare());
        List<PlannedBatch> plan = new ArrayList<>();
        packDocuments(order, packed, policy, plan);
        groupByLength(order, packed, policy, plan);
        for (int i = plan.size() - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            PlannedBatch swapped = plan.get(i);
            plan.set(i, plan.get(j));
            plan.set(j, swapped);
        }
        return plan;
    }

    /**
     * Documents one after another in rows of full length, so that high positions and long
     * distances are learnt.
     */
    private void packDocuments(int[] order, int until, BatchPolicy policy, List<PlannedBatch> plan) {
        int rowsPerBatch = Math.max(1, policy.tokensPerBatch() / policy.maxLength());
        List<List<Segment>> rows = new ArrayList<>();
        List<Segment> row = new ArrayList<>();
        int used = 0;
        for (int i = 0; i < until; i++) {
            int from = this.bounds[order[i]];
            int to = this.bounds[order[i] + 1];
            while (from < to) {
                int take = Math.min(to - from, policy.maxLength() + 1 - used);
                row.add(new Segment(from, from + take));
                used += take;
                from += take;
                if (used > policy.maxLength()) {
                    rows.add(row);
                    row = new ArrayList<>();
                    used = 0;
                    if (rows.size() == rowsPerBatch) {
                        plan.add(new PlannedBatch(rows));
                        rows = new ArrayList<>();
                    }
                }
            }
        }
        if (used > 1) {
            rows.add(row);
        }
        if (!rows.isEmpty()) {
            plan.add(new PlannedBatch(rows));
        }
    }

    /**
     * One document a row, as the model will meet it, with documents of about one length
     * side by side.
     */
    private void groupByLength(int[] order, int from, BatchPolicy policy, List<PlannedBatch> plan) {
        for (int start = from; start < order.length; start += policy.pool()) {
            List<Segment> pool = new ArrayList<>();
            for (int i = start; i < Math.min(order.length, start + policy.pool()); i++) {
                int end = this.bounds[order[i] + 1];
                for (int at = this.bounds[order[i]]; end - at > 1; at += policy.maxLength()) {
                    pool.add(new Segment(at, Math.min(end, at + policy.maxLength() + 1)));
                }
            }
            pool.sort(Comparator.comparingInt(Segment::length));
            List<List<Segment>> rows = new ArrayList<>();
            for (Segment segment : pool) {
                if ((rows.size() + 1) * policy.padded(segment.length() - 1) > policy.tokensPerBatch()
                        && !rows.isEmpty()) {
                    plan.add(new PlannedBatch(rows));
                    rows = new ArrayList<>();
                }
                rows.add(List.of(segment));
            }
            if (!rows.isEmpty()) {
                plan.add(new PlannedBatch(rows));
            }
        }
    }

    /**
     * Reads the tokens of a planned batch.
     * @param planned segments of this corpus
     * @param policy the policy it was planned with
     * @return the batch
     */
    Batch batch(PlannedBatch planned, BatchPolicy policy) {
        int longest = 0;
        for (List<Segment> row : planned.rows()) {
            longest = Math.max(longest, row.stream().mapToInt(Segment::length).sum() - 1);
        }
        int length = policy.padded(longest);
        int count = planned.rows().size();
        long[] ids = new long[count * length];
        long[] positions = new long[ids.length];
        long[] targets = new long[ids.length];
        float[] weights = new float[ids.length];
        int targetCount = 0;
        for (int r = 0; r < count; r++) {
            int column = 0;
            for (Segment segment : planned.rows().get(r)) {
                for (int i = segment.from(); i < segment.to(); i++, column++) {
                    int id = Short.toUnsignedInt(this.tokens[i]);
                    if (column < length) {
                        ids[r * length + column] = id;
                    }
                    float weight = (this.mask[i] != 0) ? 1 : policy.unmaskedWeight();
                    // The first token of a document is not predicted from the document
                    // before it.
                    if (i > segment.from() && weight > 0) {
                        positions[targetCount] = (long) r * length + column - 1;
                        targets[targetCount] = id;
                        weights[targetCount++] = weight;
                    }
                }
            }
        }
        return new Batch(count, length, ids, Arrays.copyOf(positions, targetCount), Arrays.copyOf(targets, targetCount),
                Arrays.copyOf(weights, targetCount));
    }

    private static void shuffle(int[] values, RandomGenerator random) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = values[i];
            values[i] = values[j];
            values[j] = swapped;
        }
    }

    /** Tokens from an index of the corpus up to another, exclusive. */
    record Segment(int from, int to) {

        int length() {
            return this.to - this.from;
        }

    }

    /** Rows of one batch, each of one or more segments. */
    record PlannedBatch(List<List<Segment>> rows) {
    }

}
