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

    /** Choices at one place, each of which is gone through within those before it. */
    private static final int MOST_CHOICES = 1_000;

    /** Parts of all alternatives together, as many times as they are in one. */
    private static final long MOST_PARTS = 500_000;

    /** Keywords whose values have parts that are gone through in every alternative. */
    private static final List<String> OF_PARTS = List.of("properties", "required", "type", "prefixItems", "items");

    /** Keywords whose values are written out in every alternative. */
    private static final List<String> OF_VALUES = List.of("enum", "const");

    /** Characters of a text that take about as long as a part. */
    private static final int CHARACTERS_OF_A_PART = 64;

    private final SchemaSource source;

    private final CompileBudget budget;

    private final List<Alternative> found = new ArrayList<>();

    // the combination under way, which grows and shrinks

    private final List<JsonNode> order = new ArrayList<>();

    private final Set<JsonNode> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private final List<Choice> choices = new ArrayList<>();

    private final IdentityHashMap<JsonNode, Integer> taken = new IdentityHashMap<>();

    private long size; // parts of it

    private long parts; // of all that is found

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
        choices.expand(schemas, 0);
        return choices.found;
    }

    /** A list of alternatives of which one must hold. */
    private record Choice(JsonNode schema, JsonNode options, boolean exclusive) {
    }

    /** Goes through what schemas leave beside the combination under way. */
    private void expand(List<JsonNode> schemas, int choice) {
        int ordered = this.order.size();
        int open = this.choices.size();
        long before = this.size;
        if (add(new ArrayDeque<>(schemas))) {
            choose(choice);
        }
        List<JsonNode> added = this.order.subList(ordered, this.order.size());
        added.forEach(this.seen::remove);
        added.clear();
        this.choices.subList(open, this.choices.size()).clear();
        this.size = before;
    }

    /** Returns whether anything may fulfil the schemas. */
    private boolean add(Deque<JsonNode> todo) {
        while (!todo.isEmpty()) {
            this.budget.spend();
            JsonNode schema = todo.removeFirst();
            if (schema.isBoolean()) {
                if (!schema.booleanValue()) {
                    return false;
                }
                continue;
            }
            if (!schema.isObject() || !this.seen.add(schema)) {
                requireSchema(schema);
                continue;
            }
            this.order.add(schema);
            this.size++;
            OF_PARTS.forEach((keyword) -> this.size += schema.path(keyword).size());
            OF_VALUES.forEach((keyword) -> this.size += parts(schema.path(keyword)));
            this.source.requireSupport(schema);
            if (schema.has("$ref")) {
                todo.addLast(this.source.resolve(schema));
            }
            schema.path("allOf").forEach(todo::addLast);
            if (schema.has("anyOf")) {
                this.choices.add(new Choice(schema, schema.get("anyOf"), false));
            }
            if (schema.has("oneOf")) {
                this.choices.add(new Choice(schema, schema.get("oneOf"), true));
            }
        }
        return true;
    }

    private static long parts(JsonNode value) {
        long parts = 1L + value.asText().length() / CHARACTERS_OF_A_PART;
        for (JsonNode each : value) {
            parts += parts(each);
        }
        return parts;
    }

    private void choose(int next) {
        if (next == this.choices.size()) {
            take();
            return;
        }
        if (next >= MOST_CHOICES) {
            throw refuse("it has more than " + MOST_CHOICES + " anyOf and oneOf at one place; use fewer");
        }
        Choice choice = this.choices.get(next);
        for (int i = 0; i < choice.options().size(); i++) {
            if (choice.exclusive()) {
                this.taken.put(choice.schema(), i);
            }
            expand(List.of(choice.options().get(i)), next + 1);
        }
        if (choice.exclusive()) {
            this.taken.remove(choice.schema());
        }
    }

    private void take() {
        if (this.found.size() >= MOST) {
            throw refuse("its anyOf and oneOf have more than " + MOST + " combinations; nest fewer of them");
        }
        this.parts += this.size;
        if (!this.found.isEmpty() && this.parts > MOST_PARTS) {
            throw refuse("the combinations of its anyOf and oneOf have more than " + MOST_PARTS
                    + " parts; make them smaller");
        }
        this.found.add(new Alternative(List.copyOf(this.order), new Path(new IdentityHashMap<>(this.taken))));
    }

    private static ConstraintException refuse(String problem) {
        return new ConstraintException("the JSON schema can not be enforced: " + problem);
    }

    private void requireSchema(JsonNode schema) {
        if (!schema.isObject()) {
            throw refuse(SchemaSource.shown(schema) + " stands where a schema must stand; use an object or a boolean");
        }
    }

}
