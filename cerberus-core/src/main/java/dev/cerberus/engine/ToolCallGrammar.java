package dev.cerberus.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.constrain.CompileBudget;
import dev.cerberus.constrain.ConstraintException;
import dev.cerberus.constrain.Grammar;
import dev.cerberus.constrain.JsonLayout;
import dev.cerberus.constrain.JsonTexts;
import dev.cerberus.constrain.SchemaCompiler;
import dev.cerberus.constrain.SchemaOptions;
import dev.cerberus.constrain.TaggedArguments;
import dev.cerberus.text.AnswerSyntax;
import dev.cerberus.text.CallLayout;
import dev.cerberus.text.ToolDefinition;

/**
 * The grammar of calls of tools as a model writes them. Confined to the thread that
 * compiles.
 */
final class ToolCallGrammar {

    private static final Logger LOGGER = LoggerFactory.getLogger(ToolCallGrammar.class);

    private static final JsonMapper JSON = new JsonMapper();

    private static final List<String> ARGUMENTS_KEYS = List.of("\"arguments\":", "\"parameters\":");

    /** Where a line break next to a brace begins or ends. */
    private static final Pattern BRACES = Pattern.compile("(?=\\n\\{)|(?<=\\n)(?=\\{)|(?<=\\})(?=\\n)|(?<=\\}\\n)");

    private final AnswerSyntax syntax;

    private final CallLayout layout;

    private final Set<String> marks;

    private final Collection<String> ends;

    private final String close;

    private final boolean parallel;

    private final CompileBudget budget;

    private final SchemaOptions options;

    /**
     * Creates the grammars of a model.
     * @param syntax how the model marks calls and thoughts
     * @param marks texts of the special tokens among these marks
     * @param ends texts of the tokens that end an answer: where one closes calls, the
     * answer is over without it
     * @param parallel whether there may be several calls, if the form has several
     * @param budget what compiling may take
     */
    ToolCallGrammar(AnswerSyntax syntax, Set<String> marks, Collection<String> ends, boolean parallel,
            CompileBudget budget) {
        this.syntax = syntax;
        this.layout = syntax.calls();
        this.marks = marks;
        this.close = withoutEnd(this.layout.close(), ends);
        this.ends = ends;
        this.parallel = parallel && this.layout.parallel();
        this.budget = budget;
        this.options = new SchemaOptions(this.layout.spaced() ? JsonLayout.SPACED : JsonLayout.COMPACT, false, false);
    }

    private static String withoutEnd(String text, Collection<String> ends) {
        return ends.stream()
            .filter((end) -> !end.isEmpty() && text.stripTrailing().endsWith(end))
            .findFirst()
            .map((end) -> text.stripTrailing().substring(0, text.stripTrailing().length() - end.length()))
            .orElse(text);
    }

    /** Returns the grammar of answers that are calls. */
    Grammar calls(List<ToolDefinition> tools) {
        return Grammar.sequence(text(this.layout.lead()), section(tools, 0));
    }

    /**
     * Returns the grammar of answers that are text, calls, or both, after thoughts if the
     * model has any.
     * @param tools what may be called
     * @param thoughtsOver whether thoughts have come before
     */
    Grammar textOrCalls(List<ToolDefinition> tools, boolean thoughtsOver) {
        String marker = this.layout.marker();
        Grammar answer = marker.isEmpty() ? Grammar.choice(List.of(Grammar.textWithoutBracket(), section(tools, 0)))
                : Grammar.text(marker, section(tools, marker.length()), this.parallel);
        if (thoughtsOver) {
            return answer;
        }
        Grammar thoughts = Grammar.sequence(text(this.syntax.thoughtsStart()),
                Grammar.upTo(this.syntax.thoughtsEnd(), true));
        return Grammar.choice(List.of(answer, Grammar.sequence(thoughts, answer)));
    }

    /** Returns calls without the first characters, which have been written. */
    private Grammar section(List<ToolDefinition> tools, int written) {
        String open = this.layout.open();
        List<Grammar> first = new ArrayList<>();
        List<Grammar> next = new ArrayList<>();
        List<Grammar> arguments = arguments(tools);
        for (int i = 0; i < tools.size(); i++) {
            first.add(call(tools.get(i), arguments.get(i), Math.max(0, written - open.length())));
            next.add(call(tools.get(i), arguments.get(i), 0));
        }
        Grammar begin = text(open.substring(Math.min(open.length(), written)));
        return Grammar.sequence(begin, Grammar.choice(first), more(Grammar.choice(next)), text(this.close));
    }

    /** Returns the calls after the first. */
    private Grammar more(Grammar call) {
        Grammar between = text(this.layout.between());
        Grammar more = Grammar.sequence();
        for (int calls = 1; this.parallel && calls < OutputFormat.ToolCalls.MOST_CALLS; calls++) {
            more = Grammar.optional(Grammar.sequence(between, call, more));
        }
        return more;
    }

    private Grammar call(ToolDefinition tool, Grammar arguments, int written) {
        List<Grammar> parts = new ArrayList<>();
        List<CallLayout.Part> call = this.layout.call();
        for (int i = 0; i < call.size(); i++) {
            if (call.get(i) instanceof CallLayout.Part.Text fixed) {
                String text = (i == 0) ? fixed.text().substring(written) : fixed.text();
                boolean last = i == call.size() - 1 && this.close.isEmpty();
                boolean key = i + 1 < call.size() && call.get(i + 1) == CallLayout.Part.Hole.ARGUMENTS;
                parts.add(key ? withArgumentsKey(text) : text(last ? withoutEnd(text, this.ends) : text));
                continue;
            }
            parts.add(switch ((CallLayout.Part.Hole) call.get(i)) {
                case NAME -> Grammar.literal(name(tool));
                case ARGUMENTS -> arguments;
                case ID -> Grammar.regex("[A-Za-z0-9]{9}", new CompileBudget());
                case NUMBER -> Grammar.regex("[0-9]|[1-9][0-9]{1,2}", new CompileBudget());
            });
        }
        return Grammar.sequence(parts.toArray(Grammar[]::new));
    }

