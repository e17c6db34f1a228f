package dev.cerberus.langchain4j.kit;

import java.util.List;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.common.AbstractAiServiceWithJsonSchemaIT;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What LangChain4j expects of AI services that return objects, lists, enums and the like.
 */
@ExtendWith(KitRun.class)
class AiServiceWithJsonSchemaKitTests extends AbstractAiServiceWithJsonSchemaIT {

    @Override
    protected List<ChatModel> models() {
        return List.of(KitModel.chat());
    }

    @Override
    protected boolean supportsRecursion() {
        return true;
    }

}
