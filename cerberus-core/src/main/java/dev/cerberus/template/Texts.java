package dev.cerberus.template;

import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Python's {@code str} and {@code repr}.
 */
final class Texts {

    private Texts() {
    }

    static String str(Object value, Meter meter) {
        if (value instanceof String text) {
            return text;
        }
        return (value instanceof Undefined) ? "" : repr(value, meter);
    }

    static String repr(Object value, Meter meter) {
        StringBuilder out = new StringBuilder();
        repr(value, out, meter);
        return out.toString();
    }

    private static void repr(Object value, StringBuilder out, Meter meter) {
        meter.work(1);
        if (value instanceof String text) {
            quote(text, out, meter);
        }
        else if (value instanceof Boolean bool) {
            out.append(bool ? "True" : "False");
        }
        else if (value == None.NONE) {
            out.append("None");
        }
        else if (value instanceof Number number) {
            String text = number(number);
            meter.text(text.length());
            out.append(text);
        }
        else {
            meter.enter();
            container(value, out, meter);
            meter.leave();
        }
    }

    static String number(Number number) {
        return (number instanceof Double real) ? Numbers.repr(real) : number.toString();
    }

    private static void container(Object value, StringBuilder out, Meter meter) {
        if (value instanceof List<?> list) {
            elements(list, "[", "]", out, meter);
        }
        else if (value instanceof Tuple tuple) {
            elements(tuple.elements(), "(", (tuple.elements().size() == 1) ? ",)" : ")", out, meter);
        }
        else if (value instanceof Dict dict) {
            dict(dict, out, meter);
        }
        else if (value instanceof DictView view) {
            meter.work(view.dict().size());
            out.append(view.part().typeName()).append('(');
            elements(view.elements(), "[", "]", out, meter);
            out.append(')');
        }
        else if (value instanceof Range range) {
            out.append("range(").append(range.start()).append(", ").append(range.stop());
            out.append((range.step() == 1) ? ")" : ", " + range.step() + ")");
        }
        else if (value instanceof Undefined) {
            out.append("Undefined");
        }
        else if (value instanceof Namespace namespace) {
            out.append("<Namespace ");
            dict(namespace.attributes(), out, meter);
            out.append('>');
        }
        else if (value instanceof LoopContext loop) {
            out.append("<LoopContext ").append(loop.index()).append('/').append(loop.length()).append('>');
        }
        else if (value instanceof Callable callable) {
            out.append(callable.describe());
        }
        else {
            out.append('<').append(Values.typeName(value)).append(" object>");
        }
    }

    private static void elements(List<?> elements, String open, String close, StringBuilder out, Meter meter) {
        out.append(open);
        String separator = "";
        for (Object element : elements) {
            out.append(separator);
            meter.text(0);
            repr(Objects.requireNonNull(element), out, meter);
            separator = ", ";
        }
        out.append(close);
    }

    private static void dict(Dict dict, StringBuilder out, Meter meter) {
        String separator = "{";
        for (Dict.Entry entry : dict.entries()) {
            out.append(separator);
            meter.text(0);
            repr(entry.key(), out, meter);
            out.append(": ");
            repr(entry.value(), out, meter);
            separator = ", ";
        }
        out.append((dict.size() == 0) ? "{}" : "}");
    }

    private static void quote(String text, StringBuilder out, Meter meter) {
        meter.text(text.length());
        char quote = (text.indexOf('\'') >= 0 && text.indexOf('"') < 0) ? '"' : '\'';
        out.append(quote);
        text.codePoints().forEach((c) -> {
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c == quote) {
                        out.append('\\').append(quote);
                    }
                    else if (Strings.isPrintable(c)) {
                        out.appendCodePoint(c);
                    }
                    else {
                        escape(c, out, meter);
                    }
                }
            }
        });
        out.append(quote);
    }

    private static void escape(int c, StringBuilder out, Meter meter) {
        String format = (c < 0x100) ? "\\x%02x" : (c < 0x10000) ? "\\u%04x" : "\\U%08x";
        meter.text(0);
        out.append(String.format(Locale.ROOT, format, c));
    }

}
