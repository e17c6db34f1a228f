package dev.cerberus.hf;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** SmolLM3: some layers do not rotate queries and keys. */
final class SmolLm3Family extends Family {

    private static final int DEFAULT_INTERVAL = 4;

    SmolLm3Family(JsonFile json) {
        super(json);
    }

    @Override
    double defaultRopeTheta() {
        return 2_000_000;
    }

    @Override
    boolean tiedByDefault() {
        return true;
    }

    @Override
    List<LayerKind> layerKinds(FamilySizes sizes) {
        List<Integer> rotating = json().integers("no_rope_layers"); // 1: it does rotate
        if (!rotating.isEmpty() && rotating.size() < sizes.layers()) {
            throw json().invalid("the field no_rope_layers must have a number for each of " + sizes.layers()
                    + " layers, had " + rotating.size());
        }
        int interval = json().integer("no_rope_layer_interval").orElse(DEFAULT_INTERVAL);
        if (interval < 1) {
            throw json().invalid("no_rope_layer_interval must be at least 1, was " + interval);
        }
        OptionalInt window = json().bool("use_sliding_window", false) ? json().integer("sliding_window")
                : OptionalInt.empty();
        RotaryEmbedding rotary = rope(sizes).read();
        List<LayerKind> kinds = new ArrayList<>();
        List<Boolean> sliding = sliding(sizes.layers(), (layer) -> !rotates(rotating, interval, layer));
        for (int layer = 0; layer < sizes.layers(); layer++) {
            kinds.add(new LayerKind(rotates(rotating, interval, layer) ? rotary : RotaryEmbedding.none(),
                    sliding.get(layer) ? window : OptionalInt.empty()));
        }
        return kinds;
    }

    private static boolean rotates(List<Integer> rotating, int interval, int layer) {
        return rotating.isEmpty() ? (layer + 1) % interval != 0 : rotating.get(layer) != 0;
    }

}
