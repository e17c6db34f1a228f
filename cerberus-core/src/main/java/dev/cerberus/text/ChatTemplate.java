package dev.cerberus.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

import dev.cerberus.advice.Advice;
import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;
import dev.cerberus.template.Template;
import dev.cerberus.template.TemplateBudget;
import dev.cerberus.template.TemplateException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model's chat template: turns a conversation into the prompt the model was trained on.
 *
 * <p>
 * Templates are Jinja, as in {@code tokenizer_config.json} of Hugging Face repositories,
 * rendered as transformers renders them. A prompt rendered here holds its special tokens
 * as text, BOS included: encode it without adding special tokens. Immutable and
 * thread-safe.
 */
public final class ChatTemplate {

    private static final List<String> PRESETS = List.of("chatml", "llama-2", "vicuna", "zephyr");

    private static final Logger LOGGER = LoggerFactory.getLogger(ChatTemplate.class);

    private static final String PLAIN_ANSWER = "The answer is 42.";

    private static final List<ChatMessage> PLAIN_CONVERSATION = List.of(ChatMessage.user("What is the answer?"),
            ChatMessage.assistant(PLAIN_ANSWER));

    private final String name;

    private final Variant conversation;

    // Used instead when there are tools.
    private final Variant withTools;

    private final Map<String, String> specialTokens;

    private final Map<String, Object> variables;

    private final Clock clock;

    private ChatTemplate(String name, Variant conversation, Variant withTools, Map<String, String> specialTokens,
            Map<String, Object> variables, Clock clock) {
        this.name = name;
        this.conversation = conversation;
        this.withTools = withTools;
        this.specialTokens = specialTokens;
        this.variables = variables;
        this.clock = clock;
    }

    /**
     * Creates a template from its source, without special tokens.
     * @param name what messages call it, such as a file name
     * @param jinjaSource the template
     * @return the template
     * @throws ChatTemplateException if the source is not a Jinja template
     */
    public static ChatTemplate of(String name, String jinjaSource) {
        Variant variant = Variant.of(name, jinjaSource);
        return new ChatTemplate(name, variant, variant, Map.of(), Map.of(), Clock.system(ZoneId.systemDefault()));
    }

    /**
     * Creates a template that is another one for conversations with tools, without
     * special tokens.
     * @param name what messages call it, such as a file name
     * @param jinjaSource the template
     * @param toolSource the template for conversations with tools
     * @return the template
     * @throws ChatTemplateException if a source is not a Jinja template
     */
    public static ChatTemplate of(String name, String jinjaSource, String toolSource) {
        return new ChatTemplate(name, Variant.of(name, jinjaSource),
                Variant.of(TemplateFiles.TOOL_VARIANT + " of " + name, toolSource), Map.of(), Map.of(),
                Clock.system(ZoneId.systemDefault()));
    }

    /**
     * Returns one of the templates that come with Cerberus.
     * @param name {@code chatml}, {@code llama-2}, {@code vicuna} or {@code zephyr}
     * @return the template, with the special tokens of the Llama vocabulary ({@code <s>},
     * {@code </s>}) where it writes any
     * @throws ChatTemplateException if there is no such template
     */
    public static ChatTemplate preset(String name) {
        if (!PRESETS.contains(name)) {
            throw new ChatTemplateException("there is no chat template named '" + name + "'; choose one of "
                    + String.join(", ", PRESETS) + " or give a Jinja file");
        }
        try (InputStream source = ChatTemplate.class.getResourceAsStream("templates/" + name + ".jinja")) {
            if (source == null) {
                throw new ChatTemplateException("chat template '" + name + "' is missing in the jar of cerberus-core");
            }
            return of(name, new String(source.readAllBytes(), StandardCharsets.UTF_8)).withSpecialTokens("<s>", "</s>");
        }
        catch (IOException ex) {
            throw new ChatTemplateException("chat template '" + name + "' cannot be read from the jar", ex);
        }
    }

    /**
     * Returns the names {@link #preset(String)} knows.
     * @return the names
     */
    public static List<String> presets() {
        return PRESETS;
    }

    /**
     * Reads a template from a file, without special tokens.
     * @param jinjaFile the file
     * @return the template
     * @throws ChatTemplateException if the file cannot be read or is not a Jinja template
     */
    public static ChatTemplate fromFile(Path jinjaFile) {
        return of(jinjaFile.toString(), TemplateFiles.read(jinjaFile));
    }

