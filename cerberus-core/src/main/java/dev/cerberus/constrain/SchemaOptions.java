package dev.cerberus.constrain;

/**
 * How instances of a schema are written. Immutable.
 *
 * @param layout where blanks stand
 * @param anyOrder whether the properties of an object may come in any order; else they
 * come in that of the schema, which leaves a model less to choose
 * @param open whether an object that declares properties may have others too where the
 * schema does not say; JSON Schema allows them, and models that may go on often do
 */
public record SchemaOptions(JsonLayout layout, boolean anyOrder, boolean open) {

    /** Blanks as models know them, properties in the schema's order and no others. */
    public static final SchemaOptions DEFAULT = new SchemaOptions(JsonLayout.SPACED, false, false);

}
