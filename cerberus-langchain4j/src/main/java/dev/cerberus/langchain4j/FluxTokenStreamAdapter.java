package dev.cerberus.langchain4j;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;

import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.langchain4j.service.TokenStream;
import dev.langchain4j.spi.services.TokenStreamAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * The adapter by which AI services return a {@code Flux<String>} that ends the request
 * when its subscriber leaves, in whatever round, and runs no tool after that. LangChain4j
 * finds it where Reactor is on the class path. Thread-safe.
 */
/*
 * A request of a Cerberus model is cancelled wherever it stands. One of another
 * provider's model is cancelled with its next piece, since nothing before that tells how.
 * What LangChain4j asks to have an answer said again, for an output guardrail, is not
 * cancelled: it waits for that answer, and would for ever.
 */
public final class FluxTokenStreamAdapter implements TokenStreamAdapter {

    private static final String FLUX = "reactor.core.publisher.Flux";

    @Override
    public boolean canAdaptTokenStreamTo(Type type) {
        return type instanceof ParameterizedType generic && generic.getRawType().getTypeName().equals(FLUX)
                && generic.getActualTypeArguments()[0] == String.class;
    }

    /**
     * Returns the stream's pieces. The request starts with the subscription, of which
     * there can be one.
     */
    @Override
    public Object adapt(TokenStream tokenStream) {
        return Adapted.flux(tokenStream);
    }

    /**
     * What needs Reactor.
     */
    private static final class Adapted {

        static Flux<String> flux(TokenStream tokenStream) {
            return Flux.create((sink) -> start(tokenStream, sink));
        }

        private static void start(TokenStream tokenStream, FluxSink<String> sink) {
            Rounds rounds = new Rounds(sink);
            tokenStream.onPartialResponseWithContext((partial, context) -> {
                rounds.onPiece(context.streamingHandle());
                sink.next(partial.text());
            })
                .onPartialThinkingWithContext((thought, context) -> rounds.onPiece(context.streamingHandle()))
                .onPartialToolCallWithContext((call, context) -> rounds.onPiece(context.streamingHandle()))
                .beforeToolExecution((execution) -> rounds.beforeTool(execution.request().name()))
                .onToolExecuted((execution) -> Start.resume())
                .onCompleteResponse((response) -> sink.complete())
                .onError(rounds::onError);
            sink.onCancel(rounds::cancel);
            Start.ofRounds(rounds.own).within(tokenStream::start);
        }

    }

    /**
     * The requests for one subscriber, one after another. Thread-safe.
     */
    private static final class Rounds {

        private final FluxSink<String> sink;

        /** Cancels requests of Cerberus models. */
        private final RequestHandle own = new RequestHandle();

        /** Cancels the present request of whatever model, once it has said anything. */
        private final AtomicReference<StreamingHandle> latest = new AtomicReference<>();

        Rounds(FluxSink<String> sink) {
            this.sink = sink;
        }

        void onPiece(StreamingHandle handle) {
            this.latest.set(handle);
            if (this.sink.isCancelled()) {
                handle.cancel();
            }
        }

        /** A tool that does not run can be told to LangChain4j by an exception only. */
        void beforeTool(String name) {
            if (this.sink.isCancelled()) {
                throw new CancellationException("Tool '" + name + "' does not run, since the subscriber has left");
            }
            Start.pause();
        }

        void onError(Throwable error) {
            if (!this.sink.isCancelled()) {
                this.sink.error(error);
            }
        }

        void cancel() {
            this.own.cancel();
            StreamingHandle last = this.latest.get();
            if (last != null) {
                last.cancel();
            }
        }

    }

}
