package dev.cerberus.hf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

import com.fasterxml.jackson.core.JsonGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Writes the tokenizer in the metadata of a GGUF file as a Hugging Face
 * {@code tokenizer.json}: byte-level BPE ({@code gpt2}) and SentencePiece BPE
 * ({@code llama}).
 */
final class GgufTokenizer {

    private static final String MODEL = "tokenizer.ggml.model";

    private static final String PRE = "tokenizer.ggml.pre";

    private static final String MERGES = "tokenizer.ggml.merges";

    private static final String SCORES = "tokenizer.ggml.scores";

    private static final int NORMAL = 1;

    private static final int UNKNOWN = 2;

    private static final int USER_DEFINED = 4;

    /** The tokens of Phi-3 behind which blanks stay. */
    private static final Set<String> KEEPING_BLANKS = Set.of("<unk>", "<s>", "<|endoftext|>");

    /** What SentencePiece writes for a blank. */
    private static final String BLANK = "\u2581";

    private final GgufMetadata metadata;

    private final List<String> tokens;

    private final int[] types;

    private final GgufSpecialTokens special;

    private final boolean sentencePiece;

    private GgufTokenizer(GgufMetadata metadata, boolean sentencePiece) {
        this.metadata = metadata;
        this.sentencePiece = sentencePiece;
        this.tokens = metadata.texts(GgufSpecialTokens.TOKENS);
        this.types = metadata.integers(GgufSpecialTokens.TYPES);
        this.special = GgufSpecialTokens.of(metadata);
        if (this.types.length != 0 && this.types.length != this.tokens.size()) {
            throw contradiction(GgufSpecialTokens.TYPES, this.types.length);
        }
    }

    /**
     * The kind of tokenizer, as the file names it.
     * @return the kind, empty if the file holds no tokenizer
     */
    static String kind(GgufMetadata metadata) {
        String pre = metadata.text(PRE).map((name) -> " (" + name + ")").orElse("");
        return metadata.text(MODEL).orElse("") + pre;
    }

