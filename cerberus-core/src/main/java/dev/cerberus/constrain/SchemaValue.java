package dev.cerberus.constrain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The values of one place of a schema: all that fulfil some schemas at once. Confined to
 * the thread that compiles, unless it is a finished part of a grammar.
 */
final class SchemaValue {

    private final List<JsonNode> schemas;

    private final Symbols.Choice symbol = new Symbols.Choice();

    private final List<Kind> kinds = new ArrayList<>();

    private boolean possible;

    SchemaValue(List<JsonNode> schemas) {
        this.schemas = schemas;
    }

    /** Values of one JSON type. */
    sealed interface Kind {

        /** Which alternatives of the schemas these values belong to. */
        SchemaChoices.Path path();

    }

    /** Values that are one piece of text. */
    record Scalar(SchemaChoices.Path path, Type type, Optional<CharacterAutomaton> texts,
            ByteAutomaton automaton) implements Kind {
    }

    /** Listed values. */
    record Listed(SchemaChoices.Path path, List<JsonNode> values) implements Kind {
    }

    /** Objects. */
    record Objects(SchemaChoices.Path path, ObjectRules rules) implements Kind {
    }

    /** Arrays. */
    record Arrays(SchemaChoices.Path path, ArrayRules rules) implements Kind {
    }

    /** JSON types. */
    enum Type {

        NULL, BOOLEAN, NUMBER, STRING, OBJECT, ARRAY;

        static Type of(JsonNode value) {
            return switch (value.getNodeType()) {
                case NULL, MISSING -> NULL;
                case BOOLEAN -> BOOLEAN;
                case NUMBER -> NUMBER;
                case OBJECT, POJO -> OBJECT;
                case ARRAY -> ARRAY;
                case STRING, BINARY -> STRING;
            };
        }

    }

    List<JsonNode> schemas() {
        return this.schemas;
    }

    Symbols.Choice symbol() {
        return this.symbol;
    }

    List<Kind> kinds() {
        return this.kinds;
    }

    /** Returns whether there is such a value, as far as is known yet. */
    boolean isPossible() {
        return this.possible;
    }

    /**
     * Looks again whether there is such a value.
     * @return whether that is news
     */
    boolean update() {
        if (!this.possible) {
            this.possible = this.kinds.stream().anyMatch(SchemaValue::isPossible);
            return this.possible;
        }
        return false;
    }

    static boolean isPossible(Kind kind) {
        if (kind instanceof Objects objects) {
            return objects.rules().isPossible();
        }
        if (kind instanceof Arrays arrays) {
            return arrays.rules().isPossible();
        }
        return true;
    }

}
