package dev.cerberus.template;

/**
 * An error that a template caused, as Python would report it; the line is added where the
 * rendering ends.
 */
final class PythonError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final int SHOWN = 40;

    /** What Python or Jinja calls the error. */
    enum Kind {

        TYPE, VALUE, UNDEFINED, ARITHMETIC, LOOKUP, SECURITY, RUNTIME

    }

    private final Kind kind;

    PythonError(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    static PythonError type(String message) {
        return new PythonError(Kind.TYPE, message);
    }

    static PythonError value(String message) {
        return new PythonError(Kind.VALUE, message);
    }

    static PythonError runtime(String message) {
        return new PythonError(Kind.RUNTIME, message);
    }

    Kind kind() {
        return this.kind;
    }

    static String shortened(String text) {
        return (text.length() > SHOWN) ? text.substring(0, SHOWN) + "…" : text;
    }

}
