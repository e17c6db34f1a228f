package dev.cerberus.langchain4j.kit;

import java.util.List;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.output.TokenUsage;
import dev.langchain4j.service.common.AbstractStreamingAiServiceIT;
import org.junit.jupiter.api.extension.ExtendWith;

import dev.cerberus.langchain4j.CerberusChatResponseMetadata;
import dev.cerberus.langchain4j.CerberusTokenUsage;

/**
 * What LangChain4j expects of AI services over every {@link StreamingChatModel}.
 */
@ExtendWith(KitRun.class)
class StreamingAiServiceKitTests extends AbstractStreamingAiServiceIT {

    @Override
    protected List<StreamingChatModel> models() {
        return List.of(KitModel.streaming());
    }

    @Override
    protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(StreamingChatModel model) {
        return CerberusChatResponseMetadata.class;
    }

    @Override
    protected Class<? extends TokenUsage> tokenUsageType(StreamingChatModel model) {
        return CerberusTokenUsage.class;
    }

}
