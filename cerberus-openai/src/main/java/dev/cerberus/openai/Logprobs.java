package dev.cerberus.openai;

import java.util.List;
import java.util.Optional;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import dev.cerberus.engine.TokenProbability;

/**
 * How the probabilities of an answer's tokens are written.
 */
final class Logprobs {

    private Logprobs() {
    }

    /** Puts those of a chat; {@code null} if nobody asked. */
    static void putChat(ObjectNode choice, Optional<List<TokenProbability>> told) {
        if (told.isEmpty()) {
            choice.putNull("logprobs");
            return;
        }
        ObjectNode logprobs = choice.putObject("logprobs");
        ArrayNode content = logprobs.putArray("content");
        for (TokenProbability token : told.get()) {
            ArrayNode top = chat(content.addObject(), token).putArray("top_logprobs");
            token.alternatives().forEach((other) -> chat(top.addObject(), other));
        }
        logprobs.putNull("refusal");
    }

    private static ObjectNode chat(ObjectNode node, TokenProbability token) {
        node.put("token", token.text()).put("logprob", token.logprob());
        ArrayNode bytes = node.putArray("bytes");
        token.bytes().forEach(bytes::add);
        return node;
    }

    /** Puts those of a continuation; {@code null} if nobody asked. */
    static void putCompletion(ObjectNode choice, Optional<List<TokenProbability>> told) {
        if (told.isEmpty()) {
            choice.putNull("logprobs");
            return;
        }
        ObjectNode logprobs = choice.putObject("logprobs");
        ArrayNode texts = logprobs.putArray("tokens");
        ArrayNode values = logprobs.putArray("token_logprobs");
        ArrayNode tops = logprobs.putArray("top_logprobs");
        ArrayNode offsets = logprobs.putArray("text_offset");
        CharacterOffsets begin = new CharacterOffsets();
        for (TokenProbability token : told.get()) {
            texts.add(token.text());
            values.add(token.logprob());
            offsets.add(begin.next(token.bytes()));
            ObjectNode top = tops.addObject();
            token.alternatives().forEach((other) -> putMostProbable(top, other));
            putMostProbable(top, token);
        }
    }

    /** Different tokens may have one text, as halves of characters do. */
    private static void putMostProbable(ObjectNode top, TokenProbability token) {
        JsonNode before = top.get(token.text());
        if (before == null || before.doubleValue() < token.logprob()) {
            top.put(token.text(), token.logprob());
        }
    }

}
