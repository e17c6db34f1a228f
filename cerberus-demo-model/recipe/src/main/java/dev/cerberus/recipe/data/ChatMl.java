package dev.cerberus.recipe.data;

import java.util.ArrayList;
import java.util.List;

/**
 * The chat format of the demo model: ChatML as Qwen2.5 has it, without a default system
 * message.
 */
public final class ChatMl {

    /** Ends a document; also padding. */
    public static final String END_OF_TEXT = "<|endoftext|>";

    /** Begins a message. */
    public static final String START = "<|im_start|>";

    /** Ends a message; the model stops here. */
    public static final String END = "<|im_end|>";

    /** Tokens with the first ids, in order of id. */
    public static final List<String> RESERVED = List.of(END_OF_TEXT, START, END, "<tool_call>", "</tool_call>",
            "<tool_response>", "</tool_response>", "<|reserved_0|>");

    private static final String TOOLS_BEFORE = "# Tools\n\nYou may call these functions:\n<tools>";

    private static final String TOOLS_AFTER = "\n</tools>\n\nTo call a function, answer with:\n<tool_call>\n"
            + "{\"name\": <function-name>, \"arguments\": <args-json-object>}\n</tool_call>";

    private ChatMl() {
    }

    /**
     * A stretch of rendered text.
     *
     * @param text the text; special tokens may occur in it
     * @param label whether the model is trained to write it
     */
    public record Piece(String text, boolean label) {
    }

    /**
     * Renders a conversation and tells which parts of it the model has to write.
     */
    public static List<Piece> render(List<String> tools, List<Turn> turns) {
        List<Piece> pieces = new ArrayList<>();
        List<Turn> rest = turns;
        if (!tools.isEmpty()) {
            StringBuilder system = new StringBuilder();
            if (turns.get(0).role().equals("system")) {
                system.append(turns.get(0).content()).append("\n\n");
                rest = turns.subList(1, turns.size());
            }
            system.append(TOOLS_BEFORE);
            tools.forEach((tool) -> system.append('\n').append(tool));
            pieces.add(new Piece(START + "system\n" + system.append(TOOLS_AFTER) + END + "\n", false));
        }
        for (Turn turn : rest) {
            switch (turn.role()) {
                case "assistant" -> {
                    pieces.add(new Piece(START + "assistant\n", false));
                    pieces.add(new Piece(turn.content() + END, true));
                    pieces.add(new Piece("\n", false));
                }
                case "tool" -> pieces.add(new Piece(
                        START + "user\n<tool_response>\n" + turn.content() + "\n</tool_response>" + END + "\n", false));
                default -> pieces.add(new Piece(START + turn.role() + "\n" + turn.content() + END + "\n", false));
            }
        }
        return pieces;
    }

    /**
     * Returns the same format as a Jinja template for {@code tokenizer_config.json}.
     */
    public static String jinja() {
        return """
                {%- if tools %}
                    {{- '<|im_start|>system\\n' }}
                    {%- if messages[0]['role'] == 'system' %}
                        {{- messages[0]['content'] + '\\n\\n' }}
                    {%- endif %}
                    {{- "# Tools\\n\\nYou may call these functions:\\n<tools>" }}
                    {%- for tool in tools %}
                        {{- "\\n" }}
                        {{- tool | tojson }}
                    {%- endfor %}
                    {{- "\\n</tools>\\n\\nTo call a function, answer with:\\n<tool_call>\\n{\\"name\\": <function-name>, \\"arguments\\": <args-json-object>}\\n</tool_call><|im_end|>\\n" }}
                {%- elif messages[0]['role'] == 'system' %}
                    {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}
                {%- endif %}
                {%- for message in messages %}
                    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant" and not message.tool_calls) %}
                        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
                    {%- elif message.role == "assistant" %}
                        {{- '<|im_start|>' + message.role }}
                        {%- if message.content %}
                            {{- '\\n' + message.content }}
                        {%- endif %}
                        {%- for tool_call in message.tool_calls %}
                            {%- if tool_call.function is defined %}
                                {%- set tool_call = tool_call.function %}
                            {%- endif %}
                            {{- '\\n<tool_call>\\n{"name": "' }}
                            {{- tool_call.name }}
                            {{- '", "arguments": ' }}
                            {{- tool_call.arguments | tojson }}
                            {{- '}\\n</tool_call>' }}
                        {%- endfor %}
                        {{- '<|im_end|>\\n' }}
                    {%- elif message.role == "tool" %}
                        {%- if (loop.index0 == 0) or (messages[loop.index0 - 1].role != "tool") %}
                            {{- '<|im_start|>user' }}
                        {%- endif %}
                        {{- '\\n<tool_response>\\n' }}
                        {{- message.content }}
                        {{- '\\n</tool_response>' }}
                        {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}
                            {{- '<|im_end|>\\n' }}
                        {%- endif %}
                    {%- endif %}
                {%- endfor %}
                {%- if add_generation_prompt %}
                    {{- '<|im_start|>assistant\\n' }}
                {%- endif %}
                """
            .stripTrailing();
    }

}
