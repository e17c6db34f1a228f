package dev.cerberus.constrain;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A compiler of the arguments of a call that stand between tags, one after the other.
 * Confined to one thread.
 */
/*
 * A text stands there as it is, without quotes, so it can not hold what ends it. One that
 * is limited further must not even hold its first character: which ends are inside it
 * need not be told apart then.
 */
public final class TaggedArguments {

    /** What does not change which arguments there are. */
    private static final Set<String> UNDERSTOOD = Set.of("type", "properties", "required", "additionalProperties",
            "$defs", "definitions", "title", "description", "default", "examples", "$comment", "$schema", "$id");

    private final Tags tags;

    private final SchemaOptions options;

    private final CompileBudget budget;

    private TaggedArguments(Tags tags, SchemaOptions options, CompileBudget budget) {
        this.tags = tags;
        this.options = options;
        this.budget = budget;
    }

    /**
     * What stands around arguments.
     *
     * @param beforeKey what stands before a name
     * @param beforeValue what stands between a name and its value
     * @param afterValue what ends a value, not empty
     * @param marks texts of special tokens among these
     */
    public record Tags(String beforeKey, String beforeValue, String afterValue, Set<String> marks) {

        private Grammar head(String key) {
            return Grammar.literal(this.beforeKey + key + this.beforeValue, this.marks);
        }

        private Grammar end() {
            return Grammar.literal(this.afterValue, this.marks);
        }

    }

    /**
     * Compiles the arguments that a schema describes.
     * @param json the schema of an object with properties
     * @param tags what stands around arguments
     * @param options how values that are no text are written
     * @param budget what compiling may take
     * @return the grammar, which allows properties in the order of the schema
     * @throws ConstraintException if the schema asks for something that can not be
     * enforced, or contradicts itself; the message says where
     */
    public static Grammar compile(String json, Tags tags, SchemaOptions options, CompileBudget budget) {
        return new TaggedArguments(tags, options, budget).arguments(SchemaSource.read(json));
    }

    /**
     * Returns the grammar of arguments of which nothing is known.
     * @param tags what stands around arguments
     * @param budget what compiling may take
     * @return the grammar
     */
    public static Grammar any(Tags tags, CompileBudget budget) {
        Grammar argument = Grammar.sequence(Grammar.literal(tags.beforeKey(), tags.marks()),
                Grammar.regex("[A-Za-z_][A-Za-z0-9_.-]{0,63}", budget),
                Grammar.literal(tags.beforeValue(), tags.marks()),
                Grammar.upTo(tags.afterValue().stripLeading(), false));
        return Grammar.optional(Grammar.list(argument, Grammar.sequence()));
    }

    private Grammar arguments(SchemaSource source) {
        JsonNode root = source.root();
        for (Map.Entry<String, JsonNode> keyword : root.properties()) {
            if (!UNDERSTOOD.contains(keyword.getKey())) {
                throw source.refuse(root,
                        "the keyword '" + keyword.getKey() + "' is not supported for arguments between tags,");
            }
        }
        // finds what contradicts itself, and values of the wrong form
        SchemaCompiler.compile(source, root, this.options, this.budget);
        Set<String> required = new HashSet<>();
        root.path("required").forEach((name) -> required.add(name.asText()));
        List<Grammar> parts = new ArrayList<>();
        for (Map.Entry<String, JsonNode> property : root.path("properties").properties()) {
            boolean needed = required.remove(property.getKey());
            Optional<Grammar> value = value(property.getValue(), source);
            if (value.isEmpty() && needed) {
                throw source.refuse(property.getValue(), "no value fulfils what is asked");
            }
            value.map((grammar) -> Grammar.sequence(this.tags.head(property.getKey()), grammar))
                .ifPresent((argument) -> parts.add(needed ? argument : Grammar.optional(argument)));
        }
        if (!required.isEmpty()) {
            throw source.refuse(root, "required arguments that are no properties, such as '"
                    + required.iterator().next() + "', are not supported between tags,");
        }
        return Grammar.sequence(parts.toArray(Grammar[]::new));
    }

    private Optional<Grammar> value(JsonNode schema, SchemaSource source) {
        if (!schema.path("type").asText().equals("string")) {
            Grammar value = SchemaCompiler.compile(source, schema, this.options, this.budget);
            return Optional.of(Grammar.sequence(value, this.tags.end()));
        }
        List<Grammar> texts = new ArrayList<>();
        for (SchemaChoices.Alternative alternative : SchemaChoices.of(List.of(schema), source, this.budget)) {
            SchemaTypes types = SchemaTypes.of(alternative.schemas(), source);
            if (types.types().contains(SchemaValue.Type.STRING)) {
                types.values()
                    .map(this::listed)
                    .orElseGet(() -> text(alternative.schemas(), source))
                    .ifPresent(texts::add);
            }
        }
        return texts.isEmpty() ? Optional.empty() : Optional.of(Grammar.choice(texts));
    }

    private Optional<Grammar> listed(List<JsonNode> values) {
        List<Grammar> texts = new ArrayList<>();
        for (JsonNode each : values) {
            if (each.isTextual() && !each.textValue().contains(this.tags.afterValue().strip())) {
                texts.add(Grammar.literal(each.textValue() + this.tags.afterValue(), this.tags.marks()));
            }
        }
        return texts.isEmpty() ? Optional.empty() : Optional.of(Grammar.choice(texts));
    }

    private Optional<Grammar> text(List<JsonNode> schemas, SchemaSource source) {
        int least = 0;
        int most = ByteAutomaton.ANY_NUMBER;
        for (JsonNode schema : schemas) {
            least = Math.max(least, SchemaCompiler.count(schema, "minLength", 0));
            most = Math.min(most, SchemaCompiler.count(schema, "maxLength", ByteAutomaton.ANY_NUMBER));
        }
        boolean open = least == 0 && most == ByteAutomaton.ANY_NUMBER;
        Optional<SchemaStrings.Strings> strings = new SchemaStrings(source, this.budget, true).strings(schemas);
        if (strings.isEmpty()) {
            return Optional.empty();
        }
        Optional<CharacterAutomaton> limited = strings.get().characters();
        if (limited.isEmpty() && open) {
            return Optional.of(Grammar.upTo(this.tags.afterValue().stripLeading(), false));
        }
        CharacterAutomaton characters = limited.isPresent() ? limited.get()
                : CharacterAutomaton.lengths(least, most, this.budget);
        int end = this.tags.afterValue().strip().codePointAt(0);
        CharacterAutomaton inside = characters.and(CharacterAutomaton.all(CodePoints.of(end, end).not()), this.budget);
        if (inside.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(Grammar.sequence(new Grammar(new Symbols.Terminal(ByteCompiler.utf8(inside, this.budget))),
                this.tags.end()));
    }

}
