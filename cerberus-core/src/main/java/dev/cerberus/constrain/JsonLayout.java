package dev.cerberus.constrain;

/**
 * Where blanks stand in JSON that is written under a constraint.
 *
 * @param comma what separates two elements
 * @param colon what separates a name from its value
 */
public record JsonLayout(String comma, String colon) {

    /** No blanks: the fewest tokens. */
    public static final JsonLayout COMPACT = new JsonLayout(",", ":");

    /** One blank after commas and colons, the form that chat templates show to models. */
    public static final JsonLayout SPACED = new JsonLayout(", ", ": ");

    /**
     * Checks the separators.
     */
    public JsonLayout {
        if (!comma.strip().equals(",") || !colon.strip().equals(":")) {
            throw new IllegalArgumentException("a comma and a colon with blanks around them separate JSON, were '"
                    + comma + "' and '" + colon + "'");
        }
    }

}
