package dev.cerberus.langchain4j;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.StreamingResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.Response;
import org.junit.jupiter.api.Test;

import dev.cerberus.engine.Prompt;
import dev.cerberus.engine.QueueFullException;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CerberusLanguageModelTests {

    private final ScriptedGenerator generator = new ScriptedGenerator();

    @Test
    void textIsContinuedAsItStandsAndWritesNoSpecialTokens() {
        this.generator.target(" upon").draft(" a time");
        Response<String> response = CerberusLanguageModel.builder(this.generator)
            .defaultRequestParameters(CerberusChatRequestParameters.builder().maxOutputTokens(9).build())
            .build()
            .generate("Once<|im_end|>");
        assertThat(response.content()).isEqualTo(" upon a time");
        assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(response.tokenUsage()).isInstanceOf(CerberusTokenUsage.class);
        assertThat(this.generator.lastRequest().prompt()).isEqualTo(new Prompt.Raw("Once<|im_end|>", false));
        assertThat(this.generator.lastRequest().maxOutputTokens()).isEqualTo(9);
    }

    @Test
    void unusableDefaultsFailTheBuild() {
        assertThatExceptionOfType(InvalidRequestException.class)
            .isThrownBy(() -> CerberusLanguageModel.builder(this.generator)
                .defaultRequestParameters(CerberusChatRequestParameters.builder().temperature(-1.0).build())
                .build());
    }

    @Test
    void streamHandsOutPiecesAndTheWhole() throws Exception {
        this.generator.target(" upon").draft(" a");
        Recording handler = new Recording();
        CerberusStreamingLanguageModel.builder(this.generator).build().generate("Once", handler);
        assertThat(handler.ended.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(handler.events).containsExactly(" upon", " a", "complete  upon a");
    }

    @Test
    void streamCanBeCancelledFromItsStart() throws Exception {
        this.generator.target("a").endless().pause(Duration.ofMillis(1));
        Recording handler = new Recording();
        StreamingHandle handle = CerberusStreamingLanguageModel.builder(this.generator).build().start("Once", handler);
        handle.cancel();
        assertThat(this.generator.awaitCancelled(Duration.ofSeconds(20))).isTrue();
        assertThat(handler.ended.await(100, TimeUnit.MILLISECONDS)).isFalse();
    }

    @Test
    void exceptionOfAHandlerIsToldAndTheContinuationGoesOn() throws Exception {
        this.generator.target(" upon", " a");
        Recording handler = new Recording(() -> {
            throw new IllegalStateException("thrown");
        });
        CerberusStreamingLanguageModel.builder(this.generator).build().generate("Once", handler);
        assertThat(handler.completed.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(handler.events).containsExactly(" upon", "error IllegalStateException", " a",
                "error IllegalStateException", "complete  upon a");
    }

    @Test
    void errorOfAHandlerIsToldOnceAndEndsTheContinuation() throws Exception {
        this.generator.target("a").endless().pause(Duration.ofMillis(1));
        Recording handler = new Recording(() -> {
            throw new NoClassDefFoundError("thrown");
        });
        CerberusStreamingLanguageModel.builder(this.generator).build().generate("Once", handler);
        assertThat(this.generator.awaitCancelled(Duration.ofSeconds(20))).isTrue();
        assertThat(handler.events).containsExactly("a", "error NoClassDefFoundError");
    }

    @Test
    void refusalIsToldInLangChain4jsTerms() {
        this.generator.refusing(new QueueFullException(64));
        Recording handler = new Recording();
        CerberusStreamingLanguageModel.builder(this.generator).build().generate("Once", handler);
        assertThat(handler.events).containsExactly("error RateLimitException");
        assertThatExceptionOfType(RateLimitException.class)
            .isThrownBy(() -> CerberusLanguageModel.builder(this.generator).build().generate("Once"));
    }

    private static final class Recording implements StreamingResponseHandler<String> {

        private final List<String> events = new CopyOnWriteArrayList<>();

        private final CountDownLatch ended = new CountDownLatch(1);

        private final CountDownLatch completed = new CountDownLatch(1);

        private final Runnable atEachPiece;

        Recording() {
            this(() -> {
            });
        }

        Recording(Runnable atEachPiece) {
            this.atEachPiece = atEachPiece;
        }

        @Override
        public void onNext(String text) {
            this.events.add(text);
            this.atEachPiece.run();
        }

        @Override
        public void onComplete(Response<String> response) {
            this.events.add("complete " + response.content());
            this.ended.countDown();
            this.completed.countDown();
        }

        @Override
        public void onError(Throwable error) {
            this.events.add("error " + error.getClass().getSimpleName());
            this.ended.countDown();
        }

    }

}
