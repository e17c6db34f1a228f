package dev.cerberus.langchain4j;

import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;

import dev.cerberus.engine.TextGenerator;
import dev.cerberus.hf.GenerationDefaults;

/**
 * What the builders of all models have in common. Not thread-safe.
 *
 * @param <B> the builder itself
 */
public abstract sealed class ChatModelBuilder<B extends ChatModelBuilder<B>> permits CerberusChatModel.Builder,
        CerberusStreamingChatModel.Builder, CerberusLanguageModel.Builder, CerberusStreamingLanguageModel.Builder {

    private final TextGenerator generator;

    private ChatRequestParameters defaultRequestParameters = CerberusChatRequestParameters.builder().build();

    private List<ChatModelListener> listeners = List.of();

    private RandomGenerator seeds = new SecureRandom();

    ChatModelBuilder(TextGenerator generator) {
        this.generator = Objects.requireNonNull(generator,
                "generator must not be null; give what decodes, such as a CerberusEngine");
    }

    abstract B self();

    /**
     * Sets the parameters of requests that do not bring their own.
     * @param value any parameters, preferably {@link CerberusChatRequestParameters}; what
     * they leave open comes from the recommendations of the model's authors, or else from
     * {@link CerberusChatRequestParameters#DEFAULTS}
     * @return this builder
     */
    public B defaultRequestParameters(ChatRequestParameters value) {
        this.defaultRequestParameters = value;
        return self();
    }

    /**
     * Sets the observers of requests, responses and errors of chats.
     * @param value the listeners, called in this order
     * @return this builder
     */
    public B listeners(List<? extends ChatModelListener> value) {
        this.listeners = List.copyOf(value);
        return self();
    }

    /**
     * Sets the source of seeds for sampled requests that do not bring one.
     * @param value a thread-safe generator
     * @return this builder
     */
    public B seeds(RandomGenerator value) {
        this.seeds = value;
        return self();
    }

    TextGenerator generator() {
        return this.generator;
    }

    /** Returns the defaults, all of which can be honoured. */
    ChatRequestParameters mergedParameters() {
        ChatRequestParameters served = CerberusChatRequestParameters.builder()
            .modelName(this.generator.description().modelName())
            .build();
        CerberusChatRequestParameters merged = CerberusChatRequestParameters.DEFAULTS.overrideWith(served)
            .overrideWith(recommended())
            .overrideWith(this.defaultRequestParameters);
        EngineErrors.reading(() -> {
            PreparedRequest request = prepare(trial(), merged);
            this.generator.check(request.request());
            return request;
        });
        return merged;
    }

    /** Prepares a request like those that the model will get, with its defaults only. */
    PreparedRequest prepare(GenerationRequests requests, ChatRequestParameters merged) {
        return requests.prepare(ChatRequest.builder().messages(UserMessage.from("Hello")).parameters(merged).build());
    }

    /** Authors who do not want answers to be sampled get greedy ones. */
    private ChatRequestParameters recommended() {
        GenerationDefaults model = this.generator.generationDefaults();
        CerberusChatRequestParameters.Builder parameters = CerberusChatRequestParameters.builder();
        if (model.sampled()) {
            parameters.temperature(model.temperature().orElse(1));
            model.topP().ifPresent(parameters::topP);
            model.topK().ifPresent(parameters::topK);
            model.minP().ifPresent(parameters::minP);
            model.repetitionPenalty().ifPresent(parameters::repetitionPenalty);
        }
        return parameters.build();
    }

    List<ChatModelListener> listeners() {
        return this.listeners;
    }

    GenerationRequests requests() {
        return new GenerationRequests(this.generator, this.seeds);
    }

    /** Returns what finds out whether a request can be made, and takes no seed for it. */
    GenerationRequests trial() {
        return new GenerationRequests(this.generator, () -> 0);
    }

}
