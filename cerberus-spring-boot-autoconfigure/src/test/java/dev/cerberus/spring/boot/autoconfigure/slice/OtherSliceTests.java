package dev.cerberus.spring.boot.autoconfigure.slice;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.autoconfigure.json.JsonTest;

import dev.cerberus.langchain4j.CerberusStreamingChatModel;
import dev.cerberus.spring.boot.test.AutoConfigureScriptedModel;
import dev.cerberus.test.ScriptedModel;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A slice of Spring Boot's own, which knows nothing of models, with one that answers by
 * script.
 */
@JsonTest
@AutoConfigureScriptedModel
class OtherSliceTests {

    @Test
    void chatModelsAreThereOverTheScript(@Autowired ScriptedModel script, @Autowired ChatModel model,
            @Autowired StreamingChatModel streaming) {
        script.answer("Hello, Ada!");
        assertThat(model.chat("Greet Ada")).isEqualTo("Hello, Ada!");
        assertThat(streaming).isInstanceOf(CerberusStreamingChatModel.class);
    }

}