    /** Some models know the arguments by another key than their template shows. */
    private Grammar withArgumentsKey(String text) {
        List<Grammar> keys = new ArrayList<>(List.of(text(text)));
        for (String key : ARGUMENTS_KEYS) {
            for (String other : ARGUMENTS_KEYS) {
                if (!key.equals(other) && text.contains(key)) {
                    keys.add(text(text.replace(key, other)));
                }
            }
        }
        return Grammar.choice(keys);
    }

    /**
     * Line breaks around a JSON object may be left out, or be blanks: models write some
     * and some not.
     */
    private Grammar text(String text) {
        List<Grammar> parts = new ArrayList<>();
        for (String part : this.layout.jsonName() ? BRACES.splitAsStream(text).toList() : List.of(text)) {
            Grammar literal = Grammar.literal(part, this.marks);
            parts.add((part.equals("\n") && text.length() > 1)
                    ? Grammar.optional(Grammar.choice(List.of(literal, Grammar.literal(" ")))) : literal);
        }
        return Grammar.sequence(parts.toArray(Grammar[]::new));
    }

    private String name(ToolDefinition tool) {
        if (!this.layout.jsonName()) {
            return tool.name();
        }
        String quoted = JsonTexts.string(tool.name());
        return quoted.substring(1, quoted.length() - 1);
    }

    /**
     * Returns the grammars of the arguments of all tools. Each has its share of the time,
     * so that one that takes long is at the expense of no other; what others leave is for
     * those whose share did not do. The largest comes last, with all that is left, and so
     * is seldom begun twice.
     */
    private List<Grammar> arguments(List<ToolDefinition> tools) {
        Grammar[] all = new Grammar[tools.size()];
        List<Late> late = new ArrayList<>();
        List<Integer> smallestFirst = IntStream.range(0, all.length)
            .boxed()
            .sorted(Comparator.comparingInt((tool) -> tools.get(tool).parametersJson().length()))
            .toList();
        int left = all.length;
        for (int tool : smallestFirst) {
            CompileBudget share = this.budget.share(left--);
            try {
                all[tool] = arguments(tools.get(tool), share);
            }
            catch (ConstraintException ex) {
                if (share.isSpent()) {
                    late.add(new Late(tool, share, ex));
                }
                else {
                    all[tool] = anyArguments(tools.get(tool), ex);
                }
            }
        }
        for (int i = 0; i < late.size(); i++) {
            Late one = late.get(i);
            all[one.tool()] = again(tools.get(one.tool()), one, this.budget.share(late.size() - i));
        }
        return List.of(all);
    }

    private Grammar again(ToolDefinition tool, Late late, CompileBudget share) {
        if (share.time().compareTo(late.had().time()) <= 0) {
            return anyArguments(tool, late.why());
        }
        try {
            return arguments(tool, share);
        }
        catch (ConstraintException ex) {
            return anyArguments(tool, ex);
        }
    }

    private Grammar arguments(ToolDefinition tool, CompileBudget share) {
        String schema = ofObject(tool.parametersJson());
        return this.layout.tags()
            .map((tags) -> TaggedArguments.compile(schema, around(tags), this.options, share))
            .orElseGet(() -> SchemaCompiler.compile(schema, this.options, share));
    }

    /** A tool whose parameters can not be enforced can still be called, unless strict. */
    private Grammar anyArguments(ToolDefinition tool, ConstraintException why) {
        if (tool.strict()) {
            throw new ConstraintException("strict tool '" + tool.name() + "': " + why.getMessage(), why);
        }
        LOGGER.warn("The arguments of tool '{}' are not held to its parameters, only to their form: {}", tool.name(),
                why.getMessage());
        CompileBudget own = new CompileBudget(); // always does, whatever has been spent
        return this.layout.tags()
            .map((tags) -> TaggedArguments.any(around(tags), own))
            .orElseGet(() -> SchemaCompiler.compile("{\"type\":\"object\"}", this.options, own));
    }

    /** Arguments are an object, whether or not their schema says so. */
    private static String ofObject(String schema) {
        try {
            ObjectNode root = (ObjectNode) JSON.readTree(schema);
            JsonNode type = root.path("type");
            boolean object = type.isMissingNode() || type.asText().equals("object")
                    || (type.isArray() && type.toString().contains("\"object\""));
            if (!object) {
                throw new ConstraintException("arguments are an object, but the schema wants type " + type);
            }
            return root.put("type", "object").toString();
        }
        catch (JsonProcessingException ex) {
            throw new IllegalStateException("a tool definition checks its JSON", ex);
        }
    }

    private TaggedArguments.Tags around(CallLayout.Tags tags) {
        return new TaggedArguments.Tags(tags.beforeKey(), tags.beforeValue(), tags.afterValue(), this.marks);
    }

    /**
     * A tool whose share of the time did not do.
     *
     * @param tool its index
     * @param had its share
     * @param why what was said of it
     */
    private record Late(int tool, CompileBudget had, ConstraintException why) {
    }

}
