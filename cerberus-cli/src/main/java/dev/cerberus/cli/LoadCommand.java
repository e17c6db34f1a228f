package dev.cerberus.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.gate.GateMode;
import dev.cerberus.training.evaluation.Conversation;
import dev.cerberus.training.evaluation.LoadBench;
import dev.cerberus.training.evaluation.PromptFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Command that measures what several clients get together.
 */
@Command(name = "load", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Measures what several clients get together, each asking again when it has its answer.",
        footerHeading = "%nExamples:%n", footer = { "  cerberus load --prompts prompts.jsonl --clients 1,4,16",
                "  cerberus load --model DIR --prompts prompts.jsonl --gates adaptive --requests 64" })
final class LoadCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Option(names = "--prompts", required = true, order = -10, paramLabel = "FILE",
            description = "Prompts as for bench; their first turns are asked")
    private Path prompts = Path.of("");

    @Option(names = "--raw", description = "Send prompts as they are, without chat template")
    private boolean raw;

    @Option(names = "--clients", paramLabel = "N", split = ",", defaultValue = "1,2,4,8,16",
            description = "Numbers of clients, separated by commas; default: ${DEFAULT-VALUE}")
    private List<Integer> clients = List.of();

    @Option(names = "--gates", paramLabel = "MODE", split = ",", defaultValue = "never,adaptive",
            description = "Gate modes, separated by commas; default: ${DEFAULT-VALUE}")
    private List<GateMode> gates = List.of();

    @Option(names = "--requests", paramLabel = "N", defaultValue = "32",
            description = "Requests of a round; prompts are used again if there are fewer; default: ${DEFAULT-VALUE}")
    private int requests = 32;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "2",
            description = "Rounds that count, after one that does not; default: ${DEFAULT-VALUE}")
    private int rounds = 2;

    @Option(names = "--live-memory",
            description = "Measure every gate that drafts again with an engine that looks up what it answered before")
    private boolean liveMemory;

    @Option(names = "--fresh",
            description = "Ask other prompts in every round and for every number of clients, as an unrelated load would")
    private boolean fresh;

    @Mixin
    private DecodingOptions decoding = new DecodingOptions();

    @Override
    public Integer call() {
        if (this.requests < 1 || this.rounds < 1 || this.clients.stream().anyMatch((count) -> count < 1)) {
            throw new ParameterException(this.spec.commandLine(),
                    "--requests, --rounds and --clients must be at least 1, were " + this.requests + ", " + this.rounds
                            + " and " + this.clients);
        }
        this.decoding.check();
        this.decoding.checkBound(this.gates.contains(GateMode.THRESHOLD), "--gates threshold");
        this.decoding.checkDrafts(this.gates.stream().anyMatch((gate) -> gate != GateMode.NEVER), "--gates never",
                "--gates");
        List<Conversation> conversations = PromptFile.read(this.prompts);
        long needed = this.fresh ? (long) this.requests * this.clients.size() * (this.rounds + 1L) : this.requests;
        if (this.fresh && conversations.size() < needed) {
            throw new ParameterException(this.spec.commandLine(),
                    "--fresh needs " + needed + " prompts for " + this.requests + " requests, " + this.clients.size()
                            + " numbers of clients and " + (this.rounds + 1L) + " rounds; " + this.prompts + " has "
                            + conversations.size() + "; lower --requests or --rounds");
        }
        try (CerberusEngine engine = open(false)) {
            Chats.require(engine.description(), this.raw);
            List<LoadBench.Subject> subjects = new ArrayList<>();
            this.gates.forEach((gate) -> subjects.add(subject(gate, "", engine)));
            try (CerberusEngine remembering = this.liveMemory ? open(true) : null) {
                if (remembering != null) {
                    this.gates.stream()
                        .filter((gate) -> gate != GateMode.NEVER)
                        .forEach((gate) -> subjects.add(subject(gate, ", live memory", remembering)));
                }
                LoadBench bench = new LoadBench(subjects, requests(conversations, Math.toIntExact(needed)),
                        this.requests);
                PrintWriter out = this.spec.commandLine().getOut();
                out.print(LoadBench.table(bench.run(this.clients, this.rounds)));
                out.flush();
            }
        }
        return 0;
    }

    private CerberusEngine open(boolean live) {
        int most = this.clients.stream().mapToInt(Integer::intValue).max().orElseThrow();
        return this.model.open(this.model.engine()
            .memory(this.model.memory().withLive(live))
            .maxNodes(this.decoding.maxNodes())
            .maxConcurrent(most)
            .queueCapacity(most));
    }

    private static LoadBench.Subject subject(GateMode gate, String addition, CerberusEngine engine) {
        return new LoadBench.Subject(gate.name().toLowerCase(Locale.ROOT) + addition, engine, gate);
    }

    private List<GenerationRequest> requests(List<Conversation> conversations, int count) {
        // signal and bound; every subject has a mode of its own
        Optional<GateOptions> gate = Optional.of(this.decoding.gate(GateMode.ADAPTIVE));
        List<GenerationRequest> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Conversation conversation = conversations.get(i % conversations.size());
            all.add(new GenerationRequest(conversation.prompt(0, List.of(), this.raw), this.decoding.sampling(),
                    this.decoding.maxTokens(), this.decoding.minTokens(), List.of(), gate, this.decoding.shape(),
                    Optional.empty(), this.decoding.drafting()));
        }
        return all;
    }

}
