package dev.cerberus.template;

import java.time.ZonedDateTime;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A parsed template. Immutable and thread-safe.
 *
 * <p>
 * The language is what transformers gives chat templates: Jinja with {@code trim_blocks},
 * {@code lstrip_blocks}, loop controls, the immutable sandbox, {@code raise_exception},
 * {@code strftime_now}, {@code tojson} without escaping, and {@code generation} blocks.
 * There is no automatic escaping, no {@code include}, {@code import} or inheritance;
 * {@code safe} changes nothing. The filters {@code pprint}, {@code random},
 * {@code striptags}, {@code urlize}, {@code wordwrap} and {@code xmlattr} do not exist.
 */
public final class Template {

    private static final int LONGEST = 1 << 20;

    private final String name;

    private final Statement body;

    private Template(String name, Statement body) {
        this.name = name;
        this.body = body;
    }

    /**
     * Parses a source.
     * @param name what messages call the template
     * @param source the template, at most a million characters
     * @return the template
     * @throws TemplateException.Syntax if the source is no template
     * @throws TemplateException.Unsupported if it needs what this engine does not have
     */
    public static Template parse(String name, String source) {
        if (source.length() > LONGEST) {
            throw new TemplateException.Syntax(name, "has more than " + LONGEST + " characters");
        }
        try {
            return new Template(name, Parser.parse(source));
        }
        catch (SyntaxError ex) {
            String reason = String.valueOf(ex.getMessage());
            throw ex.isUnsupported() ? new TemplateException.Unsupported(name, reason)
                    : new TemplateException.Syntax(name, reason);
        }
        catch (StackOverflowError ex) {
            throw new TemplateException.Syntax(name, "is nested too deeply for the stack of this thread");
        }
    }

    /**
     * Returns what messages call the template.
     * @return the name
     */
    public String name() {
        return this.name;
    }

    /**
     * Renders the template.
     * @param variables what it may read: texts, booleans, numbers, null, lists, and maps
     * of such; copied
     * @param now the time for {@code strftime_now}
     * @param budget what the rendering may use
     * @return the text
     * @throws TemplateException.Refusal if the template called {@code raise_exception}
     * @throws TemplateException.OverBudget if the rendering wanted more than its budget
     * @throws TemplateException if the template failed otherwise
     */
    public String render(Map<String, ? extends @Nullable Object> variables, ZonedDateTime now, TemplateBudget budget) {
        Meter meter = new Meter(budget);
        Rendering rendering = new Rendering(meter, now);
        StringBuilder out = new StringBuilder();
        try {
            Scope globals = new Scope(null);
            Globals.addTo(globals);
            variables.forEach((key, value) -> globals.set(key, Values.of(value, meter)));
            this.body.render(rendering, new Scope(globals), out);
            return out.toString();
        }
        catch (Rendering.Raised ex) {
            throw new TemplateException.Refusal(this.name, String.valueOf(ex.getMessage()));
        }
        catch (PythonError ex) {
            String reason = "line " + rendering.line() + ": " + ex.getMessage();
            throw (ex.kind() == PythonError.Kind.TYPE) ? new TemplateException.WrongType(this.name, reason, ex)
                    : new TemplateException(this.name, reason, ex);
        }
        catch (Meter.Exceeded ex) {
            throw new TemplateException.OverBudget(this.name, "line " + rendering.line() + ": " + ex.getMessage(), ex);
        }
        catch (StackOverflowError ex) {
            throw new TemplateException.OverBudget(this.name,
                    "line " + rendering.line() + ": is nested too deeply for the stack of this thread", ex);
        }
    }

    @Override
    public String toString() {
        return "Template[" + this.name + "]";
    }

}
