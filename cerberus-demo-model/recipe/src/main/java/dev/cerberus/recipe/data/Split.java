package dev.cerberus.recipe.data;

/**
 * Which half of the fills a conversation is made of. The halves never share a fill.
 */
public enum Split {

    /** Fills the model is trained on. */
    TRAINING,

    /** Fills the model never sees in training. */
    HELD_OUT;

    private static final int ONE_IN = 10;

    /**
     * Tells to which half a key belongs: about one key in ten is held out.
     * @param key any text that names a choice, such as the operands of a sum
     */
    public static Split of(String key) {
        return Math.floorMod(hash(key), ONE_IN) == 0 ? HELD_OUT : TRAINING;
    }

    // FNV-1a and a final mix: stable over runs and machines, even for short keys
    static int hash(String key) {
        int hash = 0x811c9dc5;
        for (int i = 0; i < key.length(); i++) {
            hash = (hash ^ key.charAt(i)) * 0x01000193;
        }
        hash ^= hash >>> 16;
        hash *= 0x85ebca6b;
        return hash ^ (hash >>> 13);
    }

}
