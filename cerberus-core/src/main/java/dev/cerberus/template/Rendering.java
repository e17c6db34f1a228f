package dev.cerberus.template;

import java.time.ZonedDateTime;

/** One rendering of a template: its budget, its clock and where it is. */
final class Rendering {

    private final Meter meter;

    private final ZonedDateTime now;

    private int line = 1;

    Rendering(Meter meter, ZonedDateTime now) {
        this.meter = meter;
        this.now = now;
    }

    Meter meter() {
        return this.meter;
    }

    ZonedDateTime now() {
        return this.now;
    }

    /** Remembers the line of what is about to be done, for an error in it. */
    void at(int newLine) {
        this.line = newLine;
    }

    int line() {
        return this.line;
    }

    /** Evaluates a part of an expression or statement. */
    Object evaluate(Expression expression, Scope scope) {
        this.meter.work(1);
        this.meter.enter();
        Object value = expression.evaluate(this, scope);
        this.meter.leave();
        return value;
    }

    boolean test(Expression expression, Scope scope) {
        return Values.truth(evaluate(expression, scope));
    }

    void write(String text, StringBuilder out) {
        this.meter.text(text.length());
        out.append(text);
    }

    /** What the template said with {@code raise_exception}. */
    static final class Raised extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Raised(String message) {
            super(message);
        }

    }

}
