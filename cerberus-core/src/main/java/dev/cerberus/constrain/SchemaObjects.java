package dev.cerberus.constrain;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;

/**
 * What schemas say about objects, as rules. Confined to the thread that compiles.
 */
final class SchemaObjects {

    /**
     * Every one of what may be left out is looked at behind every one, by how many there
     * are so far.
     */
    private static final long MOST_COUNTED = 100_000;

    /** Every further pattern doubles the kinds of names. */
    private static final int MOST_PATTERNS = 6;

    private final SchemaCompiler compiler;

    private final SchemaSource source;

    private final SchemaOptions options;

    private final CompileBudget budget;

    private final SchemaStrings strings;

    SchemaObjects(SchemaCompiler compiler, SchemaSource source, SchemaOptions options, CompileBudget budget,
            SchemaStrings strings) {
        this.compiler = compiler;
        this.source = source;
        this.options = options;
        this.budget = budget;
        this.strings = strings;
    }

    /** A pattern for names and the index of the schema that says so. */
    private record Pattern(int owner, CharacterAutomaton names, JsonNode value) {
    }

    ObjectRules rules(List<JsonNode> schemas) {
        Set<String> declared = new LinkedHashSet<>();
        Set<String> required = new LinkedHashSet<>();
        List<Pattern> patterns = new ArrayList<>();
        List<CharacterAutomaton> allowedNames = new ArrayList<>();
        int least = 0;
        int most = ByteAutomaton.ANY_NUMBER;
        for (int i = 0; i < schemas.size(); i++) {
            JsonNode schema = schemas.get(i);
            int owner = i;
            schema.path("properties").fieldNames().forEachRemaining(declared::add);
            schema.path("required").forEach((name) -> required.add(name.asText()));
            least = Math.max(least, SchemaCompiler.count(schema, "minProperties", 0));
            most = Math.min(most, SchemaCompiler.count(schema, "maxProperties", ByteAutomaton.ANY_NUMBER));
            schema.path("patternProperties")
                .properties()
                .forEach((entry) -> patterns
                    .add(new Pattern(owner, this.strings.pattern(schema, entry.getKey()), entry.getValue())));
            if (schema.has("propertyNames")) {
                allowedNames.add(names(schema));
            }
        }
        if (patterns.size() > MOST_PATTERNS) {
            throw this.source.refuse(schemas.get(0),
                    "'patternProperties' has more than " + MOST_PATTERNS + " patterns");
        }
        declared.addAll(required);
        List<ObjectRules.Property> properties = new ArrayList<>();
        for (String name : declared) {
            this.budget.spend();
            boolean allowed = allowedNames.stream().allMatch((names) -> names.matches(name));
            List<JsonNode> values = allowed ? values(schemas, patterns, name) : List.of(BooleanNode.FALSE);
            properties.add(new ObjectRules.Property(name, this.compiler.value(values), required.contains(name)));
        }
        List<ObjectRules.Others> others = others(schemas, declared, patterns, allowedNames);
        if (least > Math.max(1, required.size()) && !others.isEmpty()) {
            throw this.source.refuse(schemas.get(0),
                    "'minProperties' above 1 is supported only where additionalProperties is false");
        }
        long optional = (long) properties.size() - required.size();
        int missing = least - required.size();
        if (missing > 1 && missing * optional * optional > MOST_COUNTED && !this.options.anyOrder()) {
            throw this.source
                .refuse(schemas.get(0), "'minProperties' " + least + " asks for " + missing + " of " + optional
                        + " properties that may be left out, too many to count; require some of them, or lower it,");
        }
        // With that many required there are enough, and nothing needs to be counted.
        int counted = (least <= required.size()) ? 0 : least;
        return new ObjectRules(properties, others, counted, most, isClosed(schemas, declared), this.options);
    }

    private List<JsonNode> values(List<JsonNode> schemas, List<Pattern> patterns, String name) {
        List<JsonNode> values = new ArrayList<>();
        for (int i = 0; i < schemas.size(); i++) {
            JsonNode schema = schemas.get(i);
            int owner = i;
            int before = values.size();
            if (schema.path("properties").has(name)) {
                values.add(schema.get("properties").get(name));
            }
            patterns.stream()
                .filter((pattern) -> pattern.owner() == owner && pattern.names().matches(name))
                .forEach((pattern) -> values.add(pattern.value()));
            if (values.size() == before && schema.has("additionalProperties")) {
                values.add(schema.get("additionalProperties"));
            }
        }
        return values;
    }

