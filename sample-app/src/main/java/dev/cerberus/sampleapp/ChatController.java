package dev.cerberus.sampleapp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.StreamingHandle;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

import dev.cerberus.langchain4j.CerberusStreamingChatModel;
import dev.cerberus.spring.boot.autoconfigure.CerberusProperties;

/**
 * The chat over HTTP, whole or piece by piece. Whoever does not wait for the answer gives
 * back the place in the engine, however far the request has come.
 */
@RestController
class ChatController {

    /** Tells the id of the conversation, which is the server's choice. */
    static final String CONVERSATION_ID = "Conversation-Id";

    /** The engine ends a request that takes too long; this is in case it does not. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private static final Duration LONGEST_PATIENCE = Duration.ofDays(365);

    private final CerberusStreamingChatModel chatModel;

    private final Conversations conversations;

    private final ClientConnection connection;

    private final Duration patience;

    private final JsonMapper json;

    ChatController(CerberusStreamingChatModel chatModel, Conversations conversations, ClientConnection connection,
            CerberusProperties properties, JsonMapper json) {
        this.chatModel = chatModel;
        this.conversations = conversations;
        this.connection = connection;
        Duration timeout = properties.engine().requestTimeout();
        this.patience = (timeout.compareTo(LONGEST_PATIENCE) > 0) ? LONGEST_PATIENCE : timeout.plus(GRACE);
        this.json = json;
    }

    @PostMapping("/chat")
    @Nullable ChatAnswer chat(@RequestBody ChatQuestion question, HttpServletRequest request, HttpServletResponse response) {
        String message = question.requireMessage();
        Conversations.Turn turn = turn(question);
        Started<WholeAnswer> asked = turn.ask(message, (messages) -> {
            WholeAnswer answer = new WholeAnswer();
            StreamingHandle handle = this.chatModel.start(request(messages, question), answer);
            return new Started<>(answer.unlessRefused(), handle);
        });
        response.setHeader(CONVERSATION_ID, turn.id());
        return asked.answer().await(asked.handle(), gone(request), this.patience).map((answered) -> {
            String text = answered.aiMessage().text();
            turn.remember(message, text);
            return new ChatAnswer(text, turn.id(), AnswerStats.of(answered));
        }).orElse(null);
    }

    @GetMapping(path = "/chat/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    void stream(@RequestParam(required = false) @Nullable String message,
            @RequestParam(required = false) @Nullable String conversationId, HttpServletRequest request,
            HttpServletResponse response) throws HttpRequestMethodNotSupportedException {
        // an answer is more than its headers
        if (request.getMethod().equals(HttpMethod.HEAD.name())) {
            throw new HttpRequestMethodNotSupportedException(request.getMethod(), List.of("GET", "POST"));
        }
        stream(new ChatQuestion(message, conversationId), request, response);
    }

    @PostMapping(path = "/chat/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    void stream(@RequestBody ChatQuestion question, HttpServletRequest request, HttpServletResponse response) {
        String message = question.requireMessage();
        Conversations.Turn turn = turn(question);
        Started<AnswerStream> asked = turn.ask(message, (messages) -> {
            AnswerStream answer = new AnswerStream((text) -> turn.remember(message, text));
            StreamingHandle handle = this.chatModel.start(request(messages, question), answer, answer::onStep);
            return new Started<>(answer.unlessRefused(), handle);
        });
        response.setHeader(CONVERSATION_ID, turn.id());
        asked.answer().writeTo(response, this.json, asked.handle(), gone(request), this.patience);
    }

    private Conversations.Turn turn(ChatQuestion question) {
        return this.conversations.turn(question.conversationId(), question.history(), question.isRemembered());
    }

    private static ChatRequest request(List<ChatMessage> messages, ChatQuestion question) {
        ChatOptions options = question.chatOptions();
        List<ChatMessage> all = new ArrayList<>(messages);
        if (options.system() != null && !options.system().isBlank()) {
            all.add(0, SystemMessage.from(options.system()));
        }
        return ChatRequest.builder().messages(all).parameters(options.parameters()).build();
    }

    private BooleanSupplier gone(HttpServletRequest request) {
        return () -> this.connection.isGone(request);
    }

    private record Started<T>(T answer, StreamingHandle handle) {
    }

}
