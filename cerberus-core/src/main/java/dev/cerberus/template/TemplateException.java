package dev.cerberus.template;

/**
 * A template that can not be read or rendered.
 *
 * <p>
 * The message names the template, the line and the reason; {@link #reason()} is the same
 * without the name.
 */
public class TemplateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String template;

    private final String reason;

    /**
     * Creates the exception.
     * @param template name of the template
     * @param reason what is wrong, with the line where there is one
     * @param cause what failed underneath
     */
    TemplateException(String template, String reason, Throwable cause) {
        super("template '" + template + "': " + reason, cause);
        this.template = template;
        this.reason = reason;
    }

    /**
     * Creates the exception without a cause.
     * @param template name of the template
     * @param reason what is wrong, with the line where there is one
     */
    TemplateException(String template, String reason) {
        super("template '" + template + "': " + reason);
        this.template = template;
        this.reason = reason;
    }

    /**
     * Returns the name of the template.
     * @return the name
     */
    public final String template() {
        return this.template;
    }

    /**
     * Returns what is wrong, such as {@code line 3: 'x' is undefined}.
     * @return the reason, without the name of the template
     */
    public final String reason() {
        return this.reason;
    }

    /** A source that needs a part of Jinja this engine does not have. */
    public static final class Unsupported extends TemplateException {

        private static final long serialVersionUID = 1L;

        Unsupported(String template, String reason) {
            super(template, reason);
        }

    }

    /** A source that is not a template. */
    public static final class Syntax extends TemplateException {

        private static final long serialVersionUID = 1L;

        Syntax(String template, String reason) {
            super(template, reason);
        }

    }

    /** What the template itself said with {@code raise_exception}, in its own words. */
    public static final class Refusal extends TemplateException {

        private static final long serialVersionUID = 1L;

        Refusal(String template, String words) {
            super(template, words);
        }

    }

    /** A rendering that wanted more than its {@link TemplateBudget}. */
    public static final class OverBudget extends TemplateException {

        private static final long serialVersionUID = 1L;

        OverBudget(String template, String reason, Throwable cause) {
            super(template, reason, cause);
        }

    }

    /** An operator, filter or function given a value of the wrong type. */
    public static final class WrongType extends TemplateException {

        private static final long serialVersionUID = 1L;

        WrongType(String template, String reason, Throwable cause) {
            super(template, reason, cause);
        }

    }

}
