package dev.cerberus.text;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import org.jspecify.annotations.Nullable;

/**
 * The content of a {@code tokenizer.json}, checked so far that native code can be given
 * it. Immutable and thread-safe.
 *
 * @param name what messages call the file
 * @param content the JSON; not copied
 * @param ids all tokens with their ids, unmodifiable
 * @param addedTokens the tokens that are looked for before anything else
 * @param normalized whether texts are changed before they are cut into tokens
 * @param decoding how tokens stand for bytes
 */
record TokenizerFile(String name, byte[] content, Map<String, Integer> ids, List<AddedToken> addedTokens,
        boolean normalized, TokenDecoding decoding) {

    /** Larger than that of any vocabulary in use. */
    static final int MAX_BYTES = 128 << 20;

    // No vocabulary in use comes near; tables are as long as the highest id.
    private static final int MAX_ID = 1 << 24;

    // The native reader gives up a little deeper, and not always gracefully. Tokens are
    // names of fields, none of which comes twice: a table of names would only cost time.
    private static final JsonMapper MAPPER = new JsonMapper(JsonFactory.builder()
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
        .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(64).build())
        .build());

    /**
     * A token that is looked for in the text before anything else.
     *
     * @param id its id
     * @param content its text, not empty
     * @param special whether decoding leaves it out
     * @param normalized whether it is looked for in the normalized text
     */
    record AddedToken(int id, String content, boolean special, boolean normalized) {
    }

    /**
     * Reads the JSON.
     * @param name what messages call the file
     * @param content the JSON, kept
     * @return the checked file
     * @throws TokenizerException if it is damaged, or would end or stall the process
     */
    static TokenizerFile parse(String name, byte[] content) {
        return new Reader(name, content).read();
    }

    /**
     * Returns the text of the longest token.
     * @return its length in characters, at least 1
     */
    int longestToken() {
        return Math.max(1, this.ids.keySet().stream().mapToInt(String::length).max().orElse(1));
    }

    static TokenizerException damaged(String name, @Nullable String what, @Nullable Throwable cause) {
        String message = "tokenizer file " + name + " is damaged or not a tokenizer.json ("
                + JsonText.shortened(String.valueOf(what)) + "); copy it again from the model's source";
        return (cause != null) ? new TokenizerException(message, cause) : new TokenizerException(message);
    }

    /**
     * Returns the same tokenizer with other texts for some tokens. Merges that lead to
     * one of them are left out, so that nothing but the new text yields the token.
     * @param names new texts by the old ones
     * @return the JSON
     */
    byte[] renamed(Map<String, String> names) {
        ByteArrayOutputStream copy = new ByteArrayOutputStream(this.content.length);
        try (JsonParser in = MAPPER.createParser(this.content); JsonGenerator out = MAPPER.createGenerator(copy)) {
            for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
                if (token == JsonToken.FIELD_NAME) {
                    out.writeFieldName(names.getOrDefault(in.currentName(), in.currentName()));
                    if (in.currentName().equals("merges") && in.nextToken() == JsonToken.START_ARRAY) {
                        copyMerges(in, out, names);
                    }
                    else if (in.currentName().equals("merges")) {
                        out.copyCurrentEventExact(in);
                    }
                }
                else if (token == JsonToken.VALUE_STRING) {
                    out.writeString(names.getOrDefault(in.getText(), in.getText()));
                }
                else {
                    out.copyCurrentEventExact(in);
                }
            }
        }
        catch (IOException ex) {
            throw damaged(this.name, ex.getMessage(), ex);
        }
        return copy.toByteArray();
    }

    /**
     * Returns the same tokenizer with more tokens that are looked for before anything
     * else. Those that it looks for already stay as they are; those that are not in its
     * vocabulary get the next free ids, as from transformers.
     * @param tokens the tokens, by rising id
     * @return the checked file
     * @throws TokenizerException if a token can not be one
     */
    TokenizerFile with(List<TokenizerSettings.AddedToken> tokens) {
        Set<String> known = this.addedTokens.stream().map(AddedToken::content).collect(Collectors.toSet());
        ArrayNode more = MAPPER.createArrayNode();
        int next = Collections.max(this.ids.values()) + 1;
        for (TokenizerSettings.AddedToken token : tokens) {
            if (known.add(token.content())) {
                Integer id = this.ids.get(token.content());
                more.addObject()
                    .put("id", (id != null) ? id : next++)
                    .put("content", token.content())
                    .put("single_word", token.singleWord())
                    .put("lstrip", token.leftStrip())
                    .put("rstrip", token.rightStrip())
                    .put("normalized", token.normalized())
                    .put("special", token.special());
            }
        }
        return more.isEmpty() ? this : parse(this.name, extended(more));
    }

    private byte[] extended(ArrayNode more) {
        ArrayNode all = MAPPER.createArrayNode();
        ByteArrayOutputStream copy = new ByteArrayOutputStream(this.content.length);
        try (JsonParser in = MAPPER.createParser(this.content); JsonGenerator out = MAPPER.createGenerator(copy)) {
            in.nextToken();
            out.writeStartObject();
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String field = in.currentName();
                in.nextToken();
                if (field.equals("added_tokens")) {
                    JsonNode own = MAPPER.readTree(in);
                    own.forEach(all::add);
                }
                else {
                    out.writeFieldName(field);
                    out.copyCurrentStructure(in);
                }
            }
            out.writeFieldName("added_tokens");
            MAPPER.writeTree(out, all.addAll(more));
            out.writeEndObject();
        }
        catch (IOException ex) {
            throw damaged(this.name, ex.getMessage(), ex);
        }
        return copy.toByteArray();
    }

    private static void copyMerges(JsonParser in, JsonGenerator out, Map<String, String> names) throws IOException {
        out.writeStartArray();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            if (in.currentToken() == JsonToken.START_ARRAY) {
                List<String> parts = new ArrayList<>();
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    parts.add(in.getText());
                }
                if (parts.stream().noneMatch(names::containsKey) && !names.containsKey(String.join("", parts))) {
                    out.writeArray(parts.toArray(new String[0]), 0, parts.size());
                }
            }
            else {
                String merge = in.getText();
                int space = merge.indexOf(' ');
                boolean touched = space >= 0 && (names.containsKey(merge.substring(0, space))
                        || names.containsKey(merge.substring(space + 1))
                        || names.containsKey(merge.substring(0, space) + merge.substring(space + 1)));
                if (!touched) {
                    out.writeString(merge);
                }
            }
        }
        out.writeEndArray();
    }

    /** Reads one file. Vocabulary and merges are streamed, the rest is small. */
    private static final class Reader {

        private final String name;

        private final byte[] content;

        private final Map<String, Integer> ids = new HashMap<>();

        private final List<AddedToken> listed = new ArrayList<>();

        private int vocabularySize;

        private final Map<String, JsonNode> components = new LinkedHashMap<>();

        private final Map<String, JsonNode> model = new LinkedHashMap<>();

        Reader(String name, byte[] content) {
            this.name = name;
            this.content = content;
        }

        TokenizerFile read() {
            List<AddedToken> added;
            try (JsonParser json = MAPPER.createParser(this.content)) {
                readFields(json);
                if (json.nextToken() != null) {
                    throw new IllegalArgumentException("there is text after the JSON object");
                }
                if (this.model.isEmpty() || (this.ids.isEmpty() && this.listed.isEmpty())) {
                    throw new IllegalArgumentException("it has no model with a vocabulary");
                }
                added = addedTokens();
                new TokenizerChecks(this.ids).check(this.components, this.model);
            }
            catch (JsonProcessingException ex) {
                throw damaged(this.name, JsonText.detail(ex), ex);
            }
            catch (IOException | IllegalArgumentException ex) {
                throw damaged(this.name, ex.getMessage(), ex);
            }
            JsonNode normalizer = this.components.get("normalizer");
            return new TokenizerFile(this.name, this.content, Collections.unmodifiableMap(this.ids), added,
                    normalizer != null && !normalizer.isNull(), TokenDecoding.of(this.components.get("decoder")));
        }

        private void readFields(JsonParser json) throws IOException {
            require(json.nextToken() == JsonToken.START_OBJECT, "it is not a JSON object");
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                JsonToken value = json.nextToken();
                require(!this.components.containsKey(field), "it has the field " + field + " twice");
                this.components.put(field, NullNode.getInstance());
                if (field.equals("model") && value == JsonToken.START_OBJECT) {
                    readModel(json);
                }
                else if (field.equals("added_tokens") && value == JsonToken.START_ARRAY) {
                    readAddedTokens(json);
                }
                else {
                    this.components.put(field, MAPPER.readTree(json));
                }
            }
        }

        private void readModel(JsonParser json) throws IOException {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                JsonToken value = json.nextToken();
                require(!this.model.containsKey(field), "its model has the field " + field + " twice");
                this.model.put(field, NullNode.getInstance());
                if (field.equals("vocab") && value == JsonToken.START_OBJECT) {
                    while (json.nextToken() == JsonToken.FIELD_NAME) {
                        String token = json.currentName();
                        if (json.nextToken() != JsonToken.VALUE_NUMBER_INT) {
                            throw new IllegalArgumentException("token '" + token + "' has no valid id");
                        }
                        putId(token, json.getLongValue());
                    }
                    this.vocabularySize = this.ids.size();
                }
                else if (field.equals("vocab") && value == JsonToken.START_ARRAY) {
                    readPieces(json);
                }
                else if (field.equals("merges")) {
                    json.skipChildren();
                }
                else {
                    this.model.put(field, MAPPER.readTree(json));
                }
            }
        }

        /** Unigram models list [token, score], the id is the position. */
        private void readPieces(JsonParser json) throws IOException {
            int id = 0;
            while (json.nextToken() == JsonToken.START_ARRAY) {
                require(json.nextToken() == JsonToken.VALUE_STRING, "entry " + id + " of its vocabulary has no text");
                putId(json.getText(), id++);
                boolean scored = json.nextToken().isNumeric() && Double.isFinite(json.getDoubleValue());
                require(scored && json.nextToken() == JsonToken.END_ARRAY,
                        "entry " + (id - 1) + " of its vocabulary is not a text with a score");
            }
            this.vocabularySize = id;
        }

        private void readAddedTokens(JsonParser json) throws IOException {
            while (json.nextToken() == JsonToken.START_OBJECT) {
                JsonNode token = MAPPER.readTree(json);
                JsonNode text = token.path("content");
                require(text.isTextual() && !text.textValue().isEmpty(), "an added token has no content");
                JsonNode id = token.path("id");
                require(id.isIntegralNumber() && id.canConvertToLong(),
                        "token '" + text.textValue() + "' has no valid id");
                requireToken(text.textValue(), id.longValue());
                this.listed.add(new AddedToken(id.intValue(), text.textValue(), token.path("special").asBoolean(),
                        token.path("normalized").asBoolean()));
            }
            require(json.currentToken() == JsonToken.END_ARRAY, "its added_tokens are not a list of objects");
        }

        /*
         * Native code does not ask a token in this list for its id: it has that of the
         * vocabulary, which may stand behind the list, or the next one that is free.
         */
        private List<AddedToken> addedTokens() {
            List<AddedToken> added = new ArrayList<>();
            int next = this.vocabularySize;
            for (AddedToken token : this.listed) {
                Integer known = this.ids.get(token.content());
                int id = (known != null) ? known : next;
                next = Math.max(next, id + 1);
                putId(token.content(), id);
                added.add(new AddedToken(id, token.content(), token.special(), token.normalized()));
            }
            return List.copyOf(added);
        }

        private void putId(String token, long id) {
            requireToken(token, id);
            this.ids.put(token, (int) id);
        }

        private static void requireToken(String token, long id) {
            if (id < 0 || id > MAX_ID) {
                throw new IllegalArgumentException(
                        "token '" + token + "' has no valid id: " + id + " is not in 0.." + MAX_ID);
            }
            if (!TokenizerChecks.isText(token)) {
                throw new IllegalArgumentException("token " + id + " holds half a character");
            }
        }

        private static void require(boolean condition, String message) {
            if (!condition) {
                throw new IllegalArgumentException(message);
            }
        }

    }

}
