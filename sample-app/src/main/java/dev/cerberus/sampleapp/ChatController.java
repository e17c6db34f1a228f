package dev.cerberus.sampleapp;

import java.time.Duration;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

import dev.cerberus.spring.boot.autoconfigure.CerberusProperties;

/**
 * The chat over HTTP, whole or piece by piece.
 */
@RestController
class ChatController {

    /** The engine ends a request that takes too long; this is in case it does not. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private final ChatModel chatModel;

    private final StreamingChatModel streamingChatModel;

    private final Conversations conversations;

    private final Duration patience;

    private final JsonMapper json;

    ChatController(ChatModel chatModel, StreamingChatModel streamingChatModel, Conversations conversations,
            CerberusProperties properties, JsonMapper json) {
        this.chatModel = chatModel;
        this.streamingChatModel = streamingChatModel;
        this.conversations = conversations;
        this.patience = properties.engine().requestTimeout().plus(GRACE);
        this.json = json;
    }

    @PostMapping("/chat")
    ChatAnswer chat(@RequestBody ChatQuestion question) {
        String message = question.requireMessage();
        ChatResponse response = this.conversations.ask(question.conversationId(), message,
                (messages) -> this.chatModel.chat(messages));
        String answer = response.aiMessage().text();
        this.conversations.remember(question.conversationId(), message, answer);
        return new ChatAnswer(answer, AnswerStats.of(response));
    }

    @GetMapping(path = "/chat/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    void stream(@RequestParam(required = false) @Nullable String message,
            @RequestParam(required = false) @Nullable String conversationId, HttpServletResponse response) {
        String question = new ChatQuestion(message, conversationId).requireMessage();
        AnswerStream stream = this.conversations.ask(conversationId, question, (messages) -> {
            AnswerStream answer = new AnswerStream(
                    (text) -> this.conversations.remember(conversationId, question, text));
            this.streamingChatModel.chat(messages, answer);
            return answer.unlessRefused();
        });
        stream.writeTo(response, this.json, this.patience);
    }

}
