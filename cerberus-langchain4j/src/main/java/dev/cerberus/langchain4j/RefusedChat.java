package dev.cerberus.langchain4j;

import java.util.List;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;

/**
 * A chat that ends before it begins, for those who listen to a model: of what a streaming
 * model's {@code doChat} throws LangChain4j tells them nothing, and whatever they began
 * with the request would stay open.
 *
 * @param model the model that refuses
 * @param reason why
 */
record RefusedChat(StreamingChatModel model, RuntimeException reason) implements StreamingChatModel {

    /**
     * Tells the listeners of a request and its error.
     * @param request the request
     * @param options what the caller gave with it
     */
    void tell(ChatRequest request, ChatRequestOptions options) {
        chat(request, options, new Nobody());
    }

    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        handler.onError(this.reason);
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

    /** Whoever asked is thrown the reason. */
    private static final class Nobody implements StreamingChatResponseHandler {

        @Override
        public void onCompleteResponse(ChatResponse response) {
            // does not come
        }

        @Override
        public void onError(Throwable error) {
            // is thrown
        }

    }

}
