package dev.cerberus.sampleapp;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingHandle;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import org.springframework.mock.web.MockHttpServletResponse;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

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

    @Test
    void requestIsCancelledWhateverEndsTheWriting() throws IOException {
        for (Throwable failure : List.of(new IOException("gone"), new IllegalStateException("broken"),
                new StackOverflowError())) {
            StreamingHandle handle = Mockito.mock(StreamingHandle.class);
            HttpServletResponse response = Mockito.mock(HttpServletResponse.class);
            Mockito.when(response.getOutputStream()).thenThrow(failure);
            Throwable thrown = catchThrowable(() -> this.stream.writeTo(response, JsonMapper.shared(), handle,
                    () -> false, Duration.ofMinutes(1)));
            assertThat(thrown).isIn(failure, (Throwable) null);
            Mockito.verify(handle).cancel();
        }
    }

    @Test
    void answerThatCameToItsEndIsNotCancelled() {
        StreamingHandle handle = Mockito.mock(StreamingHandle.class);
        this.stream.onError(new IllegalStateException("broken"));
        this.stream.writeTo(new MockHttpServletResponse(), JsonMapper.shared(), handle, () -> false,
                Duration.ofMinutes(1));
        Mockito.verify(handle, Mockito.never()).cancel();
    }

}
