package dev.cerberus.text;

import java.util.List;

import com.hubspot.jinjava.util.ForLoop;
import org.jspecify.annotations.Nullable;

/**
 * The {@code loop} variable of a running loop.
 */
final class JinjaLoop extends ForLoop {

    private final List<@Nullable Object> elements;

    JinjaLoop(List<@Nullable Object> elements) {
        super(elements.iterator(), elements.size());
        this.elements = elements;
    }

    @Nullable Object neighbour(int distance) {
        int index = getIndex0() + distance;
        return (index >= 0 && index < this.elements.size()) ? this.elements.get(index) : null;
    }

}
