package dev.cerberus.spring.boot.autoconfigure.diagnostics;

import java.util.stream.Collectors;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import dev.cerberus.spring.boot.autoconfigure.UnknownPropertyException;
import dev.cerberus.spring.boot.autoconfigure.UnknownPropertyException.Unknown;

/**
 * An analyzer of keys that nobody reads.
 */
final class UnknownPropertyFailureAnalyzer extends AbstractFailureAnalyzer<UnknownPropertyException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnknownPropertyException cause) {
        String description = cause.properties()
            .stream()
            .map((each) -> "    " + each.name() + ((each.origin() != null) ? " in " + each.origin() : ""))
            .collect(Collectors.joining("\n", "Cerberus has no such properties:\n\n", ""));
        String action = cause.properties()
            .stream()
            .map(UnknownPropertyFailureAnalyzer::advice)
            .collect(Collectors.joining("\n", "Correct the keys:\n\n", ""));
        return new FailureAnalysis(description, action, cause);
    }

    private static String advice(Unknown unknown) {
        return (unknown.nearest() != null) ? "    " + unknown.name() + " -> " + unknown.nearest()
                : "    remove " + unknown.name();
    }

}
