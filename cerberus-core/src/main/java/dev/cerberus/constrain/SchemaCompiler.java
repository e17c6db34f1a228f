package dev.cerberus.constrain;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A compiler of JSON Schema (draft 2020-12, and what older drafts spell alike) into
 * grammars. Confined to one thread.
 */
/*
 * A place of an instance must fulfil a set of schemas at once: that is one value here,
 * found by the set, which makes recursion a loop in the grammar. References are followed
 * and allOf is merged into the set; anyOf and oneOf split it into alternatives; each
 * alternative falls apart by JSON type. Values that nothing fulfils are found as those
 * that are left when all others have been shown to be possible, from the leaves up, and
 * are left out of the grammar: from every state of it an end can be reached.
 */
public final class SchemaCompiler {

    private static final int MOST_VALUES = 20_000;

    private static final Set<String> TYPES_ONLY = Set.of("type", "enum", "const", "$ref", "allOf", "anyOf", "oneOf",
            "title", "description", "default", "examples", "$comment", "$defs", "definitions", "$schema", "$id");

    private final SchemaSource source;

    private final SchemaOptions options;

    private final CompileBudget budget;

    private final SchemaStrings strings;

    private final int deepest; // how deep in values it is asked which listed ones are
                               // valid

    private final Map<List<Integer>, SchemaValue> values = new HashMap<>();

    private final IdentityHashMap<JsonNode, Integer> numbers = new IdentityHashMap<>();

    private final List<SchemaValue> all = new ArrayList<>();

    private SchemaCompiler(SchemaSource source, SchemaOptions options, CompileBudget budget, boolean formats,
            int deepest) {
        this.source = source;
        this.options = options;
        this.budget = budget;
        this.strings = new SchemaStrings(source, budget, formats);
        this.deepest = deepest;
    }

    /**
     * Compiles a schema.
     * @param json the schema
     * @param options how its instances are written
     * @param budget what compiling may take
     * @return the grammar of its instances
     * @throws ConstraintException if it is no schema, asks for something that can not be
     * enforced, contradicts itself, or needs too much; the message says where
     */
    public static Grammar compile(String json, SchemaOptions options, CompileBudget budget) {
        SchemaSource source = SchemaSource.read(json);
        return compile(source, source.root(), options, budget);
    }

    /**
     * Compiles a part of a schema, whose references are to the whole.
     */
    static Grammar compile(SchemaSource source, JsonNode part, SchemaOptions options, CompileBudget budget) {
        SchemaCompiler compiler = new SchemaCompiler(source, options, budget, true, Integer.MAX_VALUE);
        SchemaValue root = compiler.value(List.of(part));
        compiler.complete();
        if (!root.isPossible()) {
            throw new ConstraintException("the JSON schema can not be fulfilled: its requirements contradict each "
                    + "other, or it has no finite instance, at " + compiler.culprit(root) + "; change them");
        }
        return new Grammar(root.symbol());
    }

    /** Returns the values that fulfil all of some schemas. */
    SchemaValue value(List<JsonNode> schemas) {
        List<JsonNode> distinct = schemas.stream()
            .filter((schema) -> !(schema.isBoolean() && schema.booleanValue()))
            .toList();
        List<Integer> key = distinct.stream()
            .map((schema) -> this.numbers.computeIfAbsent(schema, (unknown) -> this.numbers.size()))
            .sorted()
            .distinct()
            .toList();
        SchemaValue known = this.values.get(key);
        if (known == null) {
            known = new SchemaValue(distinct);
            this.values.put(key, known);
            this.all.add(known);
            this.budget.spend();
            if (this.all.size() > MOST_VALUES) {
                throw new ConstraintException("the JSON schema can not be enforced: it has more than " + MOST_VALUES
                        + " combinations of parts; make it simpler");
            }
        }
        return known;
    }

    /** Compiles all values that are asked for, and those that these ask for. */
    private void complete() {
        for (int i = 0; i < this.all.size(); i++) {
            SchemaValue value = this.all.get(i);
            for (SchemaChoices.Alternative alternative : SchemaChoices.of(value.schemas(), this.source, this.budget)) {
                addKinds(alternative, value);
            }
        }
        boolean news = true;
        while (news) {
            news = false;
            for (SchemaValue value : this.all) {
                this.budget.spend();
                news |= value.update();
            }
        }
        SchemaExclusion exclusion = new SchemaExclusion(this.source, this.budget);
        for (SchemaValue value : this.all) {
            exclusion.check(value);
            write(value);
        }
    }

