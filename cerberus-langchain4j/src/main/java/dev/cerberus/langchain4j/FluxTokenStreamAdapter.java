package dev.cerberus.langchain4j;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.concurrent.atomic.AtomicReference;

import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.langchain4j.service.TokenStream;
import dev.langchain4j.spi.services.TokenStreamAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * The adapter by which AI services return a {@code Flux<String>} that ends the request
 * when its subscriber leaves. LangChain4j finds it where Reactor is on the class path.
 * Thread-safe.
 */
/*
 * A request of a Cerberus model is cancelled wherever it stands. One of another
 * provider's model is cancelled with its next piece, since nothing before that tells how.
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
            AtomicReference<StreamingHandle> latest = new AtomicReference<>();
            tokenStream.onPartialResponseWithContext((partial, context) -> {
                latest.set(context.streamingHandle());
                if (sink.isCancelled()) {
                    context.streamingHandle().cancel();
                }
                sink.next(partial.text());
            }).onCompleteResponse((response) -> sink.complete()).onError(sink::error);
            StreamingHandle first = CerberusStreamingChatModel.capture(tokenStream::start);
            sink.onCancel(() -> {
                first.cancel();
                StreamingHandle last = latest.get();
                if (last != null) {
                    last.cancel();
                }
            });
        }

    }

}
