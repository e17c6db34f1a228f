package dev.cerberus.text;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * A matcher that ends a streamed answer at the first complete stop string.
 *
 * <p>
 * Text that may be the beginning of a stop string is held back until it is certain. The
 * stop string that is complete first wins, of two complete at the same character the
 * longer one; so the answer does not depend on how the text was cut into increments. Text
 * of special tokens is looked at and never shown. Not thread-safe: one per answer.
 */
public final class StopStrings {

    private final List<String> stops;

    private final int longest;

    // Not emitted yet: at most longest - 1 characters between two calls.
    private final StringBuilder held = new StringBuilder();

    // Which of these characters are never shown.
    private final BitSet hidden = new BitSet();

    private @Nullable String matched;

    /**
     * Creates a matcher for one answer.
     * @param stops the stop strings, none of them empty; the list itself may be empty
     * @throws IllegalArgumentException if a stop string is empty
     */
    public StopStrings(List<String> stops) {
        this.stops = List.copyOf(stops);
        if (this.stops.contains("")) {
            throw new IllegalArgumentException("a stop string must not be empty, was: " + stops);
        }
        this.longest = this.stops.stream().mapToInt(String::length).max().orElse(0);
    }

    /**
     * Takes the text of a special token, which a stop string may name but the answer does
     * not show.
     * @param text the token's text
     * @return what may be shown now of the text before; empty once a stop string is
     * complete
     */
    public String pushHidden(String text) {
        if (this.matched == null && !this.stops.isEmpty()) {
            this.hidden.set(this.held.length(), this.held.length() + text.length());
            return push(text);
        }
        return "";
    }

    /**
     * Takes the next piece of the answer.
     * @param increment the new text, may be empty
     * @return what may be shown now; empty once a stop string is complete
     */
    public String push(String increment) {
        if (this.matched != null) {
            return "";
        }
        if (this.stops.isEmpty()) {
            return increment;
        }
        int unseen = this.held.length();
        this.held.append(increment);
        for (int end = unseen + 1; end <= this.held.length(); end++) {
            String stop = longestStopEndingAt(end);
            if (stop != null) {
                this.matched = stop;
                String answer = take(end - stop.length());
                this.held.setLength(0);
                return answer;
            }
        }
        return take(this.held.length() - possibleBeginning());
    }

    private String take(int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            if (!this.hidden.get(i)) {
                text.append(this.held.charAt(i));
            }
        }
        BitSet left = this.hidden.get(length, Math.max(length, this.hidden.length()));
        this.hidden.clear();
        this.hidden.or(left);
        this.held.delete(0, length);
        return text.toString();
    }

    /**
     * Ends the answer.
     * @return the text still held back; empty if a stop string ended the answer
     */
    public String flush() {
        return take(this.held.length());
    }

    /**
     * Returns whether a stop string is complete.
     * @return true from the push that completed it
     */
    public boolean stopped() {
        return this.matched != null;
    }

    /**
     * Returns the stop string that ended the answer.
     * @return the stop string, empty as long as none is complete
     */
    public Optional<String> matched() {
        return Optional.ofNullable(this.matched);
    }

    private @Nullable String longestStopEndingAt(int end) {
        String found = null;
        for (String stop : this.stops) {
            boolean longer = found == null || stop.length() > found.length();
            if (longer && stop.length() <= end && heldEqualsAt(end - stop.length(), stop, stop.length())) {
                found = stop;
            }
        }
        return found;
    }

    private int possibleBeginning() {
        for (int length = Math.min(this.longest - 1, this.held.length()); length > 0; length--) {
            for (String stop : this.stops) {
                if (length < stop.length() && heldEqualsAt(this.held.length() - length, stop, length)) {
                    return length;
                }
            }
        }
        return 0;
    }

    private boolean heldEqualsAt(int from, String stop, int length) {
        for (int i = 0; i < length; i++) {
            if (this.held.charAt(from + i) != stop.charAt(i)) {
                return false;
            }
        }
        return true;
    }

}
