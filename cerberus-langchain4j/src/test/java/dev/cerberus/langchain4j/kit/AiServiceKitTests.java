package dev.cerberus.langchain4j.kit;

import java.util.List;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.output.TokenUsage;
import dev.langchain4j.service.common.AbstractAiServiceIT;
import org.junit.jupiter.api.extension.ExtendWith;

import dev.cerberus.langchain4j.CerberusTokenUsage;

/**
 * What LangChain4j expects of AI services over every {@link ChatModel}.
 */
@ExtendWith(KitRun.class)
class AiServiceKitTests extends AbstractAiServiceIT {

    @Override
    protected List<ChatModel> models() {
        return List.of(KitModel.chat());
    }

    @Override
    protected Class<? extends TokenUsage> tokenUsageType(ChatModel model) {
        return CerberusTokenUsage.class;
    }

}
