package dev.cerberus.hf;

import java.util.List;
import java.util.OptionalInt;

/**
 * OLMo 3: OLMo 2 with a sliding window in three layers of four; only the others stretch
 * their rotation.
 */
final class Olmo3Family extends OlmoFamily {

    private static final int DEFAULT_WINDOW = 4096;

    private static final int PATTERN = 4;

    Olmo3Family(JsonFile json) {
        super(json);
    }

    @Override
    List<LayerKind> layerKinds(FamilySizes sizes) {
        OptionalInt window = json().mentions("sliding_window") ? json().integer("sliding_window")
                : OptionalInt.of(DEFAULT_WINDOW);
        RopeReader rope = rope(sizes);
        return chosen(sliding(sizes.layers(), (layer) -> (layer + 1) % PATTERN != 0),
                new LayerKind(rope.read("full_attention", true, "rope_theta", defaultRopeTheta())),
                new LayerKind(rope.read("sliding_attention", false, "rope_theta", defaultRopeTheta()), window));
    }

}
