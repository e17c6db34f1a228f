package dev.cerberus.template;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Filters that apply another filter or a test to every element.
 */
final class SelectingFilters {

    private SelectingFilters() {
    }

    static void register(Filters.Registry filters) {
        filters.define("map", "*", (value, args, rendering) -> Iterators.generator(rendering.meter(), () -> {
            if (!Values.truth(value)) {
                return List.<Object>of().iterator();
            }
            UnaryOperator<Object> function = mapping(args.all(), rendering);
            return Iterators.mapped(elements(value, rendering), function);
        }));
        filters.define("select", "*", (value, args, rendering) -> select(value, args, rendering, false, true));
        filters.define("reject", "*", (value, args, rendering) -> select(value, args, rendering, false, false));
        filters.define("selectattr", "*", (value, args, rendering) -> select(value, args, rendering, true, true));
        filters.define("rejectattr", "*", (value, args, rendering) -> select(value, args, rendering, true, false));
    }

    private static Iterator<Object> elements(Object value, Rendering rendering) {
        return Iterators.mapped(Values.iterate(value, rendering.meter()), (element) -> {
            rendering.meter().work(2);
            return element;
        });
    }

    private static UnaryOperator<Object> mapping(Arguments arguments, Rendering rendering) {
        if (arguments.positional().isEmpty()) {
            Map<String, Object> named = new LinkedHashMap<>(arguments.named());
            Object attribute = named.remove("attribute");
            Object missing = named.remove("default");
            if (attribute == null) {
                throw PythonError.value("map requires a filter argument");
            }
            if (!named.isEmpty()) {
                throw PythonError.value("Unexpected keyword argument '" + named.keySet().iterator().next() + "'");
            }
            return (element) -> SequenceFilters.attribute(element, attribute, (missing == None.NONE) ? null : missing,
                    rendering.meter());
        }
        String name = name(arguments.positional().get(0), "filter");
        Filter filter = Filters.find(name);
        if (filter == null) {
            throw PythonError.runtime("there is no filter named '" + PythonError.shortened(name) + "'");
        }
        Arguments rest = arguments.without(1);
        return (element) -> filter.apply(element, rest, rendering);
    }

    private static String name(Object value, String what) {
        if (value instanceof String name) {
            return name;
        }
        throw PythonError.type("the name of a " + what + " must be a str, not '" + Values.typeName(value) + "'");
    }

    private static Object select(Object value, Parameters.Bound args, Rendering rendering, boolean ofAttribute,
            boolean wanted) {
        return Iterators.generator(rendering.meter(), () -> {
            if (!Values.truth(value)) {
                return List.<Object>of().iterator();
            }
            Predicate<Object> predicate = predicate(args.all(), rendering, ofAttribute);
            return Iterators.selected(elements(value, rendering), (element) -> predicate.test(element) == wanted);
        });
    }

    private static Predicate<Object> predicate(Arguments arguments, Rendering rendering, boolean ofAttribute) {
        int offset = ofAttribute ? 1 : 0;
        if (arguments.positional().size() < offset) {
            throw PythonError.value("Missing parameter for attribute name");
        }
        UnaryOperator<Object> seen = ofAttribute ? (element) -> SequenceFilters.attribute(element,
                arguments.positional().get(0), null, rendering.meter()) : (element) -> element;
        if (arguments.positional().size() == offset) {
            return (element) -> Values.truth(seen.apply(element));
        }
        String name = name(arguments.positional().get(offset), "test");
        Test test = Tests.find(name);
        if (test == null) {
            throw PythonError.runtime("there is no test named '" + PythonError.shortened(name) + "'");
        }
        Arguments rest = arguments.without(offset + 1);
        return (element) -> test.test(seen.apply(element), rest, rendering);
    }

}
