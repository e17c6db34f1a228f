package dev.cerberus.recipe.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Builder of the token files that the demo model is trained and validated on. Not
 * thread-safe.
 */
public final class CorpusBuilder {

    private static final int BATCH = 512;

    private static final int HELD_OUT_TEXTS = 100;

    private final Encoder encoder;

    private final PublicTexts texts;

    private final long seed;

    private final Map<String, Share> statistics = new LinkedHashMap<>();

    private final List<String> waitingSources = new ArrayList<>();

    private final List<List<ChatMl.Piece>> waiting = new ArrayList<>();

    /**
     * Creates a builder.
     * @param seed decides every choice; equal seeds give equal files
     */
    public CorpusBuilder(Encoder encoder, PublicTexts texts, long seed) {
        this.encoder = encoder;
        this.texts = texts;
        this.seed = seed;
    }

    /**
     * What one source contributes.
     *
     * @param documents number of documents
     * @param tokens number of tokens
     * @param labels number of tokens that the model is trained to predict
     * @param characters number of characters of text
     */
    public record Share(long documents, long tokens, long labels, long characters) {

        Share plus(Encoder.Document document, List<ChatMl.Piece> pieces) {
            return new Share(this.documents + 1, this.tokens + document.ids().length,
                    this.labels + document.labelCount(),
                    this.characters + pieces.stream().mapToInt((piece) -> piece.text().length()).sum());
        }
    }

    /**
     * Writes tokens.bin, loss-mask.bin, validation.bin and validation-mask.bin.
     *
     * <p>
     * Tokens are unsigned 16-bit numbers, low byte first; masks have one byte for each
     * token, 1 where the token is to be predicted.
     * @param tokens wanted size of the training part; the public texts are taken whole,
     * conversations fill it up
     * @param validationTokens wanted size of the part with held-out fills and texts
     * @return what each source contributes to the training part
     * @throws IOException if a text cannot be read or a file cannot be written
     */
    public Map<String, Share> build(Path directory, long tokens, long validationTokens) throws IOException {
        RandomGenerator random = new SplittableRandom(this.seed);
        List<String> stories = this.texts.stories();
        List<List<Turn>> problems = this.texts.wordProblems();
        List<List<Turn>> chats = this.texts.openChats();
        List<Encoder.Document> training = new ArrayList<>();
        this.statistics.clear();
        for (String story : stories.subList(HELD_OUT_TEXTS, stories.size())) {
            add("tinystories", List.of(new ChatMl.Piece(story, true)), training);
            add("tinystories-chat", storyChat(story, random), training);
        }
        flush(training);
        addChats("gsm8k", problems.subList(HELD_OUT_TEXTS, problems.size()), training);
        addChats("topical-chat", chats.subList(HELD_OUT_TEXTS, chats.size()), training);
        ConversationGenerator generator = new ConversationGenerator(random);
        fill(() -> generator.next(Split.TRAINING), tokens, training);
        Map<String, Share> shares = new LinkedHashMap<>(this.statistics);
        write(directory, "tokens.bin", "loss-mask.bin", training);

        List<Encoder.Document> validation = new ArrayList<>();
        for (String story : stories.subList(0, HELD_OUT_TEXTS)) {
            add("tinystories-chat", storyChat(story, random), validation);
        }
        flush(validation);
        addChats("gsm8k", problems.subList(0, HELD_OUT_TEXTS), validation);
        addChats("topical-chat", chats.subList(0, HELD_OUT_TEXTS), validation);
        fill(() -> generator.next(Split.HELD_OUT), validationTokens, validation);
        write(directory, "validation.bin", "validation-mask.bin", validation);
        return shares;
    }

    private static List<ChatMl.Piece> storyChat(String story, RandomGenerator random) {
        return ChatMl.render(List.of(),
                List.of(new Turn("user", PublicTexts.request(story, random)), new Turn("assistant", story)));
    }

    private void addChats(String source, List<List<Turn>> chats, List<Encoder.Document> target) {
        for (List<Turn> chat : chats) {
            add(source, ChatMl.render(List.of(), chat), target);
        }
        flush(target);
    }

    private void fill(Supplier<Conversation> source, long tokens, List<Encoder.Document> target) {
        long size = target.stream().mapToLong((document) -> document.ids().length).sum();
        while (size < tokens) {
            int before = target.size();
            for (int i = 0; i < BATCH; i++) {
                Conversation conversation = source.get();
                add("generator-" + conversation.category(), ChatMl.render(conversation.tools(), conversation.turns()),
                        target);
            }
            flush(target);
            for (Encoder.Document document : target.subList(before, target.size())) {
                size += document.ids().length;
            }
        }
    }

    private void add(String source, List<ChatMl.Piece> document, List<Encoder.Document> target) {
        this.waitingSources.add(source);
        this.waiting.add(document);
        if (this.waiting.size() >= BATCH) {
            flush(target);
        }
    }

    private void flush(List<Encoder.Document> target) {
        List<Encoder.Document> encoded = this.encoder.encode(this.waiting);
        for (int i = 0; i < encoded.size(); i++) {
            Share share = this.statistics.getOrDefault(this.waitingSources.get(i), new Share(0, 0, 0, 0));
            this.statistics.put(this.waitingSources.get(i), share.plus(encoded.get(i), this.waiting.get(i)));
        }
        target.addAll(encoded);
        this.waiting.clear();
        this.waitingSources.clear();
    }

    private void write(Path directory, String tokenFile, String maskFile, List<Encoder.Document> documents)
            throws IOException {
        Files.createDirectories(directory);
        RandomGenerator random = new SplittableRandom(this.seed);
        for (int i = documents.size() - 1; i > 0; i--) {
            Collections.swap(documents, i, random.nextInt(i + 1));
        }
        try (OutputStream ids = new BufferedOutputStream(Files.newOutputStream(directory.resolve(tokenFile)));
                OutputStream mask = new BufferedOutputStream(Files.newOutputStream(directory.resolve(maskFile)))) {
            for (Encoder.Document document : documents) {
                for (int i = 0; i < document.ids().length; i++) {
                    ids.write(document.ids()[i] & 0xff);
                    ids.write(document.ids()[i] >>> 8);
                    mask.write(document.labels()[i] ? 1 : 0);
                }
            }
        }
    }

}
