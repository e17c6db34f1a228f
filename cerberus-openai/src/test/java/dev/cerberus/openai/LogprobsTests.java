package dev.cerberus.openai;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import dev.cerberus.engine.TokenProbability;

import static org.assertj.core.api.Assertions.assertThat;

/** Tokens whose texts are no whole characters, or the same. */
class LogprobsTests {

    private static JsonNode completion(TokenProbability... tokens) {
        ObjectNode choice = Json.object();
        Logprobs.putCompletion(choice, Optional.of(List.of(tokens)));
        return choice.get("logprobs");
    }

    private static TokenProbability token(String text, double logprob, TokenProbability... alternatives) {
        return token(text.getBytes(StandardCharsets.UTF_8), logprob, alternatives);
    }

    private static TokenProbability token(byte[] bytes, double logprob, TokenProbability... alternatives) {
        return new TokenProbability(1, IntStream.range(0, bytes.length).mapToObj((i) -> bytes[i] & 0xFF).toList(),
                logprob, List.of(alternatives));
    }

    @Test
    void offsetsCountCharactersAndNotTheirHalves() {
        assertThat(completion(token("a\uD83D\uDE00", -1), token("\uD83D\uDE00é", -1), token("b", -1)).get("text_offset")
            .toString()).isEqualTo("[0,2,4]");
    }

    @Test
    void tokensOfOneCharacterStandWhereItStands() {
        byte[] smile = "\uD83D\uDE00".getBytes(StandardCharsets.UTF_8);
        assertThat(completion(token("a", -1), token(new byte[] { smile[0], smile[1] }, -1),
                token(new byte[] { smile[2] }, -1), token(new byte[] { smile[3], 'b' }, -1), token("c", -1))
            .get("text_offset")
            .toString()).isEqualTo("[0,1,1,1,3]");
    }

    /* Of bytes that are none the text has U+FFFD, also at its beginning. */
    @Test
    void whatIsNoCharacterCountsAsItStandsInTheText() {
        assertThat(completion(token(new byte[] { (byte) 0x9F }, -1), token(new byte[] { (byte) 0x98, (byte) 0xF0 }, -1),
                token("ab", -1), token(new byte[] { (byte) 0xFF }, -1), token(new byte[] { (byte) 0xE2 }, -1),
                token("", -1), token(new byte[] { (byte) 0x82 }, -1), token("c", -1))
            .get("text_offset")
            .toString()).isEqualTo("[0,1,3,5,6,6,6,7]");
    }

    @Test
    void ofTokensWithTheSameTextTheMostProbableIsTold() {
        JsonNode top = completion(token("a", -0.5, token("a", -0.5), token(new byte[] { (byte) 0xF0 }, -1.5),
                token(new byte[] { (byte) 0xE2 }, -2.5)))
            .get("top_logprobs");
        assertThat(top.toString()).isEqualTo("[{\"a\":-0.5,\"\uFFFD\":-1.5}]");
    }

    @Test
    void tokenThatWasChosenIsToldBesideTheMostProbable() {
        assertThat(completion(token("a", -3, token("b", -0.5), token("c", -1.5)), token("d", -1)).get("top_logprobs")
            .toString()).isEqualTo("[{\"b\":-0.5,\"c\":-1.5,\"a\":-3.0},{\"d\":-1.0}]");
    }

}