    /**
     * Reads the template of a model, with its special tokens.
     *
     * <p>
     * As in transformers, {@code chat_template.jinja} (and
     * {@code additional_chat_templates/*.jinja}) beside the file win over
     * {@code chat_template} in it. The template named {@code tool_use}, if there is one,
     * is used for conversations with tools. Special tokens missing in the file are looked
     * up in {@code special_tokens_map.json} beside it.
     * @param tokenizerConfigJson the file {@code tokenizer_config.json}, or the directory
     * it lies in
     * @return the template, empty if the model has none
     * @throws ChatTemplateException if a file is damaged or the template is not Jinja
     */
    public static Optional<ChatTemplate> fromTokenizerConfig(Path tokenizerConfigJson) {
        Path file = TemplateFiles.configFile(tokenizerConfigJson);
        Map<String, String> sources = TemplateFiles.templates(file);
        if (sources.isEmpty()) {
            return Optional.empty();
        }
        String first = sources.containsKey(TemplateFiles.DEFAULT_VARIANT) ? TemplateFiles.DEFAULT_VARIANT
                : sources.keySet().iterator().next();
        Variant conversation = Variant.of(first + " of " + file, sources.getOrDefault(first, ""));
        String toolSource = sources.get(TemplateFiles.TOOL_VARIANT);
        Variant withTools = (toolSource != null) ? Variant.of(TemplateFiles.TOOL_VARIANT + " of " + file, toolSource)
                : conversation;
        return Optional.of(new ChatTemplate(file.toString(), conversation, withTools, TemplateFiles.specialTokens(file),
                Map.of(), Clock.system(ZoneId.systemDefault())));
    }

    /**
     * Returns this template with other special tokens.
     * @param bosToken the text of {@code bos_token}, empty for none
     * @param eosToken the text of {@code eos_token}, empty for none
     * @return the template
     */
    public ChatTemplate withSpecialTokens(String bosToken, String eosToken) {
        Map<String, String> tokens = new LinkedHashMap<>(this.specialTokens);
        tokens.put("bos_token", bosToken);
        tokens.put("eos_token", eosToken);
        return new ChatTemplate(this.name, this.conversation, this.withTools, Map.copyOf(tokens), this.variables,
                this.clock);
    }

    /**
     * Returns this template with the special tokens of a model, for a preset used with
     * that model.
     * @param tokenizerConfigJson the file {@code tokenizer_config.json}, or the directory
     * it lies in; need not exist
     * @return the template; tokens the model does not define stay as they are
     * @throws ChatTemplateException if the file is damaged
     */
    public ChatTemplate withSpecialTokensOf(Path tokenizerConfigJson) {
        Map<String, String> tokens = new LinkedHashMap<>(this.specialTokens);
        tokens.putAll(TemplateFiles.specialTokens(TemplateFiles.configFile(tokenizerConfigJson)));
        return new ChatTemplate(this.name, this.conversation, this.withTools, Map.copyOf(tokens), this.variables,
                this.clock);
    }

    /**
     * Returns this template with another clock, for templates that write today's date.
     * @param newClock the clock and time zone
     * @return the template
     */
    public ChatTemplate withClock(Clock newClock) {
        return new ChatTemplate(this.name, this.conversation, this.withTools, this.specialTokens, this.variables,
                newClock);
    }

    /**
     * Returns this template with variables that every rendering starts from, such as
     * {@code enable_thinking}.
     * @param newVariables texts, numbers, booleans, lists and maps by the name that the
     * template reads
     * @return the template
     */
    public ChatTemplate withVariables(Map<String, ?> newVariables) {
        return new ChatTemplate(this.name, this.conversation, this.withTools, this.specialTokens,
                Map.copyOf(newVariables), this.clock);
    }

    /**
     * Returns a special token by its name in Jinja.
     * @param tokenName such as {@code bos_token} or {@code eos_token}
     * @return the token's text, empty if the model has none
     */
    public Optional<String> specialToken(String tokenName) {
        return Optional.ofNullable(this.specialTokens.get(tokenName));
    }

    /**
     * Renders a conversation.
     * @param messages the conversation, oldest first
     * @param tools what the model may call; empty if nothing
     * @param addGenerationPrompt whether the prompt ends with the beginning of an
     * assistant message
     * @param extra further variables for the template, such as {@code enable_thinking};
     * these win over the ones above and those of {@link #withVariables}
     * @return the prompt, to be encoded without adding special tokens
     * @throws ChatTemplateException if the template refuses the conversation or fails
     */
    public String render(List<ChatMessage> messages, List<ToolDefinition> tools, boolean addGenerationPrompt,
            Map<String, Object> extra) {
        return render(messages, tools, addGenerationPrompt, extra, Changes.NONE);
    }

    /**
     * Renders a conversation whose texts are changed before.
     */
    String render(List<ChatMessage> messages, List<ToolDefinition> tools, boolean addGenerationPrompt,
            Map<String, Object> extra, Changes changes) {
        try {
            return render(messages, tools, addGenerationPrompt, extra, changes, TemplateValues.Shape.PLAIN);
        }
        catch (TemplateException.Refusal ex) {
            // Some take ids of calls in one form only.
            List<ChatMessage> renamed = messages.stream().map(ChatMessage::withShortIds).toList();
            if (renamed.equals(messages)) {
                throw failure(ex);
            }
            return render(renamed, tools, addGenerationPrompt, extra, changes);
        }
        catch (TemplateException.WrongType ex) {
            // Most templates want the arguments of a call as a dictionary, some as text.
            return renderWithTextArguments(messages, tools, addGenerationPrompt, extra, changes)
                .or(() -> renderWithParts(messages, tools, addGenerationPrompt, extra, changes))
                .orElseThrow(() -> failure(ex));
        }
        catch (TemplateException ex) {
            return renderWithParts(messages, tools, addGenerationPrompt, extra, changes).orElseThrow(() -> failure(ex));
        }
    }

