package dev.cerberus.spring.boot.autoconfigure.slice;

import java.util.List;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.TokenCountEstimator;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.langchain4j.CerberusChatModel;
import dev.cerberus.langchain4j.CerberusStreamingChatModel;
import dev.cerberus.spring.boot.test.CerberusTest;
import dev.cerberus.test.ScriptedModel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A slice of an application: the chat models over a script, and what the test includes.
 */
@CerberusTest(properties = { "cerberus.model.name=stand-in", "cerberus.chat.max-output-tokens=3" },
        includeFilters = @ComponentScan.Filter(type = FilterType.ASSIGNABLE_TYPE, classes = Wanted.class))
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CerberusSliceTests {

    @Autowired
    private ScriptedModel script;

    @Autowired
    private ChatModel model;

    @Test
    @Order(1)
    void chatModelsAreTheRealOnesOverTheScript(@Autowired StreamingChatModel streaming,
            @Autowired ObjectProvider<CerberusEngine> engine) {
        this.script.answer("one two three four");
        assertThat(this.model.chat("Count")).isEqualTo("one two three");
        assertThat(this.model).isInstanceOf(CerberusChatModel.class);
        assertThat(streaming).isInstanceOf(CerberusStreamingChatModel.class);
        assertThat(this.model.defaultRequestParameters().modelName()).isEqualTo("stand-in");
        assertThat(engine).isEmpty();
    }

    @Test
    @Order(2)
    void scriptOfTheTestBeforeIsForgotten() {
        assertThat(this.script.requests()).isEmpty();
        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> this.model.chat("Count"))
            .withMessageContaining("No answer is scripted for \"Count\"");
    }

    @Test
    void requestThatTheModelRefusesNeverReachesTheScript() {
        this.script.answer("never");
        ChatRequest request = ChatRequest.builder().messages(UserMessage.from("Hi")).temperature(-1.0).build();
        assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> this.model.chat(request));
        assertThat(this.script.requests()).isEmpty();
    }

    @Test
    void tokensAreCountedAsTheScriptDoes(@Autowired TokenCountEstimator estimator) {
        assertThat(estimator.estimateTokenCountInText("one two")).isEqualTo(2);
        assertThat(estimator.estimateTokenCountInMessage(UserMessage.from("one two"))).isEqualTo(6);
        assertThat(estimator.estimateTokenCountInMessages(List.of(UserMessage.from("one two")))).isEqualTo(10);
    }

    @Test
    void onlyComponentsThatAreIncludedAreThere(@Autowired ObjectProvider<Wanted> wanted,
            @Autowired ObjectProvider<Unwanted> unwanted) {
        assertThat(wanted).hasSize(1);
        assertThat(unwanted).isEmpty();
    }

}
