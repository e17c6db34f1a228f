package dev.cerberus.training;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;

import dev.cerberus.text.ChatMessage;
import dev.cerberus.text.ChatTemplate;
import dev.cerberus.text.ChatTemplateException;
import dev.cerberus.text.TextTokenizer;
import dev.cerberus.text.ToolDefinition;

/**
 * Reads data files into prompts for a target model.
 *
 * <p>
 * Chats give one prompt for each answer of the assistant, the messages before it; texts
 * give their beginnings. The forms are told apart by how they begin: an opening brace for
 * JSON lines, {@code [} before what may stand in it for one JSON array, anything else,
 * and so {@code [Illustration]}, is plain text, cut at {@code <|endoftext|>} or else at
 * blank lines. Not thread-safe.
 */
final class PromptReader {

    private static final String END_OF_TEXT = "<|endoftext|>";

    /** What some editors and shells put before UTF-8 text, and no part of it. */
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /** Not {@code [[Image:…]]} nor {@code [ ] to do}. */
    private static final Pattern ARRAY = Pattern.compile("(?:\\[\\s*){1,9}(?:[{\"']|\\]\\s*\\z)");

    private static final int SHORTEST_BEGINNING = 4;

    private static final int LONGEST_BEGINNING = 48;

    /** What follows a line's object would be lost, as where files were joined. */
    private static final JsonMapper MAPPER = JsonMapper.builder()
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .build();

    private final TextTokenizer tokenizer;

    private final Optional<ChatTemplate> template;

    private final boolean raw;

    private final int maxTokens;

    private final RandomGenerator random;

    private final List<int[]> prompts = new ArrayList<>();

    private int tooLong;

    PromptReader(TextTokenizer tokenizer, Optional<ChatTemplate> template, boolean raw, int maxTokens, long seed) {
        this.tokenizer = tokenizer;
        this.template = template;
        this.raw = raw;
        this.maxTokens = maxTokens;
        this.random = new SplittableRandom(seed);
    }

    /**
     * Reads all files.
     * @return the prompts in random order, at least one
     * @throws TrainingException if a file is missing, empty, not UTF-8 or not of a known
     * form; the message names file and line
     */
    List<int[]> read(List<Path> files) {
        for (Path file : files) {
            int before = this.prompts.size() + this.tooLong;
            String text = utf8(file);
            String start = text.stripLeading();
            if (start.isEmpty()) {
                throw new TrainingException(file + " is empty; give a file with chats, prompts or text");
            }
            if (start.startsWith("{")) {
                readLines(file, text);
            }
            else if (ARRAY.matcher(start).lookingAt()) {
                readArray(file, text);
            }
            else {
                readText(text);
            }
            if (this.prompts.size() + this.tooLong == before) {
                throw new TrainingException(file + " holds no prompt; chats need an answer of the assistant or end "
                        + "with a message to answer, texts need at least " + SHORTEST_BEGINNING + " tokens");
            }
        }
        return shuffled();
    }

    /**
     * Reads the first lines of a file of JSON lines.
     * @param file the file
     * @param lines how many there are to be, at most
     * @return the prompts in random order, at least one
     * @throws TrainingException as above
     */
    List<int[]> readFirst(Path file, int lines) {
        readLines(file, utf8(file).lines().limit(lines).collect(Collectors.joining("\n")));
        return shuffled();
    }

    private List<int[]> shuffled() {
        if (this.prompts.isEmpty()) {
            throw new TrainingException("All " + this.tooLong + " prompts are longer than " + this.maxTokens
                    + " tokens; raise --max-prompt-tokens");
        }
        for (int i = this.prompts.size() - 1; i > 0; i--) {
            int other = this.random.nextInt(i + 1);
            int[] swap = this.prompts.get(i);
            this.prompts.set(i, this.prompts.get(other));
            this.prompts.set(other, swap);
        }
        return this.prompts;
    }

