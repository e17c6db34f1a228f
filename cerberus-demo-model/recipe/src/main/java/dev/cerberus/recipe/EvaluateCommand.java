package dev.cerberus.recipe;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineOptions;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.Prompt;

/**
 * Measures how often a model's answers to the held-out prompts contain what they must.
 */
@Command(name = "evaluate", description = "Measures the accuracy on held-out prompts, per category.")
final class EvaluateCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--model", required = true, description = "Directory of the model.")
    private Path model = Path.of("");

    @Option(names = "--prompts", required = true, description = "Prompts written by mini-bench --accuracy.")
    private Path prompts = Path.of("");

    @Option(names = "--precision", defaultValue = "auto", description = "Number format, as in the properties.")
    private String precision = "auto";

    @Option(names = "--max-tokens", defaultValue = "256", description = "The most output tokens.")
    private int maxTokens = 256;

    @Option(names = "--show-failures", defaultValue = "0", description = "Wrong answers to print per category.")
    private int showFailures;

    @Override
    public Integer call() throws IOException {
        if (this.spec == null) {
            throw new IllegalStateException("the command runs only from the command line");
        }
        PrintWriter out = this.spec.commandLine().getOut();
        Map<String, int[]> counts = new TreeMap<>(); // right, asked, output tokens
        EngineOptions options = EngineOptions.builder(this.model.toString()).precision(this.precision).build();
        try (CerberusEngine engine = CerberusEngine.open(options)) {
            for (String line : Files.readAllLines(this.prompts, StandardCharsets.UTF_8)) {
                JsonNode prompt = JSON.readTree(line);
                int[] count = counts.computeIfAbsent(prompt.path("category").asText(), (category) -> new int[3]);
                // The file holds the rendered conversation, so that the template is not
                // part of the measurement.
                int[] ids = engine.tokenizer().encode(prompt.path("prompt").asText(), false);
                GenerationResult result = engine
                    .generate(GenerationRequest.greedy(new Prompt.Tokens(ids), this.maxTokens));
                boolean right = containsAll(result.text(), prompt.path("must_contain"));
                count[0] += right ? 1 : 0;
                count[1]++;
                count[2] += result.tokens().length;
                if (!right && count[1] - count[0] <= this.showFailures) {
                    out.printf(Locale.ROOT, "%n[%s] %s%n--- must contain %s, answered:%n%s%n",
                            prompt.path("category").asText(), prompt.path("turns"), prompt.path("must_contain"),
                            result.text());
                }
            }
        }
        out.println("| category | right | asked | accuracy | tokens per answer |");
        out.println("|---|---|---|---|---|");
        counts.forEach((category, count) -> out.printf(Locale.ROOT, "| %s | %d | %d | %.2f | %.0f |%n", category,
                count[0], count[1], (double) count[0] / count[1], (double) count[2] / count[1]));
        out.flush();
        return 0;
    }

    private static boolean containsAll(String text, JsonNode facts) {
        for (JsonNode fact : facts) {
            if (!text.contains(fact.asText())) {
                return false;
            }
        }
        return true;
    }

}
