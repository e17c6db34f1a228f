package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.List;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;

import dev.cerberus.model.KvCache;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What caches hold.
 */
final class HeldKeysAndValues {

    /** The lists of indices that come before the views of layers. */
    private static final int INDICES = 6;

    /**
     * Keys and values, and tables of both, with what was dropped, which are not compared.
     */
    private static final int VIEWS = 4;

    private HeldKeysAndValues() {
    }

    /** Checks that the first tokens of two caches have the same bits in every layer. */
    static void assertSame(String what, DjlTargetModel model, KvCache actual, KvCache expected, int tokens) {
        try (NDManager manager = model.device().newManager()) {
            List<NDArray> some = keysAndValues(actual, tokens, manager);
            List<NDArray> others = keysAndValues(expected, tokens, manager);
            assertThat(some).hasSameSizeAs(others).isNotEmpty();
            for (int i = 0; i < some.size(); i++) {
                assertThat(some.get(i).contentEquals(others.get(i))).as("%s, layer %d", what, i / 2).isTrue();
            }
        }
    }

    private static List<NDArray> keysAndValues(KvCache cache, int tokens, NDManager manager) {
        IValue views = ((SlotKvCache) cache).slot().seen(tokens); // the cache's own
        List<NDArray> all = views.toNDList((PtNDManager) manager);
        List<NDArray> found = new ArrayList<>();
        for (int i = INDICES; i < all.size(); i += VIEWS) {
            found.add(all.get(i));
            found.add(all.get(i + 1));
        }
        return found;
    }

}
