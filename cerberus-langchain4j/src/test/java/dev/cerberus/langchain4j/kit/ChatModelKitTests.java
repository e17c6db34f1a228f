package dev.cerberus.langchain4j.kit;

import java.util.List;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelIT;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.output.TokenUsage;
import org.junit.jupiter.api.extension.ExtendWith;

import dev.cerberus.langchain4j.CerberusChatRequestParameters;
import dev.cerberus.langchain4j.CerberusChatResponseMetadata;
import dev.cerberus.langchain4j.CerberusTokenUsage;

/**
 * What LangChain4j expects of every {@link ChatModel}; off are images and the names of
 * other models.
 */
@ExtendWith(KitRun.class)
class ChatModelKitTests extends AbstractChatModelIT {

    @Override
    protected List<ChatModel> models() {
        return List.of(KitModel.chat());
    }

    @Override
    protected ChatModel createModelWith(ChatRequestParameters parameters) {
        return KitModel.chat(parameters);
    }

    @Override
    protected ChatRequestParameters createIntegrationSpecificParameters(int maxOutputTokens) {
        return CerberusChatRequestParameters.builder().maxOutputTokens(maxOutputTokens).build();
    }

    @Override
    protected boolean supportsModelNameParameter() {
        return false;
    }

    @Override
    protected boolean supportsSingleImageInputAsBase64EncodedString() {
        return false;
    }

    @Override
    protected boolean supportsSingleImageInputAsPublicURL() {
        return false;
    }

    @Override
    protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(ChatModel model) {
        return CerberusChatResponseMetadata.class;
    }

    @Override
    protected Class<? extends TokenUsage> tokenUsageType(ChatModel model) {
        return CerberusTokenUsage.class;
    }

}
