package dev.cerberus.engine;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.cerberus.constrain.CompileBudget;
import dev.cerberus.constrain.ConstraintException;
import dev.cerberus.constrain.Constraints;
import dev.cerberus.constrain.Grammar;
import dev.cerberus.constrain.SchemaCompiler;
import dev.cerberus.constrain.TokenConstraint;
import dev.cerberus.constrain.TokenVocabulary;
import dev.cerberus.text.AnswerSyntax;
import dev.cerberus.text.TextTokenizer;

/**
 * The formats that requests have asked for, compiled for a model's tokens. The last ones
 * are kept. Thread-safe; compiling is done by whoever asks.
 */
final class OutputFormats {

    private static final int KEPT = 32;

    private final AnswerSyntax syntax;

    private final TextTokenizer tokenizer;

    private final TokenTexts texts;

    private final Set<Integer> endOfSequence;

    /** Special tokens that belong to the form of answers. */
    private final Map<Integer, String> marks = new HashMap<>();

    private final Map<Key, Constraints> compiled = new LinkedHashMap<>(16, 0.75f, true) {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Constraints> eldest) {
            return size() > KEPT;
        }

    };

    private @Nullable TokenVocabulary vocabulary;

    OutputFormats(TextTokenizer tokenizer, TokenTexts texts, Set<Integer> endOfSequence, AnswerSyntax syntax) {
        this.texts = texts;
        this.syntax = syntax;
        this.tokenizer = tokenizer;
        this.endOfSequence = endOfSequence;
        for (int token = 0; token < tokenizer.vocabularySize(); token++) {
            Optional<String> special = tokenizer.specialToken(token);
            if (special.isPresent() && !endOfSequence.contains(token) && syntax.isMarkup(special.get(), true)) {
                this.marks.put(token, special.get());
            }
        }
    }

    private record Key(OutputFormat format, boolean blankFirst, boolean thoughtsFirst) {
    }

    /**
     * Returns the state before an answer's first token.
     * @param format what the answer must look like
     * @param chat whether the answer is one of a conversation; others continue the
     * prompt's text
     * @param thoughtsFirst whether the prompt has begun thoughts
     * @return the state
     * @throws ConstraintException if the format can not be enforced
     */
    TokenConstraint start(OutputFormat format, boolean chat, boolean thoughtsFirst) {
        Key key = new Key(format, chat && this.tokenizer.dropsFirstBlank(), thoughtsFirst);
        Constraints known;
        synchronized (this.compiled) {
            known = this.compiled.get(key);
        }
        if (known == null) {
            known = new Constraints(grammar(key, new CompileBudget()), vocabulary(), key.blankFirst());
            synchronized (this.compiled) {
                this.compiled.put(key, known);
            }
        }
        return known.start();
    }

    private synchronized TokenVocabulary vocabulary() {
        TokenVocabulary known = this.vocabulary;
        if (known == null) {
            byte[][] pieces = this.texts.pieces()
                .orElseThrow(() -> new ConstraintException("the model's tokenizer does not say which text its tokens "
                        + "stand for, so no output format can be enforced; leave the format out"));
            known = new TokenVocabulary(pieces, this.endOfSequence, this.marks);
            this.vocabulary = known;
        }
        return known;
    }

    /**
     * A format is that of the answer, not that of thoughts which the prompt has begun.
     */
    private Grammar grammar(Key key, CompileBudget budget) {
        Grammar grammar = grammar(key.format(), key.thoughtsFirst(), budget);
        return key.thoughtsFirst()
                ? Grammar.sequence(Grammar.upTo(this.syntax.thoughtsEnd(), true),
                        Grammar.optional(Grammar.literal("\n")), Grammar.optional(Grammar.literal("\n")), grammar)
                : grammar;
    }

    private Grammar grammar(OutputFormat format, boolean thoughtsFirst, CompileBudget budget) {
        if (format instanceof OutputFormat.JsonSchema json) {
            return SchemaCompiler.compile(json.schema(), json.options(), budget);
        }
        if (format instanceof OutputFormat.Regex regex) {
            return Grammar.regex(regex.pattern(), budget);
        }
        OutputFormat.ToolCalls calls = (OutputFormat.ToolCalls) format;
        ToolCallGrammar written = new ToolCallGrammar(this.syntax, Set.copyOf(this.marks.values()), endTexts(),
                calls.parallel(), budget);
        if (calls.required()) {
            return written.calls(calls.tools());
        }
        return calls.otherwise()
            .map((otherwise) -> Grammar
                .choice(List.of(grammar(otherwise, thoughtsFirst, budget), written.calls(calls.tools()))))
            .orElseGet(() -> written.textOrCalls(calls.tools(), thoughtsFirst));
    }

    private List<String> endTexts() {
        return this.endOfSequence.stream().flatMap((token) -> this.tokenizer.specialToken(token).stream()).toList();
    }

}
