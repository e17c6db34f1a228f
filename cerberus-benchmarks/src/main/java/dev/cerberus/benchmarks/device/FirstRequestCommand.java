package dev.cerberus.benchmarks.device;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineOptions;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.Prompt;
import dev.cerberus.text.ChatMessage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Command that compares the first request of an engine with the same one later.
 */
@Command(name = "first-request", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Compares the first request after the start with the same one again.")
final class FirstRequestCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--model", required = true, paramLabel = "LOCATION", description = "As for the engine")
    private String model = "";

    @Option(names = "--prompt", paramLabel = "TEXT", defaultValue = "Tell me about a lighthouse and its keeper.",
            description = "What is asked; default: ${DEFAULT-VALUE}")
    private String prompt = "";

    @Option(names = "--max-tokens", paramLabel = "N", defaultValue = "64",
            description = "Most output tokens; default: ${DEFAULT-VALUE}")
    private int maxTokens;

    @Option(names = "--again", paramLabel = "N", defaultValue = "9",
            description = "Later requests; default: ${DEFAULT-VALUE}")
    private int again;

    @Mixin
    private DeviceOptions place = new DeviceOptions();

    @Override
    public Integer call() throws IOException {
        long start = System.nanoTime();
        EngineOptions options = EngineOptions.builder(this.model)
            .device(this.place.deviceName())
            .precision(this.place.precisionName())
            .prefixCache(false) // later prompts are read as the first is
            .build();
        try (CerberusEngine engine = CerberusEngine.open(options)) {
            double ready = (System.nanoTime() - start) * 1e-9;
            Prompt asked = engine.chatTemplate().isPresent()
                    ? new Prompt.Chat(List.of(ChatMessage.user(this.prompt)), List.of()) : new Prompt.Raw(this.prompt);
            GenerationResult first = ask(engine, asked);
            List<GenerationResult> later = new ArrayList<>();
            for (int i = 0; i < this.again; i++) {
                later.add(ask(engine, asked));
            }
            Times whole = new Times(later.stream().mapToDouble((each) -> 1e3 * each.seconds()).toArray());
            Times begin = new Times(
                    later.stream().mapToDouble((each) -> 1e3 * each.timeToFirstTokenSeconds()).toArray());
            report(ready, first, whole, begin, engine);
        }
        return 0;
    }

    private static GenerationResult ask(CerberusEngine engine, Prompt asked, int tokens) {
        return engine.generate(GenerationRequest.greedy(asked, tokens), (text, origin) -> {
        });
    }

    private GenerationResult ask(CerberusEngine engine, Prompt asked) {
        return ask(engine, asked, this.maxTokens);
    }

    private void report(double ready, GenerationResult first, Times whole, Times begin, CerberusEngine engine)
            throws IOException {
        double firstWhole = 1e3 * first.seconds();
        double firstBegin = 1e3 * first.timeToFirstTokenSeconds();
        String device = engine.description().device();
        String precision = engine.description().precision();
        try (ResultLog log = this.place.log(this.spec, this.model, device, precision)) {
            log.say("first-request", precision + " on " + device + ": ready after " + ResultLog.number(ready, 1)
                    + " s; first request " + ResultLog.number(firstWhole, 1) + " ms ("
                    + ResultLog.number(firstWhole / whole.median(), 2) + " times the median of " + whole.count()
                    + " later ones, " + ResultLog.number(whole.median(), 1) + " ms), its first token "
                    + ResultLog.number(firstBegin, 1) + " ms (" + ResultLog.number(firstBegin / begin.median(), 2)
                    + " times " + ResultLog.number(begin.median(), 1) + " ms), " + first.tokens().length + " tokens",
                    Map.of("ready_seconds", ready, "first_ms", firstWhole, "later_ms", whole.median(), "first_token_ms",
                            firstBegin, "later_token_ms", begin.median(), "tokens", first.tokens().length));
        }
    }

}
