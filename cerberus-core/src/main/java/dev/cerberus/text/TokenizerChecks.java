package dev.cerberus.text;

import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The checks of the parts of a {@code tokenizer.json} that native code would answer by
 * ending the process, or by never coming back. Immutable and thread-safe.
 *
 * <p>
 * Each check throws an {@link IllegalArgumentException} whose message completes a
 * sentence about the file.
 */
final class TokenizerChecks {

    private static final Set<String> NORMALIZERS = Set.of("BertNormalizer", "Strip", "StripAccents", "NFC", "NFD",
            "NFKC", "NFKD", "Sequence", "Lowercase", "Nmt", "Precompiled", "Replace", "Prepend", "ByteLevel");

    private static final Set<String> PRE_TOKENIZERS = Set.of("BertPreTokenizer", "ByteLevel", "CharDelimiterSplit",
            "Metaspace", "Whitespace", "Sequence", "Split", "Punctuation", "WhitespaceSplit", "Digits",
            "UnicodeScripts");

    private static final Set<String> POST_PROCESSORS = Set.of("RobertaProcessing", "BertProcessing", "ByteLevel",
            "TemplateProcessing", "Sequence");

    private static final Set<String> DECODERS = Set.of("BPEDecoder", "ByteLevel", "WordPiece", "Metaspace", "CTC",
            "Sequence", "Replace", "Fuse", "Strip", "ByteFallback");

    private static final Set<String> MODELS = Set.of("BPE", "WordPiece", "WordLevel", "Unigram");

    private static final int DEEPEST_SEQUENCE = 4;

    private static final int LONGEST_SEQUENCE = 64;

    // Replacements may not make a text longer than this many times, all of them together.
    private static final int MOST_GROWTH = 32;

    private static final int LONGEST_TEMPLATE = 64;

    private final Map<String, Integer> ids;

    /**
     * Creates the checks.
     * @param ids all tokens of the file
     */
    TokenizerChecks(Map<String, Integer> ids) {
        this.ids = ids;
    }

    void check(Map<String, JsonNode> components, Map<String, JsonNode> model) {
        components.forEach(TokenizerChecks::values);
        model.forEach((name, value) -> values("model." + name, value));
        component("normalizer", "normalizers", NORMALIZERS, components, 0);
        component("pre_tokenizer", "pretokenizers", PRE_TOKENIZERS, components, 0);
        component("post_processor", "processors", POST_PROCESSORS, components, 0);
        component("decoder", "decoders", DECODERS, components, 0);
        model(model);
    }

