package dev.cerberus.hf;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The translation of names that tools have put something before, or taken something from,
 * into the usual ones of {@link WeightNames}.
 */
final class TensorNames {

    private static final Pattern ANCHOR = Pattern.compile("(.*)layers\\.0\\.self_attn\\.o_proj\\.weight");

    private static final String USUAL = "model.";

    /** What Granite 4 calls the feed-forward part that all its experts, if any, share. */
    private static final Map<String, String> SHARED = Map.of("shared_mlp.input_linear.weight", WeightNames.GATE_UP,
            "shared_mlp.output_linear.weight", WeightNames.DOWN);

    private TensorNames() {
    }

    /**
     * Returns where each tensor is found.
     * @param names the names in the files
     * @param aliases tensors that were left out as equal to another, by what the files
     * say
     * @return the names in the files by the usual ones; a name without a usual one stands
     * for itself
     */
    static Map<String, String> translate(Set<String> names, Map<String, String> aliases) {
        String prefix = prefix(names);
        Map<String, String> found = new LinkedHashMap<>();
        for (String name : names) {
            if (!prefix.equals(USUAL) && name.startsWith(prefix) && !name.endsWith(WeightNames.OUTPUT)) {
                found.put(usual(USUAL + name.substring(prefix.length())), name);
            }
            else {
                found.putIfAbsent(usual(name), name);
            }
        }
        List<String> outputs = names.stream().filter((name) -> name.endsWith("." + WeightNames.OUTPUT)).toList();
        if (!found.containsKey(WeightNames.OUTPUT) && outputs.size() == 1) {
            found.put(WeightNames.OUTPUT, outputs.get(0));
        }
        aliases.forEach((absent, kept) -> {
            if (found.containsKey(kept)) {
                found.putIfAbsent(absent, found.get(kept));
            }
        });
        return found;
    }

    private static String usual(String name) {
        for (Map.Entry<String, String> shared : SHARED.entrySet()) {
            if (name.endsWith("." + shared.getKey())) {
                return name.substring(0, name.length() - shared.getKey().length()) + shared.getValue();
            }
        }
        return name;
    }

    /**
     * Returns what stands before the layers; that of the text part where there are more.
     */
    private static String prefix(Set<String> names) {
        List<String> prefixes = names.stream()
            .map(ANCHOR::matcher)
            .filter(Matcher::matches)
            .map((m) -> m.group(1))
            .toList();
        if (prefixes.isEmpty() || prefixes.contains(USUAL)) {
            return USUAL;
        }
        List<String> text = prefixes.stream()
            .filter((name) -> name.contains("language_model") || name.contains("text_model"))
            .toList();
        return (prefixes.size() == 1) ? prefixes.get(0) : (text.size() == 1) ? text.get(0) : USUAL;
    }

}
