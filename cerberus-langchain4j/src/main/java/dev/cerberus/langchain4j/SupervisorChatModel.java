package dev.cerberus.langchain4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonAnyOfSchema;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.response.ChatResponse;
import org.jspecify.annotations.Nullable;

/**
 * A chat model for a supervisor of {@code langchain4j-agentic}, whose decisions are calls
 * of agents that there are, with the arguments that they take.
 *
 * <p>
 * The supervisor asks its model for the name of an agent as any text, and fails when
 * there is none of that name, which is what small models write. This model asks the one
 * below for one of the given agents, or for the end. Other requests pass as they are.
 * Thread-safe, if the model below is.
 */
public final class SupervisorChatModel implements ChatModel {

    /** The names that the supervisor's own answers have. */
    private static final String AGENT = "agentName";

    private static final String ARGUMENTS = "arguments";

    private static final String END = "done";

    private static final JsonObjectSchema RECAP = JsonObjectSchema.builder()
        .addStringProperty("response")
        .required("response")
        .additionalProperties(false)
        .build();

    private final ChatModel model;

    private final ChatRequestParameters firstDecision;

    private final ChatRequestParameters laterDecision;

    private SupervisorChatModel(Builder builder) {
        this.model = builder.model;
        List<JsonSchemaElement> choices = new ArrayList<>(builder.agents);
        this.firstDecision = oneOf(choices);
        choices.add(choice(END, RECAP));
        this.laterDecision = oneOf(choices);
    }

    private static ChatRequestParameters oneOf(List<JsonSchemaElement> choices) {
        return ChatRequestParameters.builder()
            .responseFormat(ResponseFormat.builder()
                .type(ResponseFormatType.JSON)
                .jsonSchema(JsonSchema.builder()
                    .name("AgentInvocation")
                    .rootElement(JsonAnyOfSchema.builder().anyOf(List.copyOf(choices)).build())
                    .build())
                .build())
            .build();
    }

    /**
     * Returns a builder.
     * @param model what answers; it has to enforce JSON schemas, as
     * {@link CerberusChatModel} does
     * @return the builder
     */
    public static Builder builder(ChatModel model) {
        return new Builder(model);
    }

    private static JsonSchemaElement choice(String name, JsonObjectSchema arguments) {
        return JsonObjectSchema.builder()
            .addProperty(AGENT, JsonEnumSchema.builder().enumValues(name).build())
            .addProperty(ARGUMENTS, arguments)
            .required(AGENT, ARGUMENTS)
            .additionalProperties(false)
            .build();
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        if (!asksForAnAgent(request.parameters().responseFormat())) {
            return this.model.doChat(request);
        }
        boolean first = request.messages().stream().noneMatch(AiMessage.class::isInstance);
        return this.model.doChat(ChatRequest.builder()
            .messages(request.messages())
            .parameters(request.parameters().overrideWith(first ? this.firstDecision : this.laterDecision))
            .build());
    }

    private static boolean asksForAnAgent(@Nullable ResponseFormat format) {
        return format != null && format.jsonSchema() != null
                && format.jsonSchema().rootElement() instanceof JsonObjectSchema object
                && object.properties().keySet().equals(Set.of(AGENT, ARGUMENTS));
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return this.model.defaultRequestParameters();
    }

    @Override
    public Set<Capability> supportedCapabilities() {
        return this.model.supportedCapabilities();
    }

    @Override
    public List<ChatModelListener> listeners() {
        return this.model.listeners();
    }

    @Override
    public ModelProvider provider() {
        return this.model.provider();
    }

    /**
     * A builder of models for supervisors. Not thread-safe.
     */
    public static final class Builder {

        private final ChatModel model;

        private final List<JsonSchemaElement> agents = new ArrayList<>();

        private Builder(ChatModel model) {
            this.model = model;
        }

        /**
         * Adds an agent.
         * @param name the agent's name
         * @param arguments what it takes, every argument under its name
         * @return this builder
         */
        public Builder agent(String name, JsonObjectSchema arguments) {
            this.agents.add(choice(name, arguments));
            return this;
        }

        /**
         * Adds an agent that takes texts.
         * @param name the agent's name
         * @param arguments the names of its arguments, none for an agent that takes none
         * @return this builder
         */
        public Builder agent(String name, String... arguments) {
            JsonObjectSchema.Builder texts = JsonObjectSchema.builder().required(arguments).additionalProperties(false);
            for (String argument : arguments) {
                texts.addStringProperty(argument);
            }
            return agent(name, texts.build());
        }

        /**
         * Returns the model.
         * @return the model
         * @throws IllegalArgumentException if there is no agent
         */
        public SupervisorChatModel build() {
            if (this.agents.isEmpty()) {
                throw new IllegalArgumentException("a supervisor needs at least one agent; add it with agent(name, …)");
            }
            return new SupervisorChatModel(this);
        }

    }

}
