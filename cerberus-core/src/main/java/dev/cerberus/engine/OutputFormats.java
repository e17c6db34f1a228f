package dev.cerberus.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.constrain.CompileBudget;
import dev.cerberus.constrain.ConstraintException;
import dev.cerberus.constrain.Constraints;
import dev.cerberus.constrain.Grammar;
import dev.cerberus.constrain.JsonTexts;
import dev.cerberus.constrain.SchemaCompiler;
import dev.cerberus.constrain.SchemaOptions;
import dev.cerberus.constrain.TokenConstraint;
import dev.cerberus.constrain.TokenVocabulary;
import dev.cerberus.text.AnswerSyntax;
import dev.cerberus.text.TextTokenizer;
import dev.cerberus.text.ToolDefinition;

/**
 * The formats that requests have asked for, compiled for a model's tokens. The last ones
 * are kept. Thread-safe; compiling is done by whoever asks.
 */
final class OutputFormats {

    private static final Logger LOGGER = LoggerFactory.getLogger(OutputFormats.class);

    private static final int KEPT = 32;

    private static final String CALL_START = "<tool_call>";

    private static final String CALL_END = "</tool_call>";

    private final AnswerSyntax syntax;

    private final TextTokenizer tokenizer;

    private final Set<Integer> endOfSequence;

    private final Map<Key, Constraints> compiled = new LinkedHashMap<>(16, 0.75f, true) {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Constraints> eldest) {
            return size() > KEPT;
        }

    };

    private @Nullable TokenVocabulary vocabulary;

    OutputFormats(TextTokenizer tokenizer, Set<Integer> endOfSequence, AnswerSyntax syntax) {
        this.syntax = syntax;
        this.tokenizer = tokenizer;
        this.endOfSequence = endOfSequence;
    }

    private record Key(OutputFormat format, boolean blankFirst) {
    }

    /**
     * Returns the state before an answer's first token.
     * @param format what the answer must look like
     * @param continued whether the answer continues the prompt's text
     * @return the state; empty for calls of tools that the model writes in another form
     * than the usual one, which are left to it
     * @throws ConstraintException if the format can not be enforced
     */
    Optional<TokenConstraint> start(OutputFormat format, boolean continued) {
        if (format instanceof OutputFormat.ToolCalls calls && !this.syntax.writesTaggedJson()) {
            if (calls.required() || calls.otherwise().isPresent()) {
                throw new ConstraintException("The model's chat template writes calls of tools in a form that can not "
                        + "be enforced; leave the choice of tools to the model and ask for no other format");
            }
            return Optional.empty();
        }
        Key key = new Key(format, !continued && this.tokenizer.dropsFirstBlank());
        Constraints known;
        synchronized (this.compiled) {
            known = this.compiled.get(key);
        }
        if (known == null) {
            known = new Constraints(grammar(format, new CompileBudget()), vocabulary(), key.blankFirst());
            synchronized (this.compiled) {
                this.compiled.put(key, known);
            }
        }
        return Optional.of(known.start());
    }

    private synchronized TokenVocabulary vocabulary() {
        TokenVocabulary known = this.vocabulary;
        if (known == null) {
            byte[][] pieces = this.tokenizer.pieces()
                .orElseThrow(() -> new ConstraintException("the model's tokenizer does not say which text its tokens "
                        + "stand for, so no output format can be enforced; leave the format out"));
            known = new TokenVocabulary(pieces, this.endOfSequence);
            this.vocabulary = known;
        }
        return known;
    }

    private Grammar grammar(OutputFormat format, CompileBudget budget) {
        if (format instanceof OutputFormat.JsonSchema json) {
            return SchemaCompiler.compile(json.schema(), json.options(), budget);
        }
        if (format instanceof OutputFormat.Regex regex) {
            return Grammar.regex(regex.pattern(), budget);
        }
        return calls((OutputFormat.ToolCalls) format, budget);
    }

    private Grammar calls(OutputFormat.ToolCalls format, CompileBudget budget) {
        List<Grammar> tools = new ArrayList<>();
        for (ToolDefinition tool : format.tools()) {
            SchemaOptions options = SchemaOptions.DEFAULT;
            tools.add(Grammar.sequence(
                    Grammar.literal("{\"name\"" + options.layout().colon() + JsonTexts.string(tool.name())
                            + options.layout().comma() + "\"arguments\"" + options.layout().colon()),
                    arguments(tool, options, budget), Grammar.literal("}")));
        }
        // as the model knows it
        Grammar lineBreak = Grammar.optional(Grammar.literal("\n"));
        Grammar rest = Grammar.sequence(lineBreak, Grammar.choice(tools), lineBreak, Grammar.literal(CALL_END));
        Grammar calls = Grammar.list(Grammar.sequence(Grammar.literal(CALL_START), rest), "\n");
        if (format.required()) {
            return calls;
        }
        return format.otherwise()
            .map((otherwise) -> Grammar.choice(List.of(grammar(otherwise, budget), calls)))
            .orElseGet(() -> Grammar.text(CALL_START, rest));
    }

    /** A tool whose parameters can not be enforced can still be called. */
    private static Grammar arguments(ToolDefinition tool, SchemaOptions options, CompileBudget budget) {
        try {
            return SchemaCompiler.compile(tool.parametersJson(), options, budget);
        }
        catch (ConstraintException ex) {
            LOGGER.warn("The arguments of tool '{}' are not held to its parameters, only to be a JSON object: {}",
                    tool.name(), ex.getMessage());
            return SchemaCompiler.compile("{\"type\":\"object\"}", options, budget);
        }
    }

}
