package dev.cerberus.hf;

/** Qwen2 and Qwen2.5: biases on query, key and value, and none on the output. */
final class Qwen2Family extends QwenFamily {

    Qwen2Family(JsonFile json) {
        super(json);
    }

    @Override
    boolean attentionBias() {
        return true;
    }

    @Override
    boolean attentionOutputBias() {
        return false;
    }

}
