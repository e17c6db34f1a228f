package dev.cerberus.spring.boot.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Variables of a chat template as their author meant them. Properties are texts and names
 * only: those of environment variables and properties files know no booleans, and a list
 * is bound to a map of its indexes where anything may stand.
 */
final class TemplateVariables {

    private TemplateVariables() {
    }

    /**
     * Returns variables with booleans and lists.
     * @param bound the variables as they are bound
     * @return the variables
     */
    static Map<String, Object> of(Map<String, Object> bound) {
        Map<String, Object> variables = new LinkedHashMap<>();
        bound.forEach((name, value) -> variables.put(name, value(value)));
        return variables;
    }

    private static Object value(Object bound) {
        if (bound instanceof Map<?, ?> map) {
            Map<String, Object> values = new LinkedHashMap<>();
            map.forEach((name, value) -> values.put(String.valueOf(name), value(value)));
            return isList(values)
                    ? IntStream.range(0, values.size()).mapToObj((at) -> values.get(Integer.toString(at))).toList()
                    : values;
        }
        return (bound.equals("true") || bound.equals("false")) ? (Object) bound.equals("true") : bound;
    }

    private static boolean isList(Map<String, Object> values) {
        return !values.isEmpty()
                && IntStream.range(0, values.size()).allMatch((at) -> values.containsKey(Integer.toString(at)));
    }

}
