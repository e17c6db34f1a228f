package dev.cerberus.langchain4j.kit;

import java.util.List;

import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelListenerIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import org.junit.jupiter.api.extension.ExtendWith;

import dev.cerberus.langchain4j.CerberusStreamingChatModel;

/**
 * What LangChain4j expects every {@link StreamingChatModel} to tell its listeners.
 */
@ExtendWith(KitRun.class)
class StreamingChatModelListenerKitTests extends AbstractStreamingChatModelListenerIT {

    @Override
    protected StreamingChatModel createModel(ChatModelListener listener) {
        return CerberusStreamingChatModel.builder(KitModel.engine())
            .defaultRequestParameters(KitModel.observed())
            .listeners(List.of(listener))
            .build();
    }

    @Override
    protected String modelName() {
        return KitModel.NAME;
    }

    @Override
    protected StreamingChatModel createFailingModel(ChatModelListener listener) {
        return CerberusStreamingChatModel.builder(KitModel.failing()).listeners(List.of(listener)).build();
    }

    @Override
    protected Class<? extends Exception> expectedExceptionClass() {
        return RateLimitException.class;
    }

}
