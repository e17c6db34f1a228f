package dev.cerberus.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.cerberus.tree.LiveMemory;
import dev.cerberus.tree.Recollection;
import dev.cerberus.tree.TextMemory;

/**
 * The other texts that drafts of a request look up. Confined to the engine thread.
 */
final class Recollections {

    /** Tokens of answers that are remembered for a profile. */
    private static final int LIVE_TOKENS = 1 << 16;

    private final Optional<TextMemory> stored;

    private final boolean live;

    // what one profile was answered is nothing to the others
    private final Map<Optional<String>, LiveMemory> byProfile = new HashMap<>();

    /**
     * Creates the texts of an engine.
     * @param stored those of a file, if there is one
     * @param live whether answers are remembered
     */
    Recollections(Optional<TextMemory> stored, boolean live) {
        this.stored = stored;
        this.live = live;
    }

    /** Returns what requests of a profile look up, and teach. */
    List<Recollection> of(Optional<String> profile) {
        List<Recollection> texts = new ArrayList<>(2);
        this.stored.ifPresent(texts::add);
        if (this.live) {
            texts.add(this.byProfile.computeIfAbsent(profile, (name) -> new LiveMemory(LIVE_TOKENS)));
        }
        return texts;
    }

}
