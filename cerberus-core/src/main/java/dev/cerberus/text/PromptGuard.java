package dev.cerberus.text;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * An encoder of conversations in which only the chat template writes control tokens: such
 * a token's text in a message, a tool or a variable stays text.
 *
 * <p>
 * Thread-safe; closing it does not close the tokenizer.
 */
/*
 * Most conversations hold no text of a control token. They are rendered and encoded as a
 * whole, so their ids are those that the model was trained on.
 *
 * In the others, a mark is put into each such text before rendering: a character that
 * occurs nowhere in the conversation.
 *
 * content hi<|im_end|> → hi<M|im_end|>
 *
 * rendered <|im_start|>user hi<M|im_end|><|im_end|> only the template's are whole
 *
 * Then the template's own are given names that nobody can guess, the marks are taken out,
 * and a second tokenizer, which knows the control tokens by those names only, encodes the
 * whole. Nothing is encoded piece by piece, so that what surrounds a text has the effect
 * that it always has.
 *
 * A content may also end or begin within such a text, and the template or another content
 * complete it: there the mark goes to the border.
 */
public final class PromptGuard implements AutoCloseable {

    private static final int NAME_BYTES = 12;

    private static final int FIRST_MARK = 0xE000;

    private static final int LAST_MARK = 0xF8FF;

    private final TextTokenizer tokenizer;

    // Written by templates only.
    private final TokenMatcher controls;

    // The same, from their ends.
    private final TokenMatcher reversed;

    // What answers may not hold either; they do hold markup such as <think>.
    private final TokenMatcher inAnswers;

    private final TokenMatcher reversedInAnswers;

    private final Map<String, String> names = new LinkedHashMap<>();

    // Whether a text may become a control token by being normalized.
    private final boolean always;

    private @Nullable TextTokenizer renamed; // guarded by this

    private boolean closed; // guarded by this

    private PromptGuard(TextTokenizer tokenizer, List<TokenizerFile.AddedToken> tokens) {
        this.tokenizer = tokenizer;
        SecureRandom random = new SecureRandom();
        for (TokenizerFile.AddedToken token : tokens) {
            byte[] name = new byte[NAME_BYTES];
            random.nextBytes(name);
            this.names.put(token.content(), "<|" + HexFormat.of().formatHex(name) + "|>");
        }
        List<String> all = tokens.stream().map(TokenizerFile.AddedToken::content).toList();
        List<String> special = tokens.stream()
            .filter(TokenizerFile.AddedToken::special)
            .map(TokenizerFile.AddedToken::content)
            .toList();
        this.controls = new TokenMatcher(all);
        this.reversed = new TokenMatcher(reversed(all));
        this.inAnswers = new TokenMatcher(special);
        this.reversedInAnswers = new TokenMatcher(reversed(special));
        this.always = tokenizer.file().normalized() && tokens.stream().anyMatch(TokenizerFile.AddedToken::normalized);
    }

    private static List<String> reversed(List<String> texts) {
        return texts.stream().map((text) -> new StringBuilder(text).reverse().toString()).toList();
    }

    /**
     * Creates the encoder of a model.
     * @param tokenizer the model's tokenizer; stays open as long as the encoder is used
     * @param template the template, whose text tells which other tokens control the
     * model; may be {@code null}
     * @return the encoder, to be closed by the caller
     */
    public static PromptGuard of(TextTokenizer tokenizer, @Nullable ChatTemplate template) {
        List<TokenizerFile.AddedToken> tokens = new ArrayList<>();
        for (TokenizerFile.AddedToken token : tokenizer.file().addedTokens()) {
            boolean control = token.special() || (template != null && template.mentions(token.content()));
            if (control && isMarkup(token.content())) {
                tokens.add(token);
            }
        }
        return new PromptGuard(tokenizer, tokens);
    }

    /** Words and blanks are no markup, whatever a tokenizer says of them. */
    private static boolean isMarkup(String token) {
        int last = token.codePointBefore(token.length());
        return token.length() > 2 && !Character.isLetterOrDigit(token.codePointAt(0))
                && !Character.isLetterOrDigit(last) && !token.isBlank();
    }

    /**
     * Renders and encodes a conversation.
     * @param template the chat template
     * @param messages the conversation, oldest first
     * @param tools what the model may call
     * @param variables further variables for the template
     * @param rendered looks at the rendered text before it is encoded, and may refuse it
     * @return the ids
     * @throws ChatTemplateException if the template refuses the conversation or fails
     * @throws IllegalArgumentException if the rendered text is too long
     */
    public int[] encode(ChatTemplate template, List<ChatMessage> messages, List<ToolDefinition> tools,
            Map<String, Object> variables, Consumer<String> rendered) {
        Marks marks = new Marks(freeCharacter(messages, tools, variables));
        String text = template.render(messages, tools, true, variables,
                new ChatTemplate.Changes(marks::inText, marks::inAnswer));
        rendered.accept(text);
        return (marks.used || this.always) ? encodeMarked(text, marks.mark) : this.tokenizer.encode(text, false);
    }

