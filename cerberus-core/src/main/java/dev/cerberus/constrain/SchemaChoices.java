package dev.cerberus.constrain;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The alternatives that some schemas leave together, references followed and
 * {@code allOf} merged. Confined to the thread that compiles.
 */
final class SchemaChoices {

    private static final int MOST = 2_000;

    private final SchemaSource source;

    private final CompileBudget budget;

    private final List<Alternative> found = new ArrayList<>();

    private SchemaChoices(SchemaSource source, CompileBudget budget) {
        this.source = source;
        this.budget = budget;
    }

    /**
     * One alternative.
     *
     * @param schemas the schemas whose own keywords all hold
     * @param path how it came about
     */
    record Alternative(List<JsonNode> schemas, Path path) {
    }

    /**
     * Which alternative was taken of each {@code oneOf}.
     *
     * @param taken index by schema
     */
    record Path(IdentityHashMap<JsonNode, Integer> taken) {

        /** Returns the schema whose {@code oneOf} both took different alternatives of. */
        List<JsonNode> conflicts(Path other) {
            return this.taken.entrySet()
                .stream()
                .filter((entry) -> other.taken.containsKey(entry.getKey())
                        && !other.taken.get(entry.getKey()).equals(entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
        }

    }

    static List<Alternative> of(List<JsonNode> schemas, SchemaSource source, CompileBudget budget) {
        SchemaChoices choices = new SchemaChoices(source, budget);
        choices.expand(new ArrayDeque<>(schemas), List.of(), new ArrayDeque<>(), new IdentityHashMap<>());
        return choices.found;
    }

    private static Set<JsonNode> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    /** A list of alternatives of which one must hold. */
    private record Choice(JsonNode schema, JsonNode options, boolean exclusive) {
    }

    private void expand(Deque<JsonNode> todo, List<JsonNode> before, Deque<Choice> open,
            IdentityHashMap<JsonNode, Integer> taken) {
        Set<JsonNode> seen = identitySet();
        List<JsonNode> order = new ArrayList<>(before);
        seen.addAll(before);
        Deque<Choice> choices = new ArrayDeque<>(open);
        while (!todo.isEmpty()) {
            this.budget.spend();
            JsonNode schema = todo.removeFirst();
            if (schema.isBoolean()) {
                if (!schema.booleanValue()) {
                    return;
                }
                continue;
            }
            if (!schema.isObject() || !seen.add(schema)) {
                requireSchema(schema);
                continue;
            }
            order.add(schema);
            this.source.requireSupport(schema);
            if (schema.has("$ref")) {
                todo.addLast(this.source.resolve(schema));
            }
            schema.path("allOf").forEach(todo::addLast);
            if (schema.has("anyOf")) {
                choices.addLast(new Choice(schema, schema.get("anyOf"), false));
            }
            if (schema.has("oneOf")) {
                choices.addLast(new Choice(schema, schema.get("oneOf"), true));
            }
        }
        Choice choice = choices.pollFirst();
        if (choice == null) {
            if (this.found.size() >= MOST) {
                throw new ConstraintException("the JSON schema can not be enforced: its anyOf and oneOf have more than "
                        + MOST + " combinations; nest fewer of them");
            }
            this.found.add(new Alternative(order, new Path(taken)));
            return;
        }
        for (int i = 0; i < choice.options().size(); i++) {
            IdentityHashMap<JsonNode, Integer> path = taken;
            if (choice.exclusive()) {
                path = new IdentityHashMap<>(taken);
                path.put(choice.schema(), i);
            }
            expand(new ArrayDeque<>(List.of(choice.options().get(i))), order, choices, path);
        }
    }

    private void requireSchema(JsonNode schema) {
        if (!schema.isObject()) {
            throw new ConstraintException("the JSON schema can not be enforced: " + schema
                    + " stands where a schema must stand; use an object or a boolean");
        }
    }

}
