package dev.cerberus.model;

import java.util.Arrays;
import java.util.Locale;

/**
 * The families of draft heads.
 */
public enum HeadsKind {

    /** A layer-synchronous lattice: parallel heads whose blocks see their neighbour. */
    CERBERUS,

    /** Independent parallel heads with an identity residual and an LM head each. */
    MEDUSA,

    /** Serial heads: each sees the tokens drafted before it. */
    HYDRA;

    /**
     * Returns the name used in files and on the command line.
     * @return lower case
     */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the kind of the given name.
     * @param id {@code cerberus}, {@code medusa} or {@code hydra}
     * @return the kind
     * @throws IllegalArgumentException if there is none
     */
    public static HeadsKind ofId(String id) {
        return Arrays.stream(values())
            .filter((kind) -> kind.id().equals(id))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException(
                    "kind of heads must be cerberus, medusa or hydra, was '" + id + "'"));
    }

}