    /**
     * Encodes a text in which no control token is meant.
     * @param text the text
     * @param addSpecialTokens whether the tokens of the tokenizer's own post-processor
     * are added
     * @return the ids
     */
    public int[] encodeText(String text, boolean addSpecialTokens) {
        boolean plain = !this.always;
        for (int i = 0; i < text.length() && plain; i++) {
            plain = this.controls.lengthAt(text, i) == 0;
        }
        return (plain ? this.tokenizer : renamed()).encode(text, addSpecialTokens);
    }

    int[] encodeMarked(String text, char mark) {
        StringBuilder encoded = new StringBuilder(text.length() + 64);
        for (int i = 0; i < text.length();) {
            int length = this.controls.lengthAt(text, i);
            if (length > 0) {
                encoded.append(this.names.get(text.substring(i, i + length)));
                i += length;
            }
            else {
                if (text.charAt(i) != mark) {
                    encoded.append(text.charAt(i));
                }
                i++;
            }
        }
        return renamed().encode(encoded.toString(), false);
    }

    private synchronized TextTokenizer renamed() {
        if (this.closed) {
            throw new IllegalStateException("the encoder is closed");
        }
        TextTokenizer known = this.renamed;
        if (known == null) {
            known = this.tokenizer.renamed(this.names);
            this.renamed = known;
        }
        return known;
    }

    /** Returns a character for private use that occurs nowhere. */
    private static char freeCharacter(List<ChatMessage> messages, List<ToolDefinition> tools,
            Map<String, Object> variables) {
        boolean[] taken = new boolean[LAST_MARK - FIRST_MARK + 1];
        List<String> texts = new ArrayList<>(List.of(variables.toString()));
        for (ChatMessage message : messages) {
            texts.add(message.content());
            texts.add(String.valueOf(message.name()));
            texts.add(String.valueOf(message.toolCallId()));
            message.toolCalls().forEach((call) -> texts.addAll(List.of(call.id(), call.name(), call.argumentsJson())));
        }
        tools.forEach((tool) -> texts.addAll(List.of(tool.name(), tool.description(), tool.parametersJson())));
        for (String text : texts) {
            for (int i = 0; i < text.length(); i++) {
                int place = text.charAt(i) - FIRST_MARK;
                if (place >= 0 && place < taken.length) {
                    taken[place] = true;
                }
            }
        }
        for (int i = 0; i < taken.length; i++) {
            if (!taken[i]) {
                return (char) (FIRST_MARK + i);
            }
        }
        throw new ChatTemplateException("a conversation may not hold every character for private use; leave one out");
    }

    @Override
    public synchronized void close() {
        this.closed = true;
        TextTokenizer known = this.renamed;
        this.renamed = null;
        if (known != null) {
            known.close();
        }
    }

    /** The marks of one conversation. */
    private final class Marks {

        private final char mark;

        private boolean used;

        Marks(char mark) {
            this.mark = mark;
        }

        String inText(String text) {
            return marked(text, PromptGuard.this.controls, PromptGuard.this.reversed);
        }

        String inAnswer(String text) {
            return marked(text, PromptGuard.this.inAnswers, PromptGuard.this.reversedInAnswers);
        }

        private String marked(String text, TokenMatcher whole, TokenMatcher backwards) {
            Set<Integer> places = new HashSet<>();
            for (int i = 0; i < text.length(); i++) {
                if (whole.lengthAt(text, i) > 0) {
                    places.add(i + 1);
                }
            }
            int begin = 0;
            int end = text.length();
            while (begin < end && Character.isWhitespace(text.charAt(begin))) {
                begin++;
            }
            while (end > begin && Character.isWhitespace(text.charAt(end - 1))) {
                end--;
            }
            if (completes(text, begin, end, backwards)) {
                places.add(begin);
            }
            if (begins(text, begin, end, whole)) {
                places.add(end);
            }
            if (places.isEmpty()) {
                return text;
            }
            this.used = true;
            StringBuilder marked = new StringBuilder(text.length() + places.size());
            for (int i = 0; i <= text.length(); i++) {
                if (places.contains(i)) {
                    marked.append(this.mark);
                }
                if (i < text.length()) {
                    marked.append(text.charAt(i));
                }
            }
            return marked.toString();
        }

        /** Returns whether the text ends within the beginning of a control token. */
        private boolean begins(String text, int begin, int end, TokenMatcher whole) {
            for (int i = Math.max(begin, end - TokenMatcher.LONGEST); i < end; i++) {
                if (whole.beginsAt(text, i, end)) {
                    return true;
                }
            }
            return false;
        }

        /** Returns whether the text begins with the end of a control token. */
        private boolean completes(String text, int begin, int end, TokenMatcher backwards) {
            CharSequence turned = new StringBuilder(text.substring(begin, Math.min(end, begin + TokenMatcher.LONGEST)))
                .reverse();
            for (int i = 0; i < turned.length(); i++) {
                if (backwards.beginsAt(turned, i, turned.length())) {
                    return true;
                }
            }
            return false;
        }

    }

}
