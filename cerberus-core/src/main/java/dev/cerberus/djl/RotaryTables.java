package dev.cerberus.djl;

import java.util.Arrays;
import java.util.List;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;

import dev.cerberus.hf.LayerKind;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.RotaryEmbedding;

/**
 * The tables by which a model turns queries and keys, one for all of its kinds of layers.
 */
final class RotaryTables {

    private RotaryTables() {
    }

    /**
     * Returns the cosines and sines of positions as an argument; the caller closes it.
     * @param tables a program with the methods of {@code tables.py}
     */
    static IValue frequencies(ModelConfig config, int positions, ScriptModule tables, NDManager owner) {
        int pairs = config.headDim() / 2;
        List<LayerKind> kinds = config.distinctKinds();
        float[] inverse = new float[kinds.size() * pairs]; // 0 for a pair at rest
        float[] magnitudes = new float[inverse.length];
        Arrays.fill(magnitudes, 1);
        float[] growth = new float[0];
        for (int kind = 0; kind < kinds.size(); kind++) {
            RotaryEmbedding rotary = kinds.get(kind).rotary();
            float[] own = rotary.inverseFrequencies(positions);
            System.arraycopy(own, 0, inverse, kind * pairs, own.length);
            Arrays.fill(magnitudes, kind * pairs, kind * pairs + own.length, (float) rotary.scaling().magnitude());
            if (rotary.queryGrowth().isPresent()) {
                growth = growth(rotary.queryGrowth().get(), positions);
            }
        }
        try (NDArray angles = owner.create(inverse);
                NDArray lengths = owner.create(magnitudes);
                NDArray growths = owner.create(growth);
                IValue input = ScriptModule.argument(angles);
                IValue factors = ScriptModule.argument(lengths);
                IValue queries = ScriptModule.argument(growths);
                IValue length = IValue.from((long) positions)) {
            return ScriptModule.argument(tables.callForArray("frequencies", owner, input, factors, queries, length));
        }
    }

    private static float[] growth(RotaryEmbedding.QueryGrowth growth, int positions) {
        float[] factors = new float[positions];
        for (int i = 0; i < positions; i++) {
            factors[i] = growth.at(i);
        }
        return factors;
    }

}
