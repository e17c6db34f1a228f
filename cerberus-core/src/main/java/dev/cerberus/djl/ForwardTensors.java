package dev.cerberus.djl;

import java.util.Arrays;
import java.util.Optional;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;

/**
 * The tensors that a forward leaves behind, shared by the scores of its sequences and
 * freed by the last of them.
 */
final class ForwardTensors {

    private final NDManager manager;

    private final ScriptModule readers;

    private final IValue rotation;

    // states, [scored rows, hidden], as the program leaves them; logits, [scored rows,
    // vocab]; empty if no row is scored
    private final NDArray[] scored;

    private final FoundTokens tokens;

    private final boolean together;

    private Optional<float[]> hidden = Optional.empty(); // of all rows, [rows, hidden]

    private int users;

    /**
     * Takes over the tensors.
     * @param manager owns them
     * @param readers a program with the methods of {@code tables.py}
     * @param rotation what brings states into the model's own basis
     * @param scored states and logits; empty if none are wanted
     * @param tokens what is known of every scored row
     * @param together whether the hidden states of all rows are best fetched in one copy
     * @param users how often {@link #release} will be called
     */
    ForwardTensors(NDManager manager, ScriptModule readers, IValue rotation, NDArray[] scored, FoundTokens tokens,
            boolean together, int users) {
        this.manager = manager;
        this.readers = readers;
        this.rotation = rotation;
        this.scored = scored;
        this.tokens = tokens;
        this.together = together;
        this.users = users;
    }

    NDArray states() {
        return this.scored[0];
    }

    FoundTokens tokens() {
        return this.tokens;
    }

    float[] logits(int row) {
        try (IValue input = ScriptModule.argument(this.scored[1]);
                IValue index = IValue.from((long) row);
                NDArray found = this.readers.callForArray("row", this.manager, input, index)) {
            return found.toFloatArray();
        }
    }

    float[] hidden(int row) {
        if (!this.together) {
            return hidden(row, 1);
        }
        int rows = this.tokens.rows();
        float[] all = this.hidden.orElseGet(() -> hidden(0, rows));
        this.hidden = Optional.of(all);
        int width = all.length / rows;
        return Arrays.copyOfRange(all, row * width, (row + 1) * width);
    }

    private float[] hidden(int first, int count) {
        try (IValue input = ScriptModule.argument(states());
                IValue from = IValue.from((long) first);
                IValue end = IValue.from((long) first + count);
                NDArray found = this.readers.callForArray("hidden", this.manager, input, from, end, this.rotation)) {
            return found.toFloatArray();
        }
    }

    /** To be called once by every user. */
    void release() {
        this.users--;
        if (this.users == 0) {
            this.manager.close();
        }
    }

}
