package dev.cerberus.langchain4j;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelRequestContext;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.langchain4j.model.output.FinishReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.decode.PromptTooLongException;
import dev.cerberus.decode.TokenOrigin;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CerberusStreamingChatModelTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ScriptedGenerator generator = new ScriptedGenerator();

    private final CerberusStreamingChatModel model = CerberusStreamingChatModel.builder(this.generator).build();

    @Test
    void streamHandsOutPiecesInOrderOnOneOtherThread() throws Exception {
        this.generator.target("Hel").draft("lo").target("!");
        RecordingHandler handler = new RecordingHandler();
        this.model.chat("Hi", handler);
        handler.await();
        assertThat(handler.events).containsExactly("Hel", "lo", "!", "complete Hello!");
        assertThat(handler.threads).doesNotContain(Thread.currentThread())
            .hasSize(4)
            .containsOnly(handler.threads.get(0));
        assertThat(handler.errors).isEmpty();
    }

    @Test
    void piecesTellWhereTheyCameFrom() throws Exception {
        this.generator.target("Hel").draft("lo");
        RecordingHandler handler = new RecordingHandler();
        this.model.chat("Hi", handler);
        handler.await();
        assertThat(handler.partials).containsExactly(new CerberusPartialResponse("Hel", TokenOrigin.TARGET),
                new CerberusPartialResponse("lo", TokenOrigin.DRAFT));
    }

    @Test
    void stepsAreToldAfterTheirPieces() throws Exception {
        this.generator.target("a").draft("b").target("c", "d");
        RecordingHandler handler = new RecordingHandler();
        this.model.start(ChatRequest.builder().messages(UserMessage.from("Hi")).build(), handler,
                (step) -> handler.events.add("step of " + (step.acceptedDraftTokens() + 1)));
        handler.await();
        assertThat(handler.events).containsExactly("a", "b", "c", "step of 2", "d", "step of 1", "complete abcd");
    }

    @Test
    void cancelWithinABurstStopsAllCallbacks() throws Exception {
        this.generator.target("a").draft("b", "c", "d").endless();
        CountDownLatch cancelled = new CountDownLatch(1);
        RecordingHandler handler = new RecordingHandler() {
            @Override
            public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
                super.onPartialResponse(partial, context);
                if (this.events.size() == 3) {
                    context.streamingHandle().cancel();
                    context.streamingHandle().cancel();
                    assertThat(context.streamingHandle().isCancelled()).isTrue();
                    cancelled.countDown();
                }
            }
        };
        this.model.chat("Hi", handler);
        assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(this.generator.awaitCancelled(PATIENCE)).isTrue();
        assertThat(handler.finished.await(200, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(handler.events).containsExactly("a", "b", "c");
        assertThat(handler.errors).isEmpty();
    }

    @Test
    void exceptionFromAPieceIsReportedOncePerThrowAndTheAnswerGoesOn() throws Exception {
        this.generator.target("a", "b");
        RecordingHandler handler = new RecordingHandler() {
            @Override
            public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
                super.onPartialResponse(partial, context);
                throw new IllegalStateException("thrown at " + partial.text());
            }
        };
        this.model.chat("Hi", handler);
        handler.await();
        assertThat(handler.errors).extracting(Throwable::getMessage).containsExactly("thrown at a", "thrown at b");
        assertThat(handler.events).containsExactly("a", "b", "complete ab");
    }

    @Test
    void errorFromAPieceIsReportedOnceAndEndsTheAnswer() throws Exception {
        this.generator.target("a", "b").endless().pause(Duration.ofMillis(1));
        RecordingHandler handler = new RecordingHandler() {
            @Override
            public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
                super.onPartialResponse(partial, context);
                throw new NoClassDefFoundError("thrown at " + partial.text());
            }
        };
        this.model.chat("Hi", handler);
        handler.awaitError();
        assertThat(this.generator.awaitCancelled(Duration.ofSeconds(20))).isTrue();
        assertThat(handler.errors).extracting(Throwable::getMessage).containsExactly("thrown at a");
        assertThat(handler.events).containsExactly("a");
    }

    @Test
    void startReturnsWhatCancelsBeforeTheFirstPiece() throws Exception {
        this.generator.endless().pause(Duration.ofMillis(1));
        RecordingHandler handler = new RecordingHandler();
        StreamingHandle handle = this.model.start(ChatRequest.builder().messages(UserMessage.from("Hi")).build(),
                handler);
        assertThat(handle.isCancelled()).isFalse();
        handle.cancel();
        assertThat(handle.isCancelled()).isTrue();
        assertThat(handler.errors).isEmpty();
    }

    @Test
    void exceptionFromTheEndIsReported() throws Exception {
        this.generator.target("a");
        RecordingHandler handler = new RecordingHandler() {
            @Override
            public void onCompleteResponse(ChatResponse response) {
                throw new IllegalStateException("thrown at the end");
            }
        };
        this.model.chat("Hi", handler);
        handler.awaitError();
        assertThat(handler.errors).extracting(Throwable::getMessage).containsExactly("thrown at the end");
    }

    @Test
    void errorFromACallOfAToolIsReportedOnce() throws Exception {
        this.generator.target("<tool_call>{\"name\":\"now\",\"arguments\":{}}</tool_call>");
        RecordingHandler handler = new RecordingHandler() {
            @Override
            public void onCompleteToolCall(CompleteToolCall call) {
                throw new NoClassDefFoundError("thrown at " + call.toolExecutionRequest().name());
            }
        };
        this.model.chat(ChatRequest.builder()
            .messages(UserMessage.from("What time is it?"))
            .toolSpecifications(ToolSpecification.builder().name("now").build())
            .build(), handler);
        handler.awaitError();
        assertThat(handler.errors).extracting(Throwable::getMessage).containsExactly("thrown at now");
    }

    @Test
    void errorFromTheEndIsReported() throws Exception {
        this.generator.target("a");
        RecordingHandler handler = new RecordingHandler() {
            @Override
            public void onCompleteResponse(ChatResponse response) {
                throw new AssertionError("thrown at the end");
            }
        };
        this.model.chat("Hi", handler);
        handler.awaitError();
        assertThat(handler.errors).extracting(Throwable::getMessage).containsExactly("thrown at the end");
    }

    @Test
    void listenerThatStartsAnotherRequestLeavesTheHandleToTheFirst() throws Exception {
        CerberusStreamingChatModel other = CerberusStreamingChatModel.builder(new ScriptedGenerator().target("b"))
            .build();
        RecordingHandler inner = new RecordingHandler();
        ChatRequest request = ChatRequest.builder().messages(UserMessage.from("Hi")).build();
        this.generator.target("a").endless().pause(Duration.ofMillis(1));
        CerberusStreamingChatModel outer = CerberusStreamingChatModel.builder(this.generator)
            .listeners(List.of(new ChatModelListener() {
                @Override
                public void onRequest(ChatModelRequestContext context) {
                    other.start(request, inner);
                }
            }))
            .build();
        StreamingHandle handle = outer.start(request, new RecordingHandler());
        inner.await();
        handle.cancel();
        assertThat(this.generator.awaitCancelled(PATIENCE)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = { false, true })
    void requestIsPreparedOnceWhetherOrNotSomebodyListens(boolean listened) throws Exception {
        this.generator.target("a");
        CerberusStreamingChatModel counted = CerberusStreamingChatModel.builder(this.generator)
            .listeners(listened ? List.of(new ChatModelListener() {
            }) : List.of())
            .build();
        AtomicInteger read = new AtomicInteger();
        UserMessage message = new UserMessage("Hi") {
            @Override
            public List<Content> contents() {
                read.incrementAndGet();
                return super.contents();
            }
        };
        RecordingHandler handler = new RecordingHandler();
        counted.start(ChatRequest.builder().messages(message).build(), handler);
        handler.await();
        assertThat(handler.events).contains("a");
        assertThat(read).hasValue(1);
    }

    @Test
    void exceptionFromOnErrorIsIgnored() throws Exception {
        this.generator.target("a", "b");
        RecordingHandler handler = new RecordingHandler() {
            @Override
            public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
                throw new IllegalStateException("first");
            }

            @Override
            public void onError(Throwable error) {
                super.onError(error);
                throw new IllegalStateException("second");
            }
        };
        this.model.chat("Hi", handler);
        handler.await();
        assertThat(handler.errors).extracting(Throwable::getMessage).containsExactly("first", "first");
    }

    @Test
    void failureOfTheEngineIsReportedOnce() throws Exception {
        this.generator.target("a").failing(new IllegalStateException("broken"));
        RecordingHandler handler = new RecordingHandler();
        this.model.chat("Hi", handler);
        handler.awaitError();
        assertThat(handler.errors).extracting(Throwable::getMessage).containsExactly("broken");
        assertThat(handler.events).containsExactly("a");
    }

    @Test
    void refusalOfTheEngineIsReportedBeforeChatReturns() {
        PromptTooLongException refusal = new PromptTooLongException(100, 64);
        this.generator.refusing(refusal);
        RecordingHandler handler = new RecordingHandler();
        this.model.chat("Hi", handler);
        assertThat(handler.errors).singleElement()
            .isInstanceOf(InvalidRequestException.class)
            .extracting(Throwable::getCause)
            .isSameAs(refusal);
    }

    @Test
    void unsupportedParameterIsThrownAtTheCaller() {
        RecordingHandler handler = new RecordingHandler();
        ChatRequest request = ChatRequest.builder()
            .messages(UserMessage.from("Hi"))
            .parameters(ChatRequestParameters.builder().modelName("other").build())
            .build();
        assertThatExceptionOfType(UnsupportedFeatureException.class).isThrownBy(() -> this.model.chat(request, handler))
            .withMessageContaining("modelName");
        assertThat(handler.errors).isEmpty();
    }

    @Test
    void thoughtsAreHandedOutApartFromTheText() throws Exception {
        this.generator.target("<thi", "nk> Let me", " see. </thi").draft("nk>\n\n").target("Yes", ".");
        StringBuilder thoughts = new StringBuilder();
        RecordingHandler handler = new RecordingHandler() {
            @Override
            public void onPartialThinking(PartialThinking partial, PartialThinkingContext context) {
                assertThat(context.streamingHandle().isCancelled()).isFalse();
                thoughts.append(partial.text());
            }
        };
        this.model.chat("Hi", handler);
        handler.await();
        assertThat(handler.events).containsExactly("Yes", ".", "complete Yes.");
        assertThat(thoughts).hasToString(" Let me see. ");
    }

    @Test
    void toolCallIsHandedOutWholeAndNeverAsText() throws Exception {
        this.generator.target("Let me see. <to")
            .draft("ol_call>{\"name\":\"now\",")
            .target("\"arguments\":{}}</tool", "_call>");
        RecordingHandler handler = new RecordingHandler();
        this.model.chat(ChatRequest.builder()
            .messages(UserMessage.from("What time is it?"))
            .parameters(ChatRequestParameters.builder()
                .toolSpecifications(ToolSpecification.builder().name("now").build())
                .build())
            .build(), handler);
        handler.await();
        assertThat(handler.events).containsExactly("Let me see.", "part 0 now {}", "call 0 now {}",
                "complete Let me see.");
        ChatResponse response = handler.responses.get(0);
        assertThat(response.finishReason()).isEqualTo(FinishReason.TOOL_EXECUTION);
        assertThat(response.aiMessage().toolExecutionRequests()).hasSize(1);
    }

    private static class RecordingHandler implements StreamingChatResponseHandler {

        final List<String> events = new CopyOnWriteArrayList<>();

        final List<PartialResponse> partials = new CopyOnWriteArrayList<>();

        final List<Throwable> errors = new CopyOnWriteArrayList<>();

        final List<ChatResponse> responses = new CopyOnWriteArrayList<>();

        final List<Thread> threads = new CopyOnWriteArrayList<>();

        final CountDownLatch finished = new CountDownLatch(1);

        final CountDownLatch failed = new CountDownLatch(1);

        @Override
        public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
            this.events.add(partial.text());
            this.partials.add(partial);
            this.threads.add(Thread.currentThread());
        }

        @Override
        public void onPartialToolCall(PartialToolCall call) {
            this.events.add("part " + call.index() + " " + call.name() + " " + call.partialArguments());
        }

        @Override
        public void onCompleteToolCall(CompleteToolCall call) {
            this.events.add("call " + call.index() + " " + call.toolExecutionRequest().name() + " "
                    + call.toolExecutionRequest().arguments());
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            this.events.add("complete " + response.aiMessage().text());
            this.responses.add(response);
            this.threads.add(Thread.currentThread());
            this.finished.countDown();
        }

        @Override
        public void onError(Throwable error) {
            this.errors.add(error);
            this.failed.countDown();
        }

        void await() throws InterruptedException {
            assertThat(this.finished.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }

        void awaitError() throws InterruptedException {
            assertThat(this.failed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }

    }

}
