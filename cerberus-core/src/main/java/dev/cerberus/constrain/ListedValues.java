package dev.cerberus.constrain;

import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Which listed values fulfil what else a schema says. Confined to the thread that
 * compiles.
 */
/*
 * Values are gone through part by part: reading their texts as those of a grammar would
 * take a place of it for every set of properties that has been read.
 */
final class ListedValues {

    private final CompileBudget budget;

    private final IdentityHashMap<SchemaValue.Listed, Set<String>> keys = new IdentityHashMap<>();

    ListedValues(CompileBudget budget) {
        this.budget = budget;
    }

    /**
     * Returns whether a value is one of those of a place of a schema.
     * @param value the value
     * @param place the place, complete
     */
    boolean fulfils(JsonNode value, SchemaValue place) {
        this.budget.spend();
        return place.kinds().stream().anyMatch((kind) -> fulfils(value, kind));
    }

    private boolean fulfils(JsonNode value, SchemaValue.Kind kind) {
        if (kind instanceof SchemaValue.Listed listed) {
            return this.keys.computeIfAbsent(listed, this::keys).contains(SchemaTypes.key(value));
        }
        if (kind instanceof SchemaValue.Scalar scalar) {
            return SchemaValue.Type.of(value) == scalar.type()
                    && isText(JsonTexts.write(value, JsonLayout.COMPACT), scalar.automaton());
        }
        if (kind instanceof SchemaValue.Objects objects) {
            return value.isObject() && fulfils(value, objects.rules());
        }
        return kind instanceof SchemaValue.Arrays arrays && value.isArray() && fulfils(value, arrays.rules());
    }

    private Set<String> keys(SchemaValue.Listed listed) {
        Set<String> keys = new HashSet<>();
        for (JsonNode value : listed.values()) {
            this.budget.spend();
            keys.add(SchemaTypes.key(value));
        }
        return keys;
    }

    private boolean fulfils(JsonNode value, ObjectRules rules) {
        if (value.size() < rules.least() || value.size() > rules.most()) {
            return false;
        }
        for (ObjectRules.Property property : rules.properties()) {
            this.budget.spend();
            if (property.required() && !value.has(property.name())) {
                return false;
            }
        }
        return value.properties()
            .stream()
            .allMatch((property) -> isAllowed(property.getKey(), property.getValue(), rules));
    }

    private boolean isAllowed(String name, JsonNode value, ObjectRules rules) {
        Optional<SchemaValue> declared = rules.property(name);
        if (declared.isPresent()) {
            return fulfils(value, declared.get());
        }
        return rules.others()
            .stream()
            .anyMatch((other) -> isText(JsonTexts.string(name), other.names()) && fulfils(value, other.value()));
    }

    private boolean fulfils(JsonNode value, ArrayRules rules) {
        if (value.size() < rules.least() || value.size() > rules.most()) {
            return false;
        }
        for (int i = 0; i < value.size(); i++) {
            if (!fulfils(value.get(i), rules.item(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean isText(String text, ByteAutomaton automaton) {
        return SchemaCompiler.matches(new Symbols.Terminal(automaton), text, this.budget);
    }

}