    /** Some templates want a content as a list of parts, each with its type. */
    private Optional<String> renderWithParts(List<ChatMessage> messages, List<ToolDefinition> tools,
            boolean addGenerationPrompt, Map<String, Object> extra, Changes changes) {
        if (!mentions("content") || !mentions("text")) {
            return Optional.empty();
        }
        try {
            return Optional
                .of(render(messages, tools, addGenerationPrompt, extra, changes, TemplateValues.Shape.PARTS));
        }
        catch (TemplateException ex) {
            return Optional.empty();
        }
    }

    private Optional<String> renderWithTextArguments(List<ChatMessage> messages, List<ToolDefinition> tools,
            boolean addGenerationPrompt, Map<String, Object> extra, Changes changes) {
        if (messages.stream().allMatch((message) -> message.toolCalls().isEmpty())) {
            return Optional.empty();
        }
        try {
            return Optional
                .of(render(messages, tools, addGenerationPrompt, extra, changes, TemplateValues.Shape.TEXT_ARGUMENTS));
        }
        catch (TemplateException ex) {
            // The first failure says more: it is about the usual form.
            return Optional.empty();
        }
    }

    private String render(List<ChatMessage> messages, List<ToolDefinition> tools, boolean addGenerationPrompt,
            Map<String, Object> extra, Changes changes, TemplateValues.Shape shape) {
        Map<String, @Nullable Object> given = new LinkedHashMap<>(this.specialTokens);
        this.variables.forEach((key, value) -> given.put(key, TemplateValues.plain(key, value)));
        given.put("messages",
                messages.stream()
                    .map((message) -> TemplateValues.changed(TemplateValues.plain(message, shape),
                            (message.role() == ChatMessage.Role.ASSISTANT) ? changes.answers() : changes.contents()))
                    .toList());
        given.put("tools",
                tools.isEmpty() ? null
                        : tools.stream()
                            .map((tool) -> TemplateValues.changed(TemplateValues.plain(tool), changes.contents()))
                            .toList());
        given.put("add_generation_prompt", addGenerationPrompt);
        extra.forEach((key, value) -> given.put(key,
                TemplateValues.changed(TemplateValues.plain(key, value), changes.contents())));
        Variant variant = tools.isEmpty() ? this.conversation : this.withTools;
        return variant.template().render(given, ZonedDateTime.now(this.clock), TemplateBudget.DEFAULT);
    }

    private static ChatTemplateException failure(TemplateException ex) {
        boolean refused = ex instanceof TemplateException.Refusal;
        return new ChatTemplateException("chat template '" + ex.template() + "' "
                + (refused ? "refuses" : "cannot render") + " the conversation: " + ex.reason(), ex);
    }

    /**
     * Returns whether the template's source holds a text.
     * @param text the text, not empty
     * @return whether it does
     */
    boolean mentions(String text) {
        return this.conversation.source().contains(text) || this.withTools.source().contains(text);
    }

    /**
     * Returns what the template writes after an answer, which is how it ends a turn.
     * @return the text, empty if the template refuses a plain conversation, leaves the
     * answer out, or writes nothing after it
     */
    public Optional<String> afterAnswer() {
        try {
            String text = render(PLAIN_CONVERSATION, List.of(), false, Map.of());
            int at = text.lastIndexOf(PLAIN_ANSWER);
            String rest = (at < 0) ? "" : text.substring(at + PLAIN_ANSWER.length()).strip();
            return rest.isEmpty() ? Optional.empty() : Optional.of(rest);
        }
        catch (ChatTemplateException ex) {
            LOGGER.debug("No end of turn can be read from {}", this, ex);
            return Optional.empty();
        }
    }

    /**
     * Returns what the template is called in messages.
     * @return the name of a preset, or where the template came from
     */
    public String name() {
        return this.name;
    }

    @Override
    public String toString() {
        return "ChatTemplate[" + this.name + "]";
    }

    /**
     * What is done to the texts of a conversation before it is rendered.
     *
     * @param contents applied to every text that is no answer of the model: messages,
     * tools and the request's variables
     * @param answers applied to the texts of the model's answers
     */
    record Changes(UnaryOperator<String> contents, UnaryOperator<String> answers) {

        static final Changes NONE = new Changes(UnaryOperator.identity(), UnaryOperator.identity());

    }

    /** One parsed template. */
    private record Variant(Template template, String source) {

        static Variant of(String name, String source) {
            try {
                return new Variant(Template.parse(name, source), source);
            }
            catch (TemplateException.Unsupported ex) {
                throw new ChatTemplateException(Advice.of("chat template '" + name + "' cannot be used: " + ex.reason(),
                        Remedy.of("set", Setting.CHAT_TEMPLATE, "to another one")), ex);
            }
            catch (TemplateException ex) {
                throw new ChatTemplateException("chat template '" + name + "' is not a Jinja template: " + ex.reason(),
                        ex);
            }
        }

    }

}
