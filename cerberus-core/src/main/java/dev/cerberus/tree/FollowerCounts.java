package dev.cerberus.tree;

import java.util.Arrays;

import dev.cerberus.tree.Recollection.Continuation;

/**
 * How often which token followed. Used by one thread.
 */
final class FollowerCounts {

    private int[] tokens = new int[8];

    private int[] counts = new int[8];

    private int different;

    private int total;

    void add(int token, int count) {
        if (count == 0) {
            return;
        }
        int index = 0;
        while (index < this.different && this.tokens[index] != token) {
            index++;
        }
        if (index == this.different) {
            if (index == this.tokens.length) {
                this.tokens = Arrays.copyOf(this.tokens, 2 * index);
                this.counts = Arrays.copyOf(this.counts, 2 * index);
            }
            this.tokens[index] = token;
            this.counts[index] = 0;
            this.different++;
        }
        this.counts[index] += count;
        this.total += count;
    }

    int total() {
        return this.total;
    }

    /** Returns the most frequent tokens, the first added of equals. */
    Continuation continuation(int match) {
        int first = best(-1);
        if (this.different == 1) {
            return new Continuation(match, this.total, new int[] { this.tokens[first] },
                    new int[] { this.counts[first] });
        }
        int second = best(first);
        return new Continuation(match, this.total, new int[] { this.tokens[first], this.tokens[second] },
                new int[] { this.counts[first], this.counts[second] });
    }

    private int best(int except) {
        int best = (except == 0) ? 1 : 0;
        for (int i = best + 1; i < this.different; i++) {
            if (i != except && this.counts[i] > this.counts[best]) {
                best = i;
            }
        }
        return best;
    }

}
