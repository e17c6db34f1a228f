package dev.cerberus.constrain;

import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The check that no value is allowed by two alternatives of a {@code oneOf}, which makes
 * it the same as {@code anyOf}. Confined to the thread that compiles.
 */
/*
 * What is not shown to be disjoint counts as overlapping, so that nothing invalid is ever
 * allowed.
 */
final class SchemaExclusion {

    private static final int DEEPEST = 4;

    private final SchemaSource source;

    private final CompileBudget budget;

    SchemaExclusion(SchemaSource source, CompileBudget budget) {
        this.source = source;
        this.budget = budget;
    }

    /** Refuses a value with alternatives that are to exclude each other and may not. */
    void check(SchemaValue value) {
        List<SchemaValue.Kind> kinds = value.kinds().stream().filter(SchemaValue::isPossible).toList();
        for (int i = 0; i < kinds.size(); i++) {
            for (int j = i + 1; j < kinds.size(); j++) {
                this.budget.spend();
                List<JsonNode> conflicts = kinds.get(i).path().conflicts(kinds.get(j).path());
                if (!conflicts.isEmpty()
                        && !(apart(kinds.get(i), kinds.get(j), 0) && apart(kinds.get(j), kinds.get(i), 0))) {
                    throw this.source.refuse(conflicts.get(0),
                            "one value may fulfil two alternatives of 'oneOf'; use 'anyOf', or make them differ in a "
                                    + "required property with a constant,");
                }
            }
        }
    }

    /** Returns whether nothing that one writes fulfils the other. */
    private boolean apart(SchemaValue one, SchemaValue other, int depth) {
        List<SchemaValue.Kind> mine = one.kinds().stream().filter(SchemaValue::isPossible).toList();
        return mine.stream().allMatch((kind) -> other.kinds().stream().allMatch((each) -> apart(kind, each, depth)));
    }

    private boolean apart(SchemaValue.Kind one, SchemaValue.Kind other, int depth) {
        this.budget.spend();
        if (one instanceof SchemaValue.Listed listed) {
            return listed.values().stream().noneMatch((value) -> matches(value, other));
        }
        if (other instanceof SchemaValue.Listed listed) {
            return listed.values().stream().noneMatch((value) -> matches(value, one));
        }
        if (type(one) != type(other)) {
            return true;
        }
        if (one instanceof SchemaValue.Scalar mine && other instanceof SchemaValue.Scalar its) {
            return mine.texts().isPresent() && its.texts().isPresent()
                    && mine.texts().get().and(its.texts().get(), this.budget).isEmpty();
        }
        if (depth >= DEEPEST) {
            return false;
        }
        if (one instanceof SchemaValue.Objects mine && other instanceof SchemaValue.Objects its) {
            return apart(mine.rules(), its.rules(), depth);
        }
        return one instanceof SchemaValue.Arrays mine && other instanceof SchemaValue.Arrays its
                && apart(mine.rules(), its.rules(), depth);
    }

    /**
     * Returns whether one object has a property that the other can not have so, or lacks
     * one that the other must have.
     */
    private boolean apart(ObjectRules one, ObjectRules other, int depth) {
        for (ObjectRules.Property property : one.properties()) {
            this.budget.spend();
            Optional<SchemaValue> same = other.property(property.name());
            if (property.required() && (same.isEmpty() ? !other.isOpen()
                    : isForbidden(same.get()) || apart(property.value(), same.get(), depth + 1))) {
                return true;
            }
        }
        for (ObjectRules.Property property : other.properties()) {
            this.budget.spend();
            Optional<SchemaValue> same = one.property(property.name());
            if (property.required() && (same.isEmpty() ? !one.mayHaveOthers()
                    : !same.get().isPossible() || apart(same.get(), property.value(), depth + 1))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isForbidden(SchemaValue value) {
        return value.schemas().stream().anyMatch((schema) -> schema.isBoolean() && !schema.booleanValue());
    }

    private boolean apart(ArrayRules one, ArrayRules other, int depth) {
        if (one.least() > other.most() || other.least() > one.most()) {
            return true;
        }
        int both = Math.min(Math.max(one.least(), other.least()), Math.max(one.different(), other.different()) + 1);
        for (int i = 0; i < both; i++) {
            if (apart(one.item(i), other.item(i), depth + 1)) {
                return true;
            }
        }
        return false;
    }

    private static SchemaValue.Type type(SchemaValue.Kind kind) {
        if (kind instanceof SchemaValue.Scalar scalar) {
            return scalar.type();
        }
        return (kind instanceof SchemaValue.Objects) ? SchemaValue.Type.OBJECT : SchemaValue.Type.ARRAY;
    }

    private boolean matches(JsonNode value, SchemaValue.Kind kind) {
        if (kind instanceof SchemaValue.Listed listed) {
            return !SchemaTypes.common(listed.values(), List.of(value)).isEmpty();
        }
        if (SchemaValue.Type.of(value) != type(kind)) {
            return false;
        }
        // Whatever has an order or parts of its own is taken to match.
        return !(kind instanceof SchemaValue.Scalar scalar) || SchemaCompiler
            .matches(new Symbols.Terminal(scalar.automaton()), JsonTexts.write(value, JsonLayout.COMPACT));
    }

}
