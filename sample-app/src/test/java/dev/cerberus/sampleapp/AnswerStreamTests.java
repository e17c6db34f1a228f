package dev.cerberus.sampleapp;

import dev.langchain4j.model.chat.response.PartialResponse;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import dev.langchain4j.model.chat.response.PartialResponseContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is a status and what is an event. */
class AnswerStreamTests {

    private final AnswerStream stream = new AnswerStream((text) -> {
    });

    @Test
    void failureBeforeTheFirstEventIsAStatus() {
        this.stream.onError(new IllegalStateException("broken"));
        assertThatThrownBy(this.stream::unlessRefused).hasMessage("broken");
    }

    @Test
    void failureBehindTheFirstEventIsAnEventHoweverSoonItComes() {
        this.stream.onPartialResponse(new PartialResponse("half an"), Mockito.mock(PartialResponseContext.class));
        this.stream.onError(new IllegalStateException("broken"));
        assertThat(this.stream.unlessRefused()).isSameAs(this.stream);
    }

}
