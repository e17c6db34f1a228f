package dev.cerberus.hf;

/** Granite 3, and 4.1 and later: what Granite models have in common. */
final class Granite3Family extends GraniteFamily {

    Granite3Family(JsonFile json) {
        super(json);
    }

}
