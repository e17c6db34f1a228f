package dev.cerberus.recipe.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TokenizerFilesTests {

    private static Encoder encoder;

    @BeforeAll
    static void train(@TempDir Path directory) throws IOException {
        BpeTrainer trainer = new BpeTrainer(ChatMl.RESERVED);
        ConversationGenerator generator = new ConversationGenerator(new SplittableRandom(1));
        for (int i = 0; i < 2000; i++) {
            generator.next(Split.TRAINING).turns().forEach((turn) -> trainer.add(turn.content(), Set.of()));
        }
        TokenizerFiles.write(trainer.train(1024), directory);
        encoder = new Encoder(directory);
    }

    @AfterAll
    static void close() {
        encoder.close();
    }

    @ParameterizedTest
    @ValueSource(strings = { "Hello, world!", "Ärger über süße Äpfel",
            "emoji \uD83D\uDE00\uD83C\uDFFD family \uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67",
            "  two  spaces   three ", "line\n\n\tindented\r\nnext\n", "def f(x):\n    return x[::-1] # x's\n",
            "12345 + 67.8% = $9", "日本語とעברית", "e\u0301 is not normalised", " " })
    void decodeReturnsTheEncodedText(String text) {
        assertThat(encoder.decode(encoder.ids(text))).isEqualTo(text);
    }

    @Test
    void encodeGivesReservedTokensTheFirstIds() {
        assertThat(encoder.ids(String.join("", ChatMl.RESERVED))).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    void encodeSplitsDigitsOneByOne() {
        assertThat(encoder.ids("2024")).hasSize(4);
    }

    @Test
    void encodeOfPiecesEqualsEncodeOfTheWholeText() {
        ConversationGenerator generator = new ConversationGenerator(new SplittableRandom(9));
        for (int i = 0; i < 500; i++) {
            Conversation conversation = generator.next(Split.HELD_OUT);
            List<ChatMl.Piece> pieces = ChatMl.render(conversation.tools(), conversation.turns());
            StringBuilder whole = new StringBuilder();
            pieces.forEach((piece) -> whole.append(piece.text()));
            long[] expected = encoder.ids(whole.append(ChatMl.END_OF_TEXT).toString());
            int[] ids = encoder.encode(List.of(pieces)).get(0).ids();
            assertThat(ids).containsExactly(Arrays.stream(expected).mapToInt((id) -> (int) id).toArray());
        }
    }

    @Test
    void encodeLabelsTheAnswerAndItsEndOnly() {
        Encoder.Document document = encoder
            .encode(List.of(ChatMl.render(List.of(), List.of(new Turn("user", "Hi"), new Turn("assistant", "7")))))
            .get(0);
        // the answer is one digit and the end of the message
        assertThat(document.labelCount()).isEqualTo(2);
        assertThat(document.ids()).endsWith(2, (int) encoder.ids("\n")[0], 0);
    }

    @Test
    void trainWhenSizeLeavesNoRoomForBytesTellsTheSmallestSize() {
        assertThatIllegalArgumentException().isThrownBy(() -> new BpeTrainer(ChatMl.RESERVED).train(100))
            .withMessageContaining("at least 264, was 100");
    }

    @Test
    void trainMergesTheMostFrequentPairFirst() {
        BpeTrainer trainer = new BpeTrainer(List.of());
        trainer.add("abab abab ab xy", Set.of());
        BpeTrainer.Vocabulary vocabulary = trainer.train(258);
        // "ab" occurs five times; then the pair of two such tokens ties with nothing else
        // that occurs as often as " ab"
        assertThat(vocabulary.merges().get(0)).containsExactly("a", "b");
        assertThat(vocabulary.vocabulary().get(256)).isEqualTo("ab");
    }

}
