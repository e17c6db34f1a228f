package dev.cerberus.sampleapp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

import org.openqa.selenium.JavascriptExecutor;

/**
 * The accessibility checker axe-core, run in a page.
 */
final class Axe {

    private static final String RUN = """
            const done = arguments[arguments.length - 1];
            axe.run(document, { resultTypes: ["violations"] }).then((results) => done(results.violations.map((each) =>
                each.id + ": " + each.help + " " + each.nodes.map((node) => node.target.join(" ")).join(", "))));
            """;

    private Axe() {
    }

    /**
     * Checks a page as it is.
     * @param page the browser
     * @return what was found, one line each
     */
    @SuppressWarnings("unchecked")
    static List<String> violations(JavascriptExecutor page) {
        page.executeScript(source());
        return (List<String>) Objects.requireNonNull(page.executeAsyncScript(RUN));
    }

    private static String source() {
        try (InputStream in = Objects.requireNonNull(Axe.class.getResourceAsStream("/axe.min.js"), "axe.min.js")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

}
