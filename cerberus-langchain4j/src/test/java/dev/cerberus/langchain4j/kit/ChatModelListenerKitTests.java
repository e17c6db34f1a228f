package dev.cerberus.langchain4j.kit;

import java.util.List;

import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelListenerIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import org.junit.jupiter.api.extension.ExtendWith;

import dev.cerberus.langchain4j.CerberusChatModel;

/**
 * What LangChain4j expects every {@link ChatModel} to tell its listeners.
 */
@ExtendWith(KitRun.class)
class ChatModelListenerKitTests extends AbstractChatModelListenerIT {

    @Override
    protected ChatModel createModel(ChatModelListener listener) {
        return CerberusChatModel.builder(KitModel.engine())
            .defaultRequestParameters(KitModel.observed())
            .listeners(List.of(listener))
            .build();
    }

    @Override
    protected String modelName() {
        return KitModel.NAME;
    }

    @Override
    protected ChatModel createFailingModel(ChatModelListener listener) {
        return CerberusChatModel.builder(KitModel.failing()).listeners(List.of(listener)).build();
    }

    @Override
    protected Class<? extends Exception> expectedExceptionClass() {
        return RateLimitException.class;
    }

}
