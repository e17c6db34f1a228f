package dev.cerberus.langchain4j;

import java.util.Optional;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.cerberus.decode.DecodeStep;

/**
 * What a request belongs to that a thread hands to a streaming model, in a call that
 * returns no handle itself. Thread-safe, since every thread is in calls of its own.
 */
/*
 * A service that calls tools asks anew, on the callback thread, within the last callback
 * of the request before. Nothing but the thread connects the two.
 */
final class Start {

    /** The innermost call that the thread is in. */
    private static final ThreadLocal<@Nullable Call> CURRENT = new ThreadLocal<>();

    private final Optional<CerberusStreamingChatModel> model;

    private final RequestHandle handle;

    private final Consumer<DecodeStep> steps;

    private Start(Optional<CerberusStreamingChatModel> model, RequestHandle handle, Consumer<DecodeStep> steps) {
        this.model = model;
        this.handle = handle;
        this.steps = steps;
    }

    /**
     * Returns the start of a single request.
     * @param model the model that it is for
     * @param handle what cancels it
     * @param steps receives its steps
     */
    static Start of(CerberusStreamingChatModel model, RequestHandle handle, Consumer<DecodeStep> steps) {
        return new Start(Optional.of(model), handle, steps);
    }

    /**
     * Returns the start of the rounds of a service, whatever models they are for: a
     * request, and those that follow its calls of tools, one at a time.
     * @param handle what cancels the present one, and those to come before they begin
     */
    static Start ofRounds(RequestHandle handle) {
        return new Start(Optional.empty(), handle, (step) -> {
        });
    }

    /** Returns what a request belongs to that the calling thread hands to a model. */
    static Start current(CerberusStreamingChatModel asked) {
        Call call = CURRENT.get();
        return (call != null && !call.paused && call.start().model.map(asked::equals).orElse(true)) ? call.start()
                : of(asked, new RequestHandle(), (step) -> {
                });
    }

    RequestHandle handle() {
        return this.handle;
    }

    Consumer<DecodeStep> steps() {
        return this.steps;
    }

    /**
     * Makes a call that may hand a request to a model, on the same thread. A listener may
     * start another one before the first has begun.
     */
    void within(Runnable call) {
        Call outer = CURRENT.get();
        CURRENT.set(new Call(this));
        try {
            call.run();
        }
        finally {
            if (outer != null) {
                CURRENT.set(outer);
            }
            else {
                CURRENT.remove();
            }
        }
    }

    /** Makes a call that ends a request which has called tools. */
    void endRound(Runnable call) {
        if (this.model.isPresent()) {
            call.run();
        }
        else {
            within(call);
        }
    }

    /**
     * Says that a tool is about to run on the calling thread, until {@link #resume}. What
     * it asks of a model is its own business: it may be waiting for the answer.
     */
    static void pause() {
        setPaused(true);
    }

    /** Says that the tool has run. */
    static void resume() {
        setPaused(false);
    }

    private static void setPaused(boolean value) {
        Call call = CURRENT.get();
        if (call != null) {
            call.paused = value;
        }
    }

    /** A call that a thread is in. Confined to that thread. */
    private static final class Call {

        private final Start start;

        private boolean paused;

        Call(Start start) {
            this.start = start;
        }

        Start start() {
            return this.start;
        }

    }

}