    private void addKinds(SchemaChoices.Alternative alternative, SchemaValue value) {
        List<JsonNode> schemas = alternative.schemas();
        SchemaTypes types = SchemaTypes.of(schemas, this.source);
        if (types.values().isPresent()) {
            List<JsonNode> listed = valid(types.values().get(), schemas);
            if (!listed.isEmpty()) {
                value.kinds().add(new SchemaValue.Listed(alternative.path(), listed));
            }
            return;
        }
        for (SchemaValue.Type type : types.types()) {
            kind(type, types, alternative).ifPresent(value.kinds()::add);
        }
    }

    private Optional<SchemaValue.Kind> kind(SchemaValue.Type type, SchemaTypes types,
            SchemaChoices.Alternative alternative) {
        List<JsonNode> schemas = alternative.schemas();
        return switch (type) {
            case NULL -> Optional.of(scalar(alternative, type, new LiteralSet(List.of("null"))));
            case BOOLEAN -> Optional.of(scalar(alternative, type, new LiteralSet(List.of("true", "false"))));
            case NUMBER -> number(types.integer(), alternative);
            case STRING -> this.strings.strings(schemas)
                .map((strings) -> new SchemaValue.Scalar(alternative.path(), type,
                        strings.characters().filter((characters) -> strings.exact()), strings.automaton()));
            case OBJECT -> Optional.of(new SchemaValue.Objects(alternative.path(),
                    new SchemaObjects(this, this.source, this.options, this.budget, this.strings).rules(schemas)));
            case ARRAY -> Optional.of(new SchemaValue.Arrays(alternative.path(), arrays(schemas)));
        };
    }

    private static SchemaValue.Kind scalar(SchemaChoices.Alternative alternative, SchemaValue.Type type,
            ByteAutomaton automaton) {
        return new SchemaValue.Scalar(alternative.path(), type, Optional.empty(), automaton);
    }

    private Optional<SchemaValue.Kind> number(boolean integer, SchemaChoices.Alternative alternative) {
        List<Numbers.Bound> least = new ArrayList<>();
        List<Numbers.Bound> most = new ArrayList<>();
        List<BigDecimal> multiples = new ArrayList<>();
        for (JsonNode schema : alternative.schemas()) {
            bound(schema, "minimum", "exclusiveMinimum", least);
            bound(schema, "maximum", "exclusiveMaximum", most);
            if (schema.has("multipleOf")) {
                multiples.add(schema.get("multipleOf").decimalValue());
            }
        }
        if (least.isEmpty() && most.isEmpty() && multiples.isEmpty()) {
            return Optional
                .of(scalar(alternative, SchemaValue.Type.NUMBER, integer ? Numbers.INTEGER : Numbers.NUMBER));
        }
        CharacterAutomaton digits = Numbers.automaton(integer, least, most, multiples,
                this.source.place(alternative.schemas().get(0)), this.budget);
        return digits.isEmpty() ? Optional.empty() : Optional.of(new SchemaValue.Scalar(alternative.path(),
                SchemaValue.Type.NUMBER, Optional.of(digits), ByteCompiler.utf8(digits, this.budget)));
    }

    private static void bound(JsonNode schema, String keyword, String strict, List<Numbers.Bound> bounds) {
        boolean excluded = schema.path(strict).asBoolean(false) && schema.path(strict).isBoolean();
        if (schema.has(keyword)) {
            bounds.add(new Numbers.Bound(schema.get(keyword).decimalValue(), excluded));
        }
        if (schema.path(strict).isNumber()) {
            bounds.add(new Numbers.Bound(schema.get(strict).decimalValue(), true));
        }
    }

    private ArrayRules arrays(List<JsonNode> schemas) {
        int least = 0;
        int most = ByteAutomaton.ANY_NUMBER;
        int prefix = 0;
        List<List<JsonNode>> prefixes = schemas.stream().map(this.source::prefix).toList();
        for (List<JsonNode> each : prefixes) {
            prefix = Math.max(prefix, each.size());
        }
        for (JsonNode schema : schemas) {
            least = Math.max(least, count(schema, "minItems", 0));
            most = Math.min(most, count(schema, "maxItems", ByteAutomaton.ANY_NUMBER));
            if (schema.has("contains")) {
                throw this.source.refuse(schema, "the keyword 'contains' is not supported");
            }
        }
        for (JsonNode schema : schemas) {
            if (schema.path("uniqueItems").asBoolean() && most > 1) {
                throw this.source.refuse(schema, "the keyword 'uniqueItems' is not supported");
            }
        }
        List<SchemaValue> first = new ArrayList<>();
        for (int i = 0; i < prefix && i < most; i++) {
            this.budget.spend();
            first.add(value(items(schemas, prefixes, i)));
        }
        return new ArrayRules(first, value(items(schemas, prefixes, prefix)), least, most, this.options.layout());
    }

