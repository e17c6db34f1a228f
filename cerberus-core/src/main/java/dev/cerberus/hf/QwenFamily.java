package dev.cerberus.hf;

import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;

/** What Qwen2 and Qwen3 have in common: a sliding window that has to be switched on. */
abstract class QwenFamily extends Family {

    private static final int DEFAULT_WINDOW = 4096;

    private static final int DEFAULT_FULL_LAYERS = 28;

    QwenFamily(JsonFile json) {
        super(json);
    }

    @Override
    final List<LayerKind> layerKinds(FamilySizes sizes) {
        RotaryEmbedding rotary = rope(sizes).read();
        OptionalInt window = json().mentions("sliding_window") ? json().integer("sliding_window")
                : OptionalInt.of(DEFAULT_WINDOW);
        if (!json().bool("use_sliding_window", false) || window.isEmpty()) {
            return Collections.nCopies(sizes.layers(), new LayerKind(rotary));
        }
        int fullLayers = json().integer("max_window_layers").orElse(DEFAULT_FULL_LAYERS);
        return chosen(sliding(sizes.layers(), (layer) -> layer >= fullLayers), new LayerKind(rotary),
                new LayerKind(rotary, window));
    }

}
