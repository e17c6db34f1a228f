package dev.cerberus.recipe.data;

/**
 * One message of a conversation.
 *
 * @param role who speaks: {@code system}, {@code user}, {@code assistant} or {@code tool}
 * @param content the text of the message, never blank
 */
public record Turn(String role, String content) {

    public Turn {
        if (!role.equals("system") && !role.equals("user") && !role.equals("assistant") && !role.equals("tool")) {
            throw new IllegalArgumentException("role must be system, user, assistant or tool, was " + role);
        }
        if (content.isBlank()) {
            throw new IllegalArgumentException("content of a " + role + " turn must not be blank");
        }
    }
}
