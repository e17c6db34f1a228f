package dev.cerberus.hf;

import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;

/** Mistral: all layers have a sliding window, unless it is null. */
final class MistralFamily extends Family {

    private static final int DEFAULT_WINDOW = 4096;

    MistralFamily(JsonFile json) {
        super(json);
    }

    @Override
    boolean attentionBias() {
        return false;
    }

    @Override
    List<LayerKind> layerKinds(FamilySizes sizes) {
        OptionalInt window = json().mentions("sliding_window") ? json().integer("sliding_window")
                : OptionalInt.of(DEFAULT_WINDOW);
        return Collections.nCopies(sizes.layers(), new LayerKind(rope(sizes).read(), window));
    }

    @Override
    OptionalInt defaultBosToken() {
        return OptionalInt.of(1);
    }

    @Override
    OptionalInt defaultEosToken() {
        return OptionalInt.of(2);
    }

}