    /**
     * Returns what an item has to fulfil. prefixes: of each schema, those of the first
     * items.
     */
    private List<JsonNode> items(List<JsonNode> schemas, List<List<JsonNode>> prefixes, int index) {
        List<JsonNode> items = new ArrayList<>();
        for (int i = 0; i < schemas.size(); i++) {
            List<JsonNode> prefix = prefixes.get(i);
            JsonNode rest = this.source.items(schemas.get(i));
            if (index < prefix.size()) {
                items.add(prefix.get(index));
            }
            else if (rest != null) {
                items.add(rest);
            }
        }
        return items;
    }

    static int count(JsonNode schema, String keyword, int otherwise) {
        return schema.has(keyword)
                ? schema.get(keyword).decimalValue().min(BigDecimal.valueOf(ByteAutomaton.ANY_NUMBER)).intValue()
                : otherwise;
    }

    /** Returns those of some values that fulfil all else that the schemas say. */
    private List<JsonNode> valid(List<JsonNode> listed, List<JsonNode> schemas) {
        boolean plain = schemas.stream()
            .allMatch((schema) -> StreamSupport.stream(((Iterable<String>) schema::fieldNames).spliterator(), false)
                .allMatch(TYPES_ONLY::contains));
        if (plain || listed.isEmpty() || this.deepest == 0) {
            return listed;
        }
        // What is listed below is only asked for as deep as these values are, or a schema
        // that lists objects and refers to itself in them would be asked for ever.
        int below = Math.min(this.deepest - 1, listed.stream().mapToInt(SchemaCompiler::depth).max().orElse(0));
        // a value that is listed may be in any spelling of its format
        SchemaCompiler compiler = new SchemaCompiler(this.source, new SchemaOptions(this.options.layout(), true, true),
                this.budget, false, below);
        SchemaValue value = new SchemaValue(List.of());
        SchemaTypes types = SchemaTypes.of(schemas, this.source);
        SchemaChoices.Alternative alternative = new SchemaChoices.Alternative(schemas,
                new SchemaChoices.Path(new IdentityHashMap<>()));
        for (SchemaValue.Type type : types.types()) {
            if (listed.stream().anyMatch((each) -> SchemaValue.Type.of(each) == type)) {
                compiler.kind(type, types, alternative).ifPresent(value.kinds()::add);
            }
        }
        compiler.complete();
        ListedValues values = new ListedValues(this.budget);
        return listed.stream().filter((each) -> values.fulfils(each, value)).toList();
    }

    /** Returns how many objects and arrays a value has at most one in the other. */
    private static int depth(JsonNode value) {
        int below = 0;
        for (JsonNode each : value) {
            below = Math.max(below, depth(each));
        }
        return value.isContainerNode() ? below + 1 : 0;
    }

    static boolean matches(Symbol symbol, String text) {
        return matches(symbol, text, new CompileBudget());
    }

    static boolean matches(Symbol symbol, String text, CompileBudget budget) {
        Reading reading = Reading.of(symbol);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            budget.spend();
            reading = reading.after(b & 0xFF);
        }
        return reading.mayEnd();
    }

    /** Turns what is known about a value into its part of the grammar. */
    private void write(SchemaValue value) {
        Set<String> texts = new LinkedHashSet<>();
        for (SchemaValue.Kind kind : value.kinds()) {
            if (!SchemaValue.isPossible(kind)) {
                continue;
            }
            if (kind instanceof SchemaValue.Listed listed) {
                listed.values().forEach((each) -> texts.add(JsonTexts.write(each, this.options.layout())));
            }
            else if (kind instanceof SchemaValue.Scalar scalar) {
                value.symbol().or(new Symbols.Terminal(scalar.automaton()));
            }
            else if (kind instanceof SchemaValue.Objects objects) {
                value.symbol().or(objects.rules().symbol());
            }
            else if (kind instanceof SchemaValue.Arrays arrays) {
                value.symbol().or(arrays.rules().symbol());
            }
        }
        if (!texts.isEmpty()) {
            value.symbol().or(new Symbols.Terminal(new LiteralSet(List.copyOf(texts))));
        }
    }

    /** Follows what is impossible down to where it begins. */
    private String culprit(SchemaValue root) {
        SchemaValue at = root;
        Set<SchemaValue> seen = new HashSet<>();
        while (seen.add(at)) {
            Optional<SchemaValue> below = at.kinds()
                .stream()
                .filter((kind) -> kind instanceof SchemaValue.Objects)
                .flatMap((kind) -> ((SchemaValue.Objects) kind).rules().properties().stream())
                .filter((property) -> property.required() && !property.value().isPossible())
                .map(ObjectRules.Property::value)
                .filter((value) -> !value.schemas().isEmpty())
                .findFirst();
            if (below.isEmpty()) {
                break;
            }
            at = below.get();
        }
        return at.schemas().isEmpty() ? "#" : this.source.place(at.schemas().get(0));
    }

}
