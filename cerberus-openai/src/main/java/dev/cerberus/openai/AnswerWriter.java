package dev.cerberus.openai;

import java.io.IOException;
import java.util.function.BooleanSupplier;

import jakarta.servlet.http.HttpServletResponse;
import tools.jackson.databind.node.ObjectNode;

/**
 * What brings an answer to a client, whole or piece by piece.
 */
/*
 * The first event is waited for before anything is written, so that a refusal is a status
 * and not an event of a stream.
 */
final class AnswerWriter {

    private final ObjectForm form;

    private final String input;

    /**
     * Creates a writer.
     * @param form how the answer is written
     * @param input the field that holds what the model reads, for errors
     */
    AnswerWriter(ObjectForm form, String input) {
        this.form = form;
        this.input = input;
    }

    /**
     * Writes an answer as one object.
     * @throws OpenAiException if it fails
     * @throws IOException if the client has gone
     */
    void writeWhole(Answer answer, HttpServletResponse response, BooleanSupplier gone) throws IOException {
        WholeAnswer whole = new WholeAnswer();
        while (true) {
            AnswerEvent event = answer.next(gone);
            if (event instanceof AnswerEvent.Text text) {
                whole.text(text.text());
            }
            else if (event instanceof AnswerEvent.Thought thought) {
                whole.thought(thought.text());
            }
            else if (event instanceof AnswerEvent.Call call) {
                whole.call(call.call());
            }
            else if (event instanceof AnswerEvent.Failure failure) {
                throw OpenAiErrors.translate(failure.error(), this.input);
            }
            else if (event instanceof AnswerEvent.End end) {
                Responses.write(response, this.form.whole(whole, end));
                return;
            }
        }
    }

    /**
     * Writes an answer as server-sent events.
     * @param usage whether the last event shall tell the numbers of tokens
     * @throws OpenAiException if it fails before its first event
     * @throws IOException if the client has gone
     */
    void writeEvents(Answer answer, boolean usage, HttpServletResponse response, BooleanSupplier gone)
            throws IOException {
        AnswerEvent event = answer.next(gone);
        if (event instanceof AnswerEvent.Failure failure) {
            throw OpenAiErrors.translate(failure.error(), this.input);
        }
        EventStream stream = new EventStream(response);
        this.form.start(usage).ifPresent(stream::send);
        while (send(event, stream, usage)) {
            stream.flush();
            event = answer.next(gone);
        }
        stream.flush();
    }

    /** Returns whether there is more to come. */
    private boolean send(AnswerEvent event, EventStream stream, boolean usage) {
        if (event instanceof AnswerEvent.Text text) {
            stream.send(this.form.text(text.text(), usage));
        }
        else if (event instanceof AnswerEvent.Thought thought) {
            stream.send(this.form.thought(thought.text(), usage));
        }
        else if (event instanceof AnswerEvent.Call call) {
            stream.send(this.form.call(call.call(), usage));
        }
        else if (event instanceof AnswerEvent.Failure failure) {
            stream.send(error(failure.error()));
            return false;
        }
        else if (event instanceof AnswerEvent.End end) {
            stream.send(this.form.end(end, usage));
            if (usage) {
                stream.send(this.form.usage(end));
            }
            stream.done();
            return false;
        }
        return true;
    }

    private ObjectNode error(Throwable failure) {
        return Responses.error(OpenAiErrors.translate(failure, this.input));
    }

}
