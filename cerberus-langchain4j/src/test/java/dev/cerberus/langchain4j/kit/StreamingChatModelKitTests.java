package dev.cerberus.langchain4j.kit;

import java.util.List;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.TokenUsage;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.mockito.InOrder;

import dev.cerberus.langchain4j.CerberusChatRequestParameters;
import dev.cerberus.langchain4j.CerberusChatResponseMetadata;
import dev.cerberus.langchain4j.CerberusTokenUsage;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;

/**
 * What LangChain4j expects of every {@link StreamingChatModel}; off are images and the
 * names of other models. One of the tests listens to silence for half a minute, beside
 * which the other kits run.
 */
@ExtendWith(KitRun.class)
@Execution(ExecutionMode.CONCURRENT)
class StreamingChatModelKitTests extends AbstractStreamingChatModelIT {

    @Override
    protected List<StreamingChatModel> models() {
        return List.of(KitModel.streaming());
    }

    @Override
    protected StreamingChatModel createModelWith(ChatRequestParameters parameters) {
        return KitModel.streaming(parameters);
    }

    @Override
    public StreamingChatModel createModelWith(ChatModelListener listener) {
        return KitModel.streaming(listener);
    }

    @Override
    protected void verifyToolCallbacks(StreamingChatResponseHandler handler, InOrder io, String id) {
        verifyCall(handler, io, partial(0, id, "getWeather", "{\"city\":\"Munich\"}"),
                complete(0, id, "getWeather", "{\"city\":\"Munich\"}"));
    }

    @Override
    protected void verifyToolCallbacks(StreamingChatResponseHandler handler, InOrder io, String id1, String id2) {
        verifyToolCallbacks(handler, io, id1);
        verifyCall(handler, io, partial(1, id2, "getTime", "{\"country\":\"France\"}"),
                complete(1, id2, "getTime", "{\"country\":\"France\"}"));
    }

    private static void verifyCall(StreamingChatResponseHandler handler, InOrder io, PartialToolCall partial,
            CompleteToolCall complete) {
        io.verify(handler).onPartialToolCall(eq(partial), any());
        io.verify(handler).onCompleteToolCall(complete);
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
    protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(StreamingChatModel model) {
        return CerberusChatResponseMetadata.class;
    }

    @Override
    protected Class<? extends TokenUsage> tokenUsageType(StreamingChatModel model) {
        return CerberusTokenUsage.class;
    }

}
