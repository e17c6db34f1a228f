package dev.cerberus.langchain4j.kit;

import java.util.List;

import dev.langchain4j.data.image.Image;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.common.AbstractAiServiceWithToolsIT;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What LangChain4j expects of AI services with tools; off are images that tools return.
 */
@ExtendWith(KitRun.class)
class AiServiceWithToolsKitTests extends AbstractAiServiceWithToolsIT {

    @Override
    protected List<ChatModel> models() {
        return List.of(KitModel.chat());
    }

    @Override
    protected boolean supportsRecursion() {
        return true;
    }

    @Override
    protected boolean verifyModelInteractions() {
        return true;
    }

    /** Any image is refused. */
    @Override
    protected Image catImage() {
        return Image.builder().base64Data("iVBORw0KGgo=").mimeType("image/png").build();
    }

}