    /**
     * Writes the tokenizer.
     * @return the text of a {@code tokenizer.json} in UTF-8
     * @throws ModelFileException if the file holds no tokenizer, a damaged one, or one of
     * a kind that is not supported
     */
    static byte[] json(GgufMetadata metadata) {
        String model = metadata.text(MODEL).orElse("no_vocab");
        if (metadata.texts(GgufSpecialTokens.TOKENS).isEmpty()) {
            throw new ModelFileException(metadata.file(), "holds no tokenizer",
                    "use a GGUF file with the vocabulary of its model");
        }
        GgufTokenizer tokenizer = new GgufTokenizer(metadata, model.equals("llama"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JsonFile.MAPPER.createGenerator(out)) {
            switch (model) {
                case "gpt2" -> tokenizer.writeByteLevel(json);
                case "llama" -> tokenizer.writeSentencePiece(json);
                default -> throw new ModelFileException(metadata.file(),
                        "holds a tokenizer of the kind " + GgufMetadata.shorten(model) + ", which is not supported",
                        "use a GGUF file whose " + MODEL + " is gpt2 or llama");
            }
        }
        catch (IOException ex) {
            throw new IllegalStateException("An array in memory takes every byte", ex);
        }
        return out.toByteArray();
    }

    private void writeByteLevel(JsonGenerator json) throws IOException {
        String name = this.metadata.text(PRE).orElse("default");
        GgufPreTokenizer pre = GgufPreTokenizer.of(name)
            .orElseThrow(() -> new ModelFileException(this.metadata.file(),
                    "cuts texts into words by the rule " + GgufMetadata.shorten(name) + " (" + PRE
                            + "), which is not known",
                    "use the model's safetensors files, or a GGUF file with one of " + GgufPreTokenizer.known()));
        json.writeStartObject();
        writeAddedTokens(json);
        if (pre.composes()) {
            json.writePOJOField("normalizer", Map.of("type", "NFC"));
        }
        json.writeObjectFieldStart("pre_tokenizer");
        json.writeStringField("type", "Sequence");
        json.writeArrayFieldStart("pretokenizers");
        for (String split : pre.splits()) {
            json.writePOJO(Map.of("type", "Split", "pattern", Map.of("Regex", split), "behavior", "Isolated", "invert",
                    false));
        }
        json.writePOJO(byteLevel(pre.gpt2Words()));
        json.writeEndArray();
        json.writeEndObject();
        writePostProcessor(json, pre.beginsWithBos());
        json.writePOJOField("decoder", byteLevel(true));
        writeModelStart(json, null, pre.ignoresMerges());
        json.writeArrayFieldStart("merges");
        List<String> merges = this.metadata.texts(MERGES);
        for (int i = 0; i < merges.size(); i++) {
            int blank = merges.get(i).indexOf(' ', 1);
            if (blank < 0) {
                throw new ModelFileException(this.metadata.file(),
                        "merge " + i + " in " + MERGES + " is not two tokens with a blank between",
                        "fetch the file again");
            }
            writePair(json, merges.get(i).substring(0, blank), merges.get(i).substring(blank + 1));
        }
        json.writeEndArray();
        json.writeEndObject();
        json.writeEndObject();
    }

    private static Map<String, Object> byteLevel(boolean words) {
        return Map.of("type", "ByteLevel", "add_prefix_space", false, "trim_offsets", true, "use_regex", words);
    }

    private void writeSentencePiece(JsonGenerator json) throws IOException {
        float[] scores = this.metadata.floats(SCORES);
        if (scores.length != this.tokens.size()) {
            throw contradiction(SCORES, scores.length);
        }
        boolean prefixed = this.metadata.bool("tokenizer.ggml.add_space_prefix").orElse(true);
        Map<String, Object> toBlank = Map.of("type", "Replace", "pattern", Map.of("String", " "), "content", BLANK);
        Map<String, Object> fromBlank = Map.of("type", "Replace", "pattern", Map.of("String", BLANK), "content", " ");
        Map<String, Object> prepend = Map.of("type", "Prepend", "prepend", BLANK);
        Map<String, Object> bytes = Map.of("type", "ByteFallback");
        Map<String, Object> fuse = Map.of("type", "Fuse");
        Map<String, Object> strip = Map.of("type", "Strip", "content", " ", "start", 1, "stop", 0);
        json.writeStartObject();
        writeAddedTokens(json);
        json.writePOJOField("normalizer",
                Map.of("type", "Sequence", "normalizers", prefixed ? List.of(prepend, toBlank) : List.of(toBlank)));
        writePostProcessor(json, true);
        json.writePOJOField("decoder", Map.of("type", "Sequence", "decoders",
                prefixed ? List.of(fromBlank, bytes, fuse, strip) : List.of(fromBlank, bytes, fuse)));
        writeModelStart(json, unknownToken(), false);
        json.writeArrayFieldStart("merges");
        for (GgufPieceMerges.Merge merge : GgufPieceMerges.of(this.metadata.file(), this.tokens, scores,
                (id) -> type(id) == NORMAL || type(id) == USER_DEFINED)) {
            writePair(json, merge.left(), merge.right());
        }
        json.writeEndArray();
        json.writeEndObject();
        json.writeEndObject();
    }

    private @Nullable String unknownToken() {
        OptionalInt stated = this.special.unknown();
        if (stated.isPresent()) {
            return this.tokens.get(stated.getAsInt());
        }
        for (int id = 0; id < this.tokens.size(); id++) {
            if (type(id) == UNKNOWN) {
                return this.tokens.get(id);
            }
        }
        return null;
    }

    private int type(int id) {
        return (this.types.length == 0) ? NORMAL : this.types[id];
    }

    private void writeAddedTokens(JsonGenerator json) throws IOException {
        json.writeStringField("version", "1.0");
        json.writeArrayFieldStart("added_tokens");
        for (int id = 0; id < this.tokens.size(); id++) {
            int type = type(id);
            if (type == GgufSpecialTokens.CONTROL || type == UNKNOWN || type == USER_DEFINED) {
                String token = this.tokens.get(id);
                json.writePOJO(Map.of("id", id, "content", token, "single_word", false, "lstrip", false, "rstrip",
                        takesBlanks(token), "normalized", false, "special", type != USER_DEFINED));
            }
        }
        json.writeEndArray();
    }

    /*
     * The format has no place for it. The tokens of Phi-3 and 3.5 that begin and end
     * turns take the blanks and line ends behind them, as those that their templates
     * write; llama.cpp knows it, too, from the model's name.
     */
    private boolean takesBlanks(String token) {
        return this.sentencePiece && this.metadata.text("general.architecture").filter("phi3"::equals).isPresent()
                && !KEEPING_BLANKS.contains(token);
    }

    private void writePostProcessor(JsonGenerator json, boolean bosByDefault) throws IOException {
        boolean bos = this.metadata.bool("tokenizer.ggml.add_bos_token").orElse(bosByDefault);
        boolean eos = this.metadata.bool("tokenizer.ggml.add_eos_token").orElse(false);
        OptionalInt before = bos ? this.special.bos() : OptionalInt.empty();
        OptionalInt after = eos ? this.special.eos() : OptionalInt.empty();
        if (before.isEmpty() && after.isEmpty()) {
            return;
        }
        json.writeObjectFieldStart("post_processor");
        json.writeStringField("type", "TemplateProcessing");
        for (String form : List.of("single", "pair")) {
            json.writeArrayFieldStart(form);
            for (String sequence : form.equals("single") ? List.of("A") : List.of("A", "B")) {
                writeSpecial(json, before);
                json.writePOJO(Map.of("Sequence", Map.of("id", sequence, "type_id", 0)));
                writeSpecial(json, after);
            }
            json.writeEndArray();
        }
        json.writeObjectFieldStart("special_tokens");
        for (OptionalInt id : before.equals(after) ? List.of(before) : List.of(before, after)) {
            if (id.isPresent()) {
                String token = this.tokens.get(id.getAsInt());
                json.writePOJOField(token,
                        Map.of("id", token, "ids", List.of(id.getAsInt()), "tokens", List.of(token)));
            }
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private void writeSpecial(JsonGenerator json, OptionalInt id) throws IOException {
        if (id.isPresent()) {
            json.writePOJO(Map.of("SpecialToken", Map.of("id", this.tokens.get(id.getAsInt()), "type_id", 0)));
        }
    }

    private void writeModelStart(JsonGenerator json, @Nullable String unknown, boolean ignoreMerges)
            throws IOException {
        json.writeObjectFieldStart("model");
        json.writeStringField("type", "BPE");
        json.writeStringField("unk_token", unknown);
        json.writeBooleanField("fuse_unk", unknown != null);
        json.writeBooleanField("byte_fallback", unknown != null);
        json.writeBooleanField("ignore_merges", ignoreMerges);
        json.writeObjectFieldStart("vocab");
        Map<String, Integer> written = new HashMap<>();
        for (int id = 0; id < this.tokens.size(); id++) {
            Integer before = written.putIfAbsent(this.tokens.get(id), id);
            if (before != null) {
                throw new ModelFileException(this.metadata.file(), "the tokens " + before + " and " + id + " in "
                        + GgufSpecialTokens.TOKENS + " are both " + GgufMetadata.shorten(this.tokens.get(id)),
                        "fetch the file again");
            }
            json.writeNumberField(this.tokens.get(id), id);
        }
        json.writeEndObject();
    }

    private static void writePair(JsonGenerator json, String left, String right) throws IOException {
        json.writeStartArray();
        json.writeString(left);
        json.writeString(right);
        json.writeEndArray();
    }

    private ModelFileException contradiction(String key, int count) {
        return new ModelFileException(this.metadata.file(),
                "its metadata holds " + count + " values of " + key + " for " + this.tokens.size() + " tokens",
                "fetch the file again");
    }

}