    private List<ObjectRules.Others> others(List<JsonNode> schemas, Set<String> declared, List<Pattern> patterns,
            List<CharacterAutomaton> allowedNames) {
        boolean closed = isClosed(schemas, declared);
        List<ObjectRules.Others> others = new ArrayList<>();
        for (int subset = 0; subset < (1 << patterns.size()); subset++) {
            if (subset == 0 && closed) {
                continue;
            }
            List<JsonNode> values = otherValues(schemas, patterns, subset);
            if (values.stream().anyMatch((value) -> value.isBoolean() && !value.booleanValue())) {
                continue;
            }
            if (declared.isEmpty() && patterns.isEmpty() && allowedNames.isEmpty()) {
                others.add(new ObjectRules.Others(JsonStrings.ANY, this.compiler.value(values)));
                continue;
            }
            CharacterAutomaton names = CharacterAutomaton.all(CodePoints.ALL);
            for (CharacterAutomaton allowed : allowedNames) {
                names = names.and(allowed, this.budget);
            }
            for (int i = 0; i < patterns.size(); i++) {
                boolean in = (subset & (1 << i)) != 0;
                CharacterAutomaton pattern = patterns.get(i).names();
                names = in ? names.and(pattern, this.budget) : names.minus(pattern, this.budget);
            }
            if (!declared.isEmpty()) {
                names = names.minus(CharacterAutomaton.texts(declared, this.budget), this.budget);
            }
            if (!names.isEmpty()) {
                others.add(new ObjectRules.Others(ByteCompiler.json(names, this.budget), this.compiler.value(values)));
            }
        }
        return others;
    }

    /** Returns whether further properties are left out though the schemas allow them. */
    private boolean isClosed(List<JsonNode> schemas, Set<String> declared) {
        boolean declares = !declared.isEmpty() || schemas.stream().anyMatch((schema) -> schema.has("properties"));
        return !this.options.open() && declares
                && schemas.stream().noneMatch((schema) -> schema.has("additionalProperties"));
    }

    private static List<JsonNode> otherValues(List<JsonNode> schemas, List<Pattern> patterns, int subset) {
        List<JsonNode> values = new ArrayList<>();
        for (int owner = 0; owner < schemas.size(); owner++) {
            JsonNode schema = schemas.get(owner);
            int before = values.size();
            for (int i = 0; i < patterns.size(); i++) {
                if ((subset & (1 << i)) != 0 && patterns.get(i).owner() == owner) {
                    values.add(patterns.get(i).value());
                }
            }
            if (values.size() == before && schema.has("additionalProperties")) {
                values.add(schema.get("additionalProperties"));
            }
        }
        return values;
    }

    /** Returns the names that a schema for names allows. */
    private CharacterAutomaton names(JsonNode schema) {
        List<SchemaChoices.Alternative> alternatives = SchemaChoices.of(List.of(schema.get("propertyNames")),
                this.source, this.budget);
        CharacterAutomaton none = CharacterAutomaton.texts(List.of(), this.budget);
        if (alternatives.isEmpty()) {
            return none;
        }
        if (alternatives.size() > 1) {
            throw this.source.refuse(schema, "'propertyNames' with alternatives is not supported");
        }
        List<JsonNode> schemas = alternatives.get(0).schemas();
        SchemaTypes types = SchemaTypes.of(schemas, this.source);
        if (!types.types().contains(SchemaValue.Type.STRING)) {
            return none;
        }
        SchemaStrings.Strings all = this.strings.strings(schemas).orElse(null);
        if (all == null) {
            return none;
        }
        CharacterAutomaton names = all.characters().orElseGet(() -> lengths(schemas));
        if (types.values().isPresent()) {
            List<String> listed = types.values()
                .get()
                .stream()
                .filter(JsonNode::isTextual)
                .map(JsonNode::textValue)
                .toList();
            names = CharacterAutomaton.texts(listed, this.budget).and(names, this.budget);
        }
        return names;
    }

    private CharacterAutomaton lengths(List<JsonNode> schemas) {
        int least = 0;
        int most = ByteAutomaton.ANY_NUMBER;
        for (JsonNode schema : schemas) {
            least = Math.max(least, SchemaCompiler.count(schema, "minLength", 0));
            most = Math.min(most, SchemaCompiler.count(schema, "maxLength", ByteAutomaton.ANY_NUMBER));
        }
        return CharacterAutomaton.lengths(least, most, this.budget);
    }

}
