package dev.cerberus.hf;

/**
 * OLMo 2: what OLMo models have in common.
 */
final class Olmo2Family extends OlmoFamily {

    Olmo2Family(JsonFile json) {
        super(json);
    }

}
