package dev.cerberus.constrain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What schemas say about strings, as automata. Confined to the thread that compiles.
 */
final class SchemaStrings {

    private final SchemaSource source;

    private final CompileBudget budget;

    private final boolean formats;

    /**
     * Creates a compiler of strings.
     * @param source the schema
     * @param budget what compiling may take
     * @param formats whether strings are held to the usual spellings of their formats
     */
    SchemaStrings(SchemaSource source, CompileBudget budget, boolean formats) {
        this.source = source;
        this.budget = budget;
        this.formats = formats;
    }

    /**
     * Strings that are allowed.
     *
     * @param characters their values; empty where only the length is limited, if at all
     * @param exact whether these are all strings that are allowed; of some formats the
     * usual ones are written only
     * @param automaton the strings as JSON
     */
    record Strings(Optional<CharacterAutomaton> characters, boolean exact, ByteAutomaton automaton) {
    }

    /** Returns the strings that fulfil all of some schemas, if there are any. */
    Optional<Strings> strings(List<JsonNode> schemas) {
        int least = 0;
        int most = ByteAutomaton.ANY_NUMBER;
        List<CharacterAutomaton> patterns = new ArrayList<>();
        boolean exact = true;
        for (JsonNode schema : schemas) {
            least = Math.max(least, SchemaCompiler.count(schema, "minLength", 0));
            most = Math.min(most, SchemaCompiler.count(schema, "maxLength", ByteAutomaton.ANY_NUMBER));
            if (schema.has("pattern")) {
                patterns.add(pattern(schema, schema.get("pattern").textValue()));
            }
            Optional<CharacterAutomaton> format = format(schema);
            format.ifPresent(patterns::add);
            exact &= format.isEmpty();
        }
        if (least > most) {
            return Optional.empty();
        }
        if (patterns.isEmpty()) {
            return Optional.of(new Strings(Optional.empty(), true, counted(schemas, least, most)));
        }
        CharacterAutomaton result = patterns.get(0);
        for (CharacterAutomaton pattern : patterns.subList(1, patterns.size())) {
            result = result.and(pattern, this.budget);
        }
        if (least > 0 || most != ByteAutomaton.ANY_NUMBER) {
            result = result.and(CharacterAutomaton.lengths(least, most, this.budget), this.budget);
        }
        if (result.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Strings(Optional.of(result), exact, ByteCompiler.json(result, this.budget)));
    }

    private ByteAutomaton counted(List<JsonNode> schemas, int least, int most) {
        for (JsonNode schema : schemas) {
            if (SchemaCompiler.count(schema, "minLength", 0) > CountedString.LONGEST) {
                throw this.source.refuse(schema,
                        "the keyword 'minLength' asks for more than " + CountedString.LONGEST + " characters");
            }
        }
        int limit = (most > CountedString.LONGEST) ? ByteAutomaton.ANY_NUMBER : most;
        return (least == 0 && limit == ByteAutomaton.ANY_NUMBER) ? JsonStrings.ANY : new CountedString(least, limit);
    }

    /** Returns the texts in which a pattern is found. */
    CharacterAutomaton pattern(JsonNode schema, String pattern) {
        try {
            return RegexNfa.compile(RegexParser.parse(pattern, this.budget), true, RegexParser.named(pattern),
                    this.budget);
        }
        catch (ConstraintException ex) {
            throw new ConstraintException("the JSON schema can not be enforced: " + ex.getMessage() + " (at "
                    + this.source.place(schema) + ")", ex);
        }
    }

    private Optional<CharacterAutomaton> format(JsonNode schema) {
        if (!this.formats || !schema.has("format")) {
            return Optional.empty();
        }
        String format = schema.get("format").textValue();
        if (SchemaFormats.HINTS.contains(format)) {
            return Optional.empty();
        }
        if (!SchemaFormats.isKnown(format)) {
            throw this.source.refuse(schema,
                    "the format '" + SchemaSource.shown(format) + "' is not one of " + SchemaFormats.names());
        }
        return Optional.of(RegexNfa.compile(RegexParser.parse(SchemaFormats.regex(format), this.budget), false,
                "the format '" + format + "'", this.budget));
    }

}
