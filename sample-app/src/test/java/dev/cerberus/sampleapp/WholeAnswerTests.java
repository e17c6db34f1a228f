package dev.cerberus.sampleapp;

import java.time.Duration;

import dev.langchain4j.model.chat.response.StreamingHandle;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Who waits for an answer, and what becomes of the request. */
class WholeAnswerTests {

    private final WholeAnswer answer = new WholeAnswer();

    private final StreamingHandle handle = Mockito.mock(StreamingHandle.class);

    @Test
    void requestIsCancelledWhateverEndsTheWait() {
        assertThatIllegalStateException().isThrownBy(() -> this.answer.await(this.handle, () -> {
            throw new IllegalStateException("broken");
        }, Duration.ofMinutes(1))).withMessage("broken");
        Mockito.verify(this.handle).cancel();
    }

    @Test
    void requestIsCancelledWhereNobodyWaits() {
        assertThat(this.answer.await(this.handle, () -> true, Duration.ofMinutes(1))).isEmpty();
        Mockito.verify(this.handle).cancel();
    }

    @Test
    void answerThatCameToItsEndIsNotCancelled() {
        this.answer.onError(new IllegalStateException("failed"));
        assertThatIllegalStateException()
            .isThrownBy(() -> this.answer.await(this.handle, () -> false, Duration.ofMinutes(1)))
            .withMessage("failed");
        Mockito.verify(this.handle, Mockito.never()).cancel();
    }

}
