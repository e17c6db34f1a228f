package dev.cerberus.engine;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;
import dev.cerberus.decode.PromptTooLongException;
import dev.cerberus.text.ChatMessage;
import dev.cerberus.text.PromptGuard;
import dev.cerberus.text.TextTokenizer;
import dev.cerberus.text.ToolDefinition;
import dev.cerberus.text.ToolPrompting;

/**
 * Turns a prompt into token ids, after a look at its length: native code, which sees it
 * then, must not be given more than the context could ever hold. Thread-safe; closing it
 * leaves the tokenizer open.
 */
final class PromptEncoder implements AutoCloseable {

    // Blanks may be joined or dropped, so that more of them than the context's longest
    // tokens hold are no mistake.
    private static final int ALWAYS_TAKEN = 4096;

    private final TextTokenizer tokenizer;

    private final TemplateInUse template;

    private final ToolPrompting tools;

    private final PromptGuard guard;

    private final int contextTokens;

    private final int vocabularySize;

    private final int maxCharacters;

    private final List<Remedy> remedies;

    /**
     * Creates an encoder.
     * @param tokenizer the tokenizer
     * @param template the chat template
     * @param tools says of tools what the template does not
     * @param contextTokens the longest sequence in tokens
     * @param contextIsLowered whether the model allows a longer one
     * @param vocabularySize number of tokens that the model knows
     * @param maxCharacters the most characters of a request; empty for what the context
     * can hold
     */
    PromptEncoder(TextTokenizer tokenizer, TemplateInUse template, ToolPrompting tools, int contextTokens,
            boolean contextIsLowered, int vocabularySize, OptionalInt maxCharacters) {
        this.tools = tools;
        this.tokenizer = tokenizer;
        this.template = template;
        this.guard = PromptGuard.of(tokenizer, template.template().orElse(null));
        this.contextTokens = contextTokens;
        this.vocabularySize = vocabularySize;
        long holds = Math.max(ALWAYS_TAKEN, (long) contextTokens * tokenizer.longestToken());
        this.maxCharacters = (int) Math.min(TextTokenizer.MAX_CHARACTERS,
                maxCharacters.isPresent() ? maxCharacters.getAsInt() : holds);
        this.remedies = remedies(maxCharacters.isPresent(), contextIsLowered);
    }

    private static List<Remedy> remedies(boolean charactersAreLimited, boolean contextIsLowered) {
        if (charactersAreLimited) {
            return List.of(Remedy.of("raise", Setting.MAX_INPUT_CHARACTERS));
        }
        return contextIsLowered ? List.of(Remedy.of("raise", Setting.MAX_CONTEXT)) : List.of();
    }

    /**
     * Encodes the prompt of a request.
     * @throws PromptTooLongException if its texts, stop strings included, are longer than
     * what is taken
     */
    int[] encode(GenerationRequest request) {
        long characters = request.stopStrings().stream().mapToLong(String::length).sum();
        if (request.prompt() instanceof Prompt.Chat chat) {
            characters += chat.messages().stream().mapToLong(PromptEncoder::characters).sum();
            characters += chat.tools().stream().mapToLong(PromptEncoder::characters).sum();
        }
        requireShort(characters);
        return encode(request.prompt());
    }

    int[] encode(Prompt prompt) {
        int[] ids = ids(prompt);
        if (ids.length == 0) {
            throw new EmptyPromptException();
        }
        for (int id : ids) {
            if (id < 0 || id >= this.vocabularySize) {
                throw new UnknownPromptTokenException(id, this.vocabularySize);
            }
        }
        return ids;
    }

    private int[] ids(Prompt prompt) {
        if (prompt instanceof Prompt.Raw raw) {
            requireShort(raw.text().length());
            return raw.controlTokens() ? this.tokenizer.encode(raw.text(), true)
                    : this.guard.encodeText(raw.text(), true);
        }
        if (prompt instanceof Prompt.Chat chat) {
            return this.guard.encode(this.template.require(), this.tools.adapt(chat.messages(), chat.tools()),
                    chat.tools(), Map.of(), (text) -> requireShort(text.length()));
        }
        return ((Prompt.Tokens) prompt).ids();
    }

    private void requireShort(long characters) {
        if (characters > this.maxCharacters) {
            long fewest = characters / this.tokenizer.longestToken();
            throw PromptTooLongException.beforeTokenizing(characters, this.maxCharacters,
                    (int) Math.min(Integer.MAX_VALUE, fewest), this.contextTokens, this.remedies);
        }
    }

    private static long characters(ChatMessage message) {
        String name = message.name();
        String callId = message.toolCallId();
        long calls = message.toolCalls()
            .stream()
            .mapToLong((call) -> (long) call.id().length() + call.name().length() + call.argumentsJson().length())
            .sum();
        return message.content().length() + calls + ((name != null) ? name.length() : 0)
                + ((callId != null) ? callId.length() : 0);
    }

    private static long characters(ToolDefinition tool) {
        return (long) tool.name().length() + tool.description().length() + tool.parametersJson().length();
    }

    @Override
    public void close() {
        this.guard.close();
    }

}
