package dev.cerberus.langchain4j.kit;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.langchain4j.service.output.OutputParsingException;
import org.jspecify.annotations.Nullable;

/**
 * The outcomes of a kit's tests. Thread-safe.
 */
final class KitCounts {

    private int passed;

    private int failed;

    private int failedInForm;

    private int off;

    synchronized void passed() {
        this.passed++;
    }

    synchronized void failed(Throwable cause) {
        this.failed++;
        if (isOfForm(cause)) {
            this.failedInForm++;
        }
    }

    synchronized void off() {
        this.off++;
    }

    /** Whether an answer could not be read, or called what there is not. */
    private static boolean isOfForm(@Nullable Throwable cause) {
        for (Throwable each = cause; each != null; each = each.getCause()) {
            if (each instanceof OutputParsingException || each instanceof JsonProcessingException
                    || String.valueOf(each.getMessage()).contains("no such tool exists")) {
                return true;
            }
        }
        return false;
    }

    /** Returns the cells of a row: tests, passed, failed, failed in form, off. */
    synchronized String cells() {
        int tests = this.passed + this.failed + this.off;
        return tests + " | " + this.passed + " | " + this.failed + " | " + this.failedInForm + " | " + this.off;
    }

}
