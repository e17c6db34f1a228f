package dev.cerberus.hf;

import java.util.OptionalInt;

/** Llama 1 to 3, SmolLM2 and others that use their classes. */
final class LlamaFamily extends Family {

    LlamaFamily(JsonFile json) {
        super(json);
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
