package dev.cerberus.spring.boot.autoconfigure;

import java.util.List;
import java.util.Locale;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineDescription;
import dev.cerberus.engine.EngineOptions;
import dev.cerberus.engine.LoadReport;

/**
 * What the log says once a model is loaded.
 */
final class StartReport {

    private static final Logger LOGGER = LoggerFactory.getLogger(StartReport.class);

    private static final double MILLION = 1e6;

    private static final long THOUSAND = 1000;

    private StartReport() {
    }

    /**
     * Writes the report.
     * @param engine the engine
     * @param chat whether there will be chat models over it
     */
    static void log(CerberusEngine engine, boolean chat) {
        if (LOGGER.isInfoEnabled()) {
            engine.loadReport()
                .ifPresent((report) -> LOGGER.info("{}",
                        String.join("\n", lines(engine.description(), engine.options(), report))));
        }
        if (chat && !engine.description().chat()) {
            LOGGER
                .warn("{} has no chat template that can be used: it continues texts, but chat requests will fail. Set "
                        + "cerberus.chat.template to chatml, llama-2, vicuna, zephyr or a Jinja file, or "
                        + "cerberus.chat.enabled to false", engine.description().modelName());
        }
    }

    static List<String> lines(EngineDescription description, EngineOptions options, LoadReport report) {
        int context = description.dimensions().maxContext();
        return List.of("Cerberus has loaded " + description.modelName() + " in " + decimal(report.seconds()) + " s",
                line("model",
                        report.architecture() + " of " + description.modelLocation() + ", "
                                + decimal(report.parameters() / MILLION) + " M parameters, "
                                + megabytes(report.bytesOnDisk()) + " on disk"),
                line("device", description.device() + ", " + threads(report.threads()) + " per operator"),
                line("precision", description.precision() + " (" + report.precisionReason() + ")"),
                line("memory", "about " + megabytes(report.weightBytes()) + " of weights, "
                        + megabytes(THOUSAND * report.cacheBytesPerToken()) + " of keys and values per 1000 tokens"),
                line("context", context + " tokens"), line("heads", heads(description)),
                line("lookup", lookup(description, options)),
                line("template", report.template().orElse("none: raw prompts only")),
                line("tools", report.toolCalls().orElse("none without a template")));
    }

    private static String threads(int threads) {
        return (threads == 1) ? "1 thread" : threads + " threads";
    }

    private static String heads(EngineDescription description) {
        return description.heads()
            .map((heads) -> heads.heads() + " " + heads.kind().id() + " of " + heads.layers() + " layers over "
                    + heads.draftVocabulary() + " tokens")
            .orElse("none");
    }

    private static String lookup(EngineDescription description, EngineOptions options) {
        String context = (options.contextLookup() ? "the context" : "not the context")
                + (options.memory().live() ? ", answers of late" : "");
        return (description.memoryTokens() > 0) ? context + " and " + description.memoryTokens() + " tokens of memory"
                : context;
    }

    private static String line(String name, String value) {
        return String.format(Locale.ROOT, "  %-10s%s", name, value);
    }

    private static String megabytes(long bytes) {
        return decimal(bytes / MILLION) + " MB";
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

}
