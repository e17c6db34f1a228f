package dev.cerberus.template;

/** What keeps a source from being a template, with its line. */
final class SyntaxError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean unsupported;

    SyntaxError(int line, String message) {
        this(line, message, false);
    }

    private SyntaxError(int line, String message, boolean unsupported) {
        super("line " + line + ": " + message);
        this.unsupported = unsupported;
    }

    /** What is Jinja, but not of this engine. */
    static SyntaxError unsupported(int line, String what) {
        return new SyntaxError(line, "uses " + what + ", which is not supported", true);
    }

    boolean isUnsupported() {
        return this.unsupported;
    }

}
