package dev.cerberus.hf;

/** The names of a target model's tensors, the same for all supported architectures. */
public final class WeightNames {

    /** Token embeddings. */
    public static final String EMBEDDING = "model.embed_tokens.weight"; // [vocab, hidden]

    /** Scale of the last normalisation. */
    public static final String FINAL_NORM = "model.norm.weight"; // [hidden]

    /** Output projection; absent when it is the embedding table. */
    public static final String OUTPUT = "lm_head.weight"; // [vocab, hidden]

    /** What the names of all tensors in layers begin with. */
    public static final String LAYER_PREFIX = "model.layers.";

    /** Scale of the normalisation before the attention, within a layer. */
    public static final String INPUT_NORM = "input_layernorm.weight"; // [hidden]

    /**
     * Scale of the normalisation between the attention and the feed-forward part, within
     * a layer: of what goes into the latter, or where that has one of its own, of what
     * comes out of the former.
     */
    public static final String POST_ATTENTION_NORM = "post_attention_layernorm.weight"; // [hidden]

    /** Scale of the normalisation before the feed-forward part, if it is another one. */
    public static final String PRE_FEED_FORWARD_NORM = "pre_feedforward_layernorm.weight"; // [hidden]

    /** Scale of the normalisation after the feed-forward part, within a layer. */
    public static final String POST_FEED_FORWARD_NORM = "post_feedforward_layernorm.weight"; // [hidden]

    /** Query, key and value projection in one, one after another, within a layer. */
    // [(heads + 2 * keyValueHeads) * headDim, hidden]
    public static final String QKV = "self_attn.qkv_proj";

    /** Gate and up projection in one, one after another, within a layer. */
    // [2 * intermediate, hidden]
    public static final String GATE_UP = "mlp.gate_up_proj.weight";

    /** Query projection, within a layer; a bias may go with it. */
    public static final String QUERY = "self_attn.q_proj"; // [heads * headDim, hidden]

    /** Key projection, within a layer; a bias may go with it. */
    // [keyValueHeads * headDim, hidden]
    public static final String KEY = "self_attn.k_proj";

    /** Value projection, within a layer; a bias may go with it. */
    // [keyValueHeads * headDim, hidden]
    public static final String VALUE = "self_attn.v_proj";

    /** Output projection of the attention, within a layer; a bias may go with it. */
    // [hidden, heads * headDim]
    public static final String ATTENTION_OUTPUT = "self_attn.o_proj";

    /** Scale of the normalisation of queries, within a layer. */
    public static final String QUERY_NORM = "self_attn.q_norm.weight"; // [headDim] or

    // [heads * headDim]

    /** Scale of the normalisation of keys, within a layer. */
    public static final String KEY_NORM = "self_attn.k_norm.weight"; // [headDim] or

    // [keyValueHeads * headDim]

    /** Gate projection of the feed-forward part, within a layer. */
    public static final String GATE = "mlp.gate_proj.weight"; // [intermediate, hidden]

    /** Up projection of the feed-forward part, within a layer. */
    public static final String UP = "mlp.up_proj.weight"; // [intermediate, hidden]

    /** Down projection of the feed-forward part, within a layer. */
    public static final String DOWN = "mlp.down_proj.weight"; // [hidden, intermediate]

    private WeightNames() {
    }

    /**
     * The full name of a tensor in a layer.
     * @param layer the layer, from 0
     * @param name the name within the layer
     */
    public static String inLayer(int layer, String name) {
        return LAYER_PREFIX + layer + "." + name;
    }

    /** The name of a projection's weight. */
    public static String weight(String projection) {
        return projection + ".weight";
    }

    /** The name of a projection's bias. */
    public static String bias(String projection) {
        return projection + ".bias";
    }

}
