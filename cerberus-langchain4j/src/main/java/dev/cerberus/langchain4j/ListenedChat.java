package dev.cerberus.langchain4j;

import java.util.List;
import java.util.function.Consumer;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;

/**
 * A chat of which it is known before it begins what becomes of it, for those who listen
 * to a model: of what a streaming model's {@code doChat} throws LangChain4j tells them
 * nothing, and whatever they began with the request would stay open.
 *
 * @param model the model that is asked
 * @param answer answers, or tells why not
 */
record ListenedChat(StreamingChatModel model,
        Consumer<StreamingChatResponseHandler> answer) implements StreamingChatModel {

    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        this.answer.accept(handler);
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return this.model.defaultRequestParameters();
    }

    @Override
    public List<ChatModelListener> listeners() {
        return this.model.listeners();
    }

    @Override
    public ModelProvider provider() {
        return this.model.provider();
    }

}
