package dev.cerberus.openai;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import dev.langchain4j.model.StreamingResponseHandler;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.langchain4j.model.output.Response;
import org.jspecify.annotations.Nullable;

import dev.cerberus.engine.TokenProbability;
import dev.cerberus.langchain4j.CerberusChatResponseMetadata;
import dev.cerberus.langchain4j.CerberusLanguageModel;

/**
 * An answer on its way from the model's thread to that of the HTTP request, which is
 * cancelled when nobody waits for it any more. Thread-safe.
 */
final class Answer implements StreamingChatResponseHandler, StreamingResponseHandler<String> {

    private static final long LOOK_MILLIS = 50;

    private final BlockingQueue<AnswerEvent> events = new LinkedBlockingQueue<>();

    private final boolean parallelToolCalls;

    private volatile @Nullable StreamingHandle handle;

    /**
     * Creates an answer.
     * @param parallelToolCalls whether tool calls after the first are wanted
     */
    Answer(boolean parallelToolCalls) {
        this.parallelToolCalls = parallelToolCalls;
    }

    /** Takes what cancels the request. */
    Answer startedAs(StreamingHandle started) {
        this.handle = started;
        return this;
    }

    /**
     * Waits for the next event.
     * @param gone whether the client has gone
     * @throws IOException if it has, or the waiting thread is interrupted
     */
    AnswerEvent next(BooleanSupplier gone) throws IOException {
        try {
            while (!gone.getAsBoolean()) {
                AnswerEvent event = this.events.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (event != null) {
                    return event;
                }
            }
            throw new IOException("The client has closed the connection");
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Interrupted while waiting for an answer");
        }
    }

    /** Says that nobody waits any more. */
    void cancel() {
        StreamingHandle started = this.handle;
        if (started != null) {
            started.cancel();
        }
    }

    @Override
    public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
        this.events.add(new AnswerEvent.Text(partial.text()));
    }

    @Override
    public void onPartialThinking(PartialThinking partial, PartialThinkingContext context) {
        this.events.add(new AnswerEvent.Thought(partial.text()));
    }

    @Override
    public void onCompleteToolCall(CompleteToolCall call) {
        if (this.parallelToolCalls || call.index() == 0) {
            this.events.add(new AnswerEvent.Call(call));
        }
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
        Optional<List<TokenProbability>> logprobs = (response.metadata() instanceof CerberusChatResponseMetadata own
                && !own.logprobs().isEmpty()) ? Optional.of(own.answerLogprobs()) : Optional.empty();
        this.events.add(new AnswerEvent.End(response.finishReason(), response.tokenUsage(), logprobs));
    }

    @Override
    public void onNext(String text) {
        this.events.add(new AnswerEvent.Text(text));
    }

    @Override
    public void onComplete(Response<String> response) {
        this.events.add(new AnswerEvent.End(Objects.requireNonNull(response.finishReason(), "finishReason"),
                Objects.requireNonNull(response.tokenUsage(), "tokenUsage"),
                Optional.of(CerberusLanguageModel.logprobs(response)).filter((logprobs) -> !logprobs.isEmpty())));
    }

    @Override
    public void onError(Throwable error) {
        this.events.add(new AnswerEvent.Failure(error));
    }

}