    static String utf8(Path file) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        }
        catch (IOException ex) {
            throw new TrainingException("The data file " + file + " can not be read (" + ex + "); correct --data", ex);
        }
        catch (OutOfMemoryError ex) {
            throw new TrainingException("The data file " + file + " is too large for memory; cut it into parts", ex);
        }
        try {
            String text = StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(bytes))
                .toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        }
        catch (CharacterCodingException ex) {
            throw new TrainingException(
                    file + " is not UTF-8 text (line " + lineOfFirstError(bytes) + "); convert it to UTF-8", ex);
        }
    }

    private static int lineOfFirstError(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        int line = 1;
        for (int i = 0; i < in.position(); i++) {
            line += (bytes[i] == '\n') ? 1 : 0;
        }
        return line;
    }

    /**
     * Reads one line. Where it has messages and a prompt, that is the last of them.
     * @return the prompt, of a chat the last; empty if it is too long
     * @throws TrainingException if it is not of a known form
     */
    Optional<int[]> readOne(String where, JsonNode item) {
        int before = this.prompts.size();
        if (item.path("messages").isArray()) {
            addChat(where, item.get("messages"), item.path("tools"));
        }
        else {
            readItem(where, item);
        }
        List<int[]> read = this.prompts.subList(before, this.prompts.size());
        Optional<int[]> last = read.isEmpty() ? Optional.empty() : Optional.of(read.get(read.size() - 1));
        read.clear();
        return last;
    }

    private void readLines(Path file, String text) {
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            if (!line.isBlank()) {
                String where = file + ", line " + number;
                readItem(where, parse(where, line));
            }
        }
    }

    private void readArray(Path file, String text) {
        int number = 0;
        for (JsonNode item : parse(file.toString(), text)) {
            number++;
            readItem(file + ", element " + number, item);
        }
    }

    static JsonNode parse(String where, String json) {
        try {
            return MAPPER.readTree(json);
        }
        catch (MismatchedInputException ex) {
            throw new TrainingException(
                    where + " goes on behind its JSON; a data file of this form has one JSON object per line", ex);
        }
        catch (JsonProcessingException ex) {
            throw new TrainingException(where + " is not JSON (" + ex.getOriginalMessage()
                    + "); a data file of this form has one JSON object per line", ex);
        }
    }

    private void readItem(String where, JsonNode item) {
        if (item.path("prompt").isTextual()) {
            addPrompt(where, item.get("prompt").textValue());
        }
        else if (item.path("messages").isArray()) {
            addChat(where, item.get("messages"), item.path("tools"));
        }
        else if (item.path("conversations").isArray()) {
            addChat(where, item.get("conversations"), item.path("tools"));
        }
        else if (item.path("turns").isArray() && item.get("turns").path(0).isObject()) {
            addChat(where, item.get("turns"), item.path("tools"));
        }
        else if (item.path("turns").path(0).isTextual()) {
            addPrompt(where, item.get("turns").get(0).textValue());
        }
        else {
            throw new TrainingException(where + " has neither \"messages\" nor \"prompt\" nor \"turns\"; a data file "
                    + "of this form has lines such as {\"messages\": [{\"role\": \"user\", \"content\": \"…\"}]}");
        }
    }

    private void addPrompt(String where, String prompt) {
        if (this.raw || this.template.isEmpty()) {
            add(this.tokenizer.encode(prompt, true));
        }
        else {
            addRendered(where, List.of(ChatMessage.user(prompt)), List.of());
        }
    }

    private void addChat(String where, JsonNode messages, JsonNode tools) {
        List<ToolDefinition> definitions = new ArrayList<>();
        for (JsonNode tool : list(where, tools)) {
            definitions.add(tool(where, tool));
        }
        List<ChatMessage> before = new ArrayList<>();
        for (JsonNode node : messages) {
            ChatMessage message = message(where, node, before);
            if (message.role() == ChatMessage.Role.ASSISTANT && !before.isEmpty()) {
                addRendered(where, before, definitions);
            }
            before.add(message);
        }
        if (!before.isEmpty() && before.get(before.size() - 1).role() != ChatMessage.Role.ASSISTANT) {
            addRendered(where, before, definitions);
        }
    }

    /**
     * Reads a message.
     * @param before those before it, which know a call that it answers
     */
    private static ChatMessage message(String where, JsonNode node, List<ChatMessage> before) {
        String role = node.path("role").asText(node.path("from").asText());
        JsonNode content = node.has("content") ? node.get("content") : node.path("value");
        List<ChatMessage.ToolCall> calls = new ArrayList<>();
        node.path("tool_calls").forEach((call) -> calls.add(call(where, call)));
        boolean calling = !calls.isEmpty() && (role.equals("assistant") || role.equals("gpt"));
        Optional<String> stated = text(content);
        if (stated.isEmpty() && !(calling && (content.isNull() || content.isMissingNode()))) {
            throw new TrainingException(where + " has a message without text; every message needs \"role\" and "
                    + "\"content\", a text or a list of parts of type text, or \"tool_calls\" if it is the "
                    + "assistant's");
        }
        String text = stated.orElse("");
        return switch (role) {
            case "system", "developer" -> ChatMessage.system(text);
            case "user", "human" -> ChatMessage.user(text);
            case "assistant", "gpt" -> ChatMessage.assistant(text, calls);
            case "tool" -> {
                String id = node.path("tool_call_id").asText();
                yield ChatMessage.tool(id, node.path("name").asText(name(id, before)), text);
            }
            default -> throw new TrainingException(where + " has a message of role '" + role
                    + "'; known are system, developer, user, assistant and tool");
        };
    }

    /** Returns what a message says, which OpenAI's clients may send in parts. */
    private static Optional<String> text(JsonNode content) {
        if (content.isTextual()) {
            return Optional.of(content.textValue());
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            if (!part.path("type").asText().equals("text") || !part.path("text").isTextual()) {
                return Optional.empty();
            }
            text.append(part.get("text").textValue());
        }
        return (content.isArray() && !content.isEmpty()) ? Optional.of(text.toString()) : Optional.empty();
    }

    private static ChatMessage.ToolCall call(String where, JsonNode node) {
        JsonNode function = node.has("function") ? node.get("function") : node;
        if (!function.path("name").isTextual()) {
            throw new TrainingException(where + " has a tool call without a name; calls are of the form "
                    + "{\"function\": {\"name\": \"…\", \"arguments\": \"{}\"}}");
        }
        JsonNode arguments = function.path("arguments");
        String stated = arguments.isTextual() ? arguments.textValue() : arguments.toString();
        return new ChatMessage.ToolCall(node.path("id").asText(), function.get("name").textValue(),
                stated.isEmpty() ? "{}" : stated);
    }

    /**
     * Returns the name of the tool that a call asked for; empty if there is no such call.
     */
    private static String name(String id, List<ChatMessage> before) {
        return before.stream()
            .flatMap((message) -> message.toolCalls().stream())
            .filter((call) -> !id.isEmpty() && call.id().equals(id))
            .map(ChatMessage.ToolCall::name)
            .findFirst()
            .orElse("");
    }

    /** Returns the tools, which data sets of one type a column keep as JSON in a text. */
    private static JsonNode list(String where, JsonNode tools) {
        boolean stated = tools.isTextual() && !tools.textValue().isBlank();
        JsonNode list = stated ? inText(where, tools.textValue()) : tools;
        boolean none = list.isMissingNode() || list.isNull() || (tools.isTextual() && !stated);
        if (!none && !list.isArray() && !(list.isObject() && list.isEmpty())) {
            throw new TrainingException(where + " has \"tools\" that are no list; give a list of function definitions");
        }
        return list;
    }

    private static JsonNode inText(String where, String json) {
        try {
            return MAPPER.readTree(json);
        }
        catch (JsonProcessingException ex) {
            throw new TrainingException(where + " has \"tools\" in a text that is not JSON (" + ex.getOriginalMessage()
                    + "); give a list of function definitions", ex);
        }
    }

    private static ToolDefinition tool(String where, JsonNode node) {
        JsonNode tool = node.isTextual() ? inText(where, node.textValue()) : node;
        JsonNode function = tool.has("function") ? tool.get("function") : tool;
        try {
            return new ToolDefinition(function.path("name").asText(), function.path("description").asText(),
                    function.has("parameters") ? function.get("parameters").toString() : "{}");
        }
        catch (IllegalArgumentException ex) {
            throw new TrainingException(where + " has a tool that is no function definition: " + ex.getMessage(), ex);
        }
    }

    private void addRendered(String where, List<ChatMessage> messages, List<ToolDefinition> tools) {
        if (this.template.isEmpty()) {
            throw new TrainingException(where + " is a chat, but the model has no chat template; give plain text or "
                    + "lines with \"prompt\", or name a template with --chat-template");
        }
        String rendered;
        try {
            rendered = this.template.get().render(messages, tools, true, Map.of());
        }
        catch (ChatTemplateException ex) {
            throw new TrainingException(where + ": " + ex.getMessage(), ex);
        }
        add(this.tokenizer.encode(rendered, false));
    }

    private void readText(String text) {
        String separator = text.contains(END_OF_TEXT) ? "\\Q" + END_OF_TEXT + "\\E" : "\\n\\s*\\n";
        for (String document : text.split(separator, -1)) {
            String content = document.strip();
            if (content.isEmpty()) {
                continue;
            }
            // Enough characters for the longest beginning, and never half a book.
            int[] ids = this.tokenizer.encode(content.substring(0, Math.min(content.length(), 16 * LONGEST_BEGINNING)),
                    true);
            int longest = Math.min(Math.min(LONGEST_BEGINNING, this.maxTokens), ids.length - 1);
            if (longest >= SHORTEST_BEGINNING) {
                add(Arrays.copyOf(ids, this.random.nextInt(SHORTEST_BEGINNING, longest + 1)));
            }
        }
    }

    private void add(int[] ids) {
        if (ids.length > this.maxTokens) {
            this.tooLong++;
        }
        else if (ids.length > 0) {
            this.prompts.add(ids);
        }
    }

    /**
     * Returns the number of prompts left out.
     */
    int tooLong() {
        return this.tooLong;
    }

}
