package dev.cerberus.text;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A search for any of many texts at a place of another text. Immutable and thread-safe.
 */
final class TokenMatcher {

    /** Longer texts than this are searched up to here. */
    static final int LONGEST = 256;

    private final Node root = new Node();

    /** One character of the texts that begin alike. */
    private static final class Node {

        private final Map<Character, Node> next = new HashMap<>();

        private boolean end;

    }

    /**
     * Creates the search.
     * @param texts what to search, none empty
     */
    TokenMatcher(Collection<String> texts) {
        for (String text : texts) {
            Node node = this.root;
            for (int i = 0; i < text.length(); i++) {
                node = node.next.computeIfAbsent(text.charAt(i), (c) -> new Node());
            }
            node.end = true;
        }
    }

    /**
     * Returns the longest text that stands at a place.
     * @param in where to look
     * @param from the place
     * @return its length, 0 if there is none
     */
    int lengthAt(CharSequence in, int from) {
        int longest = 0;
        Node node = step(this.root, in, from);
        for (int i = from; node != null; node = step(node, in, i)) {
            i++;
            longest = node.end ? i - from : longest;
        }
        return longest;
    }

    /**
     * Returns whether a place is within the beginning of a text that goes on after the
     * end.
     * @param in where to look
     * @param from the place
     * @param to the end
     */
    boolean beginsAt(CharSequence in, int from, int to) {
        Node node = this.root;
        for (int i = from; i < to && node != null; i++) {
            node = node.next.get(in.charAt(i));
        }
        return node != null && !node.next.isEmpty();
    }

    private static @Nullable Node step(Node node, CharSequence in, int at) {
        return (at < in.length()) ? node.next.get(in.charAt(at)) : null;
    }

}
