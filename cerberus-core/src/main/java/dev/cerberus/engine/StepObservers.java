package dev.cerberus.engine;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.decode.DecodeListener;
import dev.cerberus.decode.DecodeStep;
import dev.cerberus.model.NodeScores;
import dev.cerberus.tree.DraftTree;

/**
 * Those who hear of the steps of all requests: observers on the engine thread, which see
 * scores, and listeners on a thread of their own. Thread-safe.
 */
final class StepObservers {

    private static final Logger LOGGER = LoggerFactory.getLogger(StepObservers.class);

    private final List<DecodeListener> observers = new CopyOnWriteArrayList<>();

    private final EventThread events;

    StepObservers(EventThread events) {
        this.events = events;
    }

    void add(DecodeListener observer) {
        this.observers.add(observer);
    }

    /** Returns who passes the steps of a request on. */
    DecodeListener of(ActiveRequest request) {
        return new Passing(request);
    }

    /** Passes the events of one session on. */
    private final class Passing implements DecodeListener {

        private final ActiveRequest request;

        Passing(ActiveRequest request) {
            this.request = request;
        }

        @Override
        public void onPrefill(int promptTokens, double seconds) {
            observe((observer) -> observer.onPrefill(promptTokens, seconds));
            StepObservers.this.events.publish((listener) -> listener.onPrefill(promptTokens, seconds));
        }

        @Override
        public void onDraft(NodeScores scores, int node, Optional<DraftTree> draft) {
            observe((observer) -> observer.onDraft(scores, node, draft));
        }

        @Override
        public void onToken(NodeScores scores, int node, int token) {
            observe((observer) -> observer.onToken(scores, node, token));
        }

        @Override
        public void onStep(DecodeStep step) {
            observe((observer) -> observer.onStep(step));
            this.request.onStep(step);
            StepObservers.this.events.publish((listener) -> listener.onStep(step));
        }

        private void observe(Consumer<DecodeListener> event) {
            for (DecodeListener observer : StepObservers.this.observers) {
                try {
                    event.accept(observer);
                }
                catch (RuntimeException ex) {
                    LOGGER.warn("An observer of decode steps failed", ex);
                }
            }
        }

    }

}