    /** Native code takes no number that a double does not hold, and no half character. */
    private static void values(String where, JsonNode node) {
        if (node.isNumber()) {
            boolean whole = node.isIntegralNumber();
            require(whole ? node.canConvertToLong() : Double.isFinite(node.doubleValue()),
                    "the number " + node + " in " + where + " is out of range");
        }
        require(!node.isTextual() || isText(node.textValue()), "a text in " + where + " holds half a character");
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            require(isText(field.getKey()), "a name in " + where + " holds half a character");
        }
        for (JsonNode child : node) {
            values(where, child);
        }
    }

    /** Returns whether a text has no half of a character. */
    static boolean isText(String text) {
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            if (Character.isSurrogate(each)) {
                if (i + 1 == text.length() || !Character.isSurrogatePair(each, text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    private void model(Map<String, JsonNode> model) {
        JsonNode stated = model.get("type");
        require(stated == null || (stated.isTextual() && MODELS.contains(stated.textValue())),
                "the type of its model is " + stated + ", not one of BPE, Unigram, WordLevel, WordPiece");
        String type = (stated != null) ? stated.textValue() : "";
        JsonNode unknown = model.get("unk_token");
        if (unknown != null && !unknown.isNull()) {
            require(unknown.isTextual() && this.ids.containsKey(unknown.textValue()),
                    "its unk_token " + unknown + " is not in the vocabulary");
        }
        JsonNode prefix = model.get("continuing_subword_prefix");
        require(!type.equals("BPE") || prefix == null || prefix.isNull() || prefix.asText().isEmpty(),
                "its BPE model has a continuing_subword_prefix, which is not supported");
        JsonNode unknownId = model.get("unk_id");
        require(unknownId == null || unknownId.isNull()
                || (unknownId.canConvertToInt() && this.ids.containsValue(unknownId.intValue())),
                "its unk_id " + unknownId + " is not in the vocabulary");
    }

    private void component(String name, String children, Set<String> types, Map<String, JsonNode> components,
            int depth) {
        JsonNode node = components.get(name);
        if (node != null && !node.isNull()) {
            double growth = component(name, children, types, node, depth);
            require(growth <= MOST_GROWTH, "its " + name + " may make a text more than " + MOST_GROWTH
                    + " times longer, by replacing short texts with long ones");
        }
    }

    /** Returns how many times longer a text may become. */
    private double component(String where, String children, Set<String> types, JsonNode node, int depth) {
        require(node.isObject() && node.path("type").isTextual(), "its " + where + " has no type");
        String type = node.path("type").textValue();
        require(types.contains(type),
                "its " + where + " has the type " + type + ", not one of " + types.stream().sorted().toList());
        if (type.equals("Sequence")) {
            JsonNode parts = node.path(children);
            require(parts.isArray() && parts.size() <= LONGEST_SEQUENCE && depth < DEEPEST_SEQUENCE,
                    "its " + where + " has a Sequence without " + children + ", of more than " + LONGEST_SEQUENCE
                            + " of them, or nested deeper than " + DEEPEST_SEQUENCE);
            double growth = 1;
            for (JsonNode part : parts) {
                growth *= component(where, children, types, part, depth + 1);
            }
            return growth;
        }
        return switch (type) {
            case "Replace" -> replacement(where, node);
            case "Split" -> {
                pattern(where, node.path("pattern"));
                yield 1;
            }
            case "Prepend" -> {
                require(node.path("prepend").asText().length() <= MOST_GROWTH,
                        "its " + where + " prepends more than " + MOST_GROWTH + " characters");
                yield 1;
            }
            case "Precompiled" -> {
                characterMap(where, node.path("precompiled_charsmap"));
                yield 1;
            }
            case "Strip" -> {
                require(!where.equals("decoder") || node.path("stop").asInt(1) == 0,
                        "its decoder strips characters from the end of tokens (stop " + node.path("stop")
                                + "), which fails on shorter tokens");
                yield 1;
            }
            case "TemplateProcessing" -> {
                template(node);
                yield 1;
            }
            case "RobertaProcessing", "BertProcessing" -> {
                pair(type, node.path("sep"));
                pair(type, node.path("cls"));
                yield 1;
            }
            default -> 1;
        };
    }

    private static double replacement(String where, JsonNode node) {
        int shortest = pattern(where, node.path("pattern"));
        int length = node.path("content").asText().length();
        return Math.max(1, (double) length / shortest);
    }

    /** Returns the length of the shortest text that a pattern is known to match. */
    private static int pattern(String where, JsonNode pattern) {
        if (pattern.path("Regex").isTextual()) {
            try {
                PatternCheck.check(pattern.path("Regex").textValue());
            }
            catch (IllegalArgumentException ex) {
                throw new IllegalArgumentException("its " + where + " has " + ex.getMessage(), ex);
            }
            return 1;
        }
        require(pattern.path("String").isTextual() && !pattern.path("String").textValue().isEmpty(),
                "its " + where + " has a pattern that is neither a text nor a regular expression");
        return pattern.path("String").textValue().length();
    }

    private static void characterMap(String where, JsonNode map) {
        require(map.isTextual(), "the precompiled_charsmap of its " + where + " is missing");
        try {
            CharacterMap.check(map.textValue());
        }
        catch (IllegalArgumentException ex) {
            throw new IllegalArgumentException(
                    "the precompiled_charsmap of its " + where + " is damaged: " + ex.getMessage(), ex);
        }
    }

    private void template(JsonNode node) {
        JsonNode tokens = node.path("special_tokens");
        for (String variant : new String[] { "single", "pair" }) {
            JsonNode pieces = node.path(variant);
            require(pieces.size() <= LONGEST_TEMPLATE,
                    "its post_processor adds more than " + LONGEST_TEMPLATE + " tokens");
            for (JsonNode piece : pieces) {
                JsonNode name = piece.path("SpecialToken").path("id");
                require(name.isMissingNode() || (name.isTextual() && tokens.has(name.textValue())),
                        "its post_processor names the special token " + name + ", which it does not define");
            }
        }
        for (Map.Entry<String, JsonNode> token : tokens.properties()) {
            JsonNode defined = token.getValue().path("ids");
            require(defined.isArray() && defined.size() == token.getValue().path("tokens").size()
                    && defined.size() <= LONGEST_TEMPLATE,
                    "its post_processor defines " + token.getKey()
                            + " with other numbers of ids and tokens, or with too many");
            for (JsonNode id : defined) {
                known("post_processor", id);
            }
        }
    }

    private void pair(String type, JsonNode pair) {
        require(pair.isArray() && pair.size() == 2 && pair.path(0).isTextual(),
                "its " + type + " must name sep and cls, each with its id");
        known("post_processor", pair.path(1));
    }

    private void known(String where, JsonNode id) {
        require(id.isIntegralNumber() && id.canConvertToInt() && this.ids.containsValue(id.intValue()),
                "its " + where + " adds the id " + id + ", which is not in the vocabulary");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

}
