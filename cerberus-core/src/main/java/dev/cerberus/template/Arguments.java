package dev.cerberus.template;

import java.util.List;
import java.util.Map;

/**
 * Arguments of a call.
 *
 * @param positional the ones without a name
 * @param named the ones with a name
 */
record Arguments(List<Object> positional, Map<String, Object> named) {

    static final Arguments NONE = new Arguments(List.of(), Map.of());

    Arguments without(int count) {
        return new Arguments(this.positional.subList(count, this.positional.size()), this.named);
    }

}
