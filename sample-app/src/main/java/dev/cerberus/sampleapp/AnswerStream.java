package dev.cerberus.sampleapp;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import tools.jackson.databind.json.JsonMapper;

import dev.cerberus.decode.DecodeStep;
import dev.cerberus.langchain4j.CerberusPartialResponse;

/**
 * A handler that turns an answer into server-sent events: {@code token} for each piece,
 * {@code step} for each decode step after its pieces, then {@code done} with the
 * statistics or {@code error} with a problem. It cancels the request when the client has
 * gone, or whatever else ends the writing. What was written of an answer that did not
 * come to its end is remembered too. Thread-safe.
 */
/*
 * The model's thread puts events into a queue and the thread of the HTTP request writes
 * them. There are never more streams than requests that the engine holds, so a thread for
 * each is affordable, and it knows for certain when the response has ended. (Asynchronous
 * responses leave a gap: a connection that breaks while the container is about to hand
 * the request over may never be completed, and then delays the shutdown.)
 */
class AnswerStream implements StreamingChatResponseHandler {

    private static final Logger LOGGER = LoggerFactory.getLogger(AnswerStream.class);

    private static final long LOOK_MILLIS = 200;

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

    private final Consumer<String> memory;

    private final AtomicBoolean remembered = new AtomicBoolean();

    private volatile @Nullable RuntimeException failure;

    /**
     * Creates a stream.
     * @param memory takes the answer once, whole or as far as the client got it
     */
    AnswerStream(Consumer<String> memory) {
        this.memory = memory;
    }

    /**
     * Returns this stream if the model has accepted the request.
     * @return this stream
     * @throws RuntimeException if the model has refused the request, so that the client
     * gets a status instead of an event
     */
    AnswerStream unlessRefused() {
        RuntimeException refusal = this.failure;
        if (refusal != null) {
            throw refusal;
        }
        return this;
    }

    /**
     * Writes the events until the answer ends or the client goes.
     * @param response the response, not committed
     * @param json writes the data
     * @param handle cancels the request
     * @param gone whether the client has gone
     * @param patience the longest wait for an event
     */
    void writeTo(HttpServletResponse response, JsonMapper json, StreamingHandle handle, BooleanSupplier gone,
            Duration patience) {
        StringBuilder written = new StringBuilder();
        boolean ended = false;
        try {
            response.setContentType("text/event-stream;charset=UTF-8");
            response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
            OutputStream out = response.getOutputStream();
            while (!ended) {
                Event event = next(gone, patience);
                String text = "event:" + event.name() + "\ndata:" + json.writeValueAsString(event.data()) + "\n\n";
                out.write(text.getBytes(StandardCharsets.UTF_8));
                response.flushBuffer();
                if (event.data() instanceof Token token) {
                    written.append(token.text());
                }
                ended = event.last();
            }
        }
        catch (IOException ex) {
            LOGGER.debug("The client has gone", ex);
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        finally {
            if (!ended) {
                handle.cancel();
            }
            remember(written.toString());
        }
    }

    private void remember(String answer) {
        if (!answer.isBlank() && this.remembered.compareAndSet(false, true)) {
            this.memory.accept(answer);
        }
    }

    private Event next(BooleanSupplier gone, Duration patience) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (System.nanoTime() - start < patience.toNanos()) {
            Event event = this.events.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            if (event != null) {
                return event;
            }
            if (gone.getAsBoolean()) {
                throw new IOException("The connection was closed");
            }
        }
        throw new IOException("Nothing came for " + patience);
    }

    @Override
    public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
        String origin = (partial instanceof CerberusPartialResponse piece)
                ? piece.origin().name().toLowerCase(Locale.ROOT) : "target";
        this.events.add(new Event("token", new Token(partial.text(), origin), false));
    }

    /**
     * Passes a decode step on.
     * @param step what happened
     */
    void onStep(DecodeStep step) {
        this.events.add(new Event("step",
                new Step(step.nodes(), step.acceptedDraftTokens(), step.expectation(), seconds(step) * 1e3), false));
    }

    private static double seconds(DecodeStep step) {
        return step.draftSeconds() + step.verifySeconds() + step.commitSeconds();
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
        remember(response.aiMessage().text());
        this.events.add(new Event("done", AnswerStats.of(response), true));
    }

    @Override
    public void onError(Throwable error) {
        boolean begun = !this.events.isEmpty(); // before anything is written nothing is
                                                // taken out
        if (!begun && ChatErrors.engineError(error) instanceof RuntimeException refusal) {
            this.failure = refusal;
        }
        this.events.add(new Event("error", ChatErrors.problem(error), true));
    }

    private record Event(String name, Object data, boolean last) {
    }

    /**
     * A piece of an answer.
     *
     * @param text the text
     * @param origin {@code draft} for an accepted draft token, {@code target} for the
     * target model's own
     */
    record Token(String text, String origin) {
    }

    /**
     * A decode step.
     *
     * @param nodes draft tokens verified; 0 if the gate skipped drafting
     * @param accepted draft tokens kept
     * @param expected accepted draft tokens that were expected of those verified
     * @param millis how long it took
     */
    record Step(int nodes, int accepted, double expected, double millis) {
    }

}
