package dev.cerberus.recipe.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;

/**
 * Encoder of documents into token ids and label marks. Not thread-safe; to be closed by
 * its creator.
 */
public final class Encoder implements AutoCloseable {

    private static final int END_OF_TEXT = 0;

    private final HuggingFaceTokenizer tokenizer;

    /**
     * Loads the tokenizer.
     * @param directory holds tokenizer.json
     * @throws IOException if it cannot be read
     */
    public Encoder(Path directory) throws IOException {
        this.tokenizer = HuggingFaceTokenizer.newInstance(directory.resolve("tokenizer.json"),
                Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false"));
    }

    /**
     * A document of the corpus in token form.
     *
     * @param ids token ids; the last one ends the document
     * @param labels for each token whether the model is trained to predict it
     */
    public record Document(int[] ids, boolean[] labels) {

        /** Returns how many tokens are labels. */
        public int labelCount() {
            int count = 0;
            for (boolean label : this.labels) {
                count += label ? 1 : 0;
            }
            return count;
        }
    }

    /**
     * Encodes documents, each given as pieces of text, and appends the end of the
     * document.
     */
    public List<Document> encode(List<List<ChatMl.Piece>> documents) {
        List<String> texts = new ArrayList<>();
        documents.forEach((pieces) -> pieces.forEach((piece) -> texts.add(piece.text())));
        Encoding[] encodings = this.tokenizer.batchEncode(texts);
        List<Document> encoded = new ArrayList<>();
        int next = 0;
        for (List<ChatMl.Piece> pieces : documents) {
            int length = 1;
            for (int i = 0; i < pieces.size(); i++) {
                length += encodings[next + i].getIds().length;
            }
            int[] ids = new int[length];
            boolean[] labels = new boolean[length];
            int position = 0;
            boolean plain = pieces.size() == 1;
            for (ChatMl.Piece piece : pieces) {
                for (long id : encodings[next++].getIds()) {
                    ids[position] = (int) id;
                    labels[position++] = piece.label();
                }
            }
            ids[position] = END_OF_TEXT;
            // after a chat the end of the document says nothing about the answer
            labels[position] = plain && pieces.get(0).label();
            encoded.add(new Document(ids, labels));
        }
        return encoded;
    }

    /** Encodes one text as it is. */
    long[] ids(String text) {
        return this.tokenizer.encode(text).getIds();
    }

    /** Decodes token ids. */
    String decode(long[] ids) {
        return this.tokenizer.decode(ids);
    }

    @Override
    public void close() {
        this.tokenizer.close();
    }

}
