package dev.cerberus.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineDescription;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Command that answers OpenAI clients.
 */
@Command(name = "serve", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Answers OpenAI clients under /v1 until it is ended.", footerHeading = "%nExamples:%n",
        footer = { "  cerberus serve", "  cerberus serve --model hf://ORG/NAME --port 8000",
                "  cerberus serve --model DIR --host 0.0.0.0 --max-concurrent 16" })
final class ServeCommand implements Callable<Integer> {

    private static final int LARGEST_PORT = 65_535;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Option(names = "--port", paramLabel = "N", defaultValue = "8080",
            description = "Port, 0 for any; default: ${DEFAULT-VALUE}")
    private int port = 8080;

    @Option(names = "--host", paramLabel = "ADDRESS", defaultValue = "localhost",
            description = "Address to listen on, 0.0.0.0 for all; there is no log-in; default: ${DEFAULT-VALUE}")
    private String host = "localhost";

    @Option(names = "--name", paramLabel = "NAME",
            description = "Name of the model for clients; default: the last part of its location")
    private @Nullable String name;

    @Option(names = "--max-concurrent", paramLabel = "N", defaultValue = "8",
            description = "Requests decoded together; default: ${DEFAULT-VALUE}")
    private int maxConcurrent = 8;

    @Option(names = "--queue", paramLabel = "N", defaultValue = "64",
            description = "Requests that may wait, more are refused; default: ${DEFAULT-VALUE}")
    private int queue = 64;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "120",
            description = "Longest time of a request; default: ${DEFAULT-VALUE}")
    private int timeoutSeconds = 120;

    @Override
    public Integer call() throws InterruptedException {
        check("--port", this.port, 0, LARGEST_PORT);
        check("--max-concurrent", this.maxConcurrent, 1, Integer.MAX_VALUE);
        check("--queue", this.queue, 1, Integer.MAX_VALUE);
        check("--timeout", this.timeoutSeconds, 1, Integer.MAX_VALUE);
        new ListeningAddress(this.host, this.port).require();
        try (CerberusEngine engine = this.model.open(this.model.engine()
            .modelName(Optional.ofNullable(this.name))
            .prefixCache(true)
            .maxConcurrent(this.maxConcurrent)
            .queueCapacity(this.queue)
            .requestTimeout(Duration.ofSeconds(this.timeoutSeconds)))) {
            serve(engine);
        }
        return 0;
    }

    private void check(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ParameterException(this.spec.commandLine(), option + " must be "
                    + ((most == Integer.MAX_VALUE) ? "at least " + least : least + " to " + most) + ", was " + value);
        }
    }

    private void serve(CerberusEngine engine) throws InterruptedException {
        try (OpenAiServer server = OpenAiServer.start(engine, this.host, this.port)) {
            EngineDescription description = engine.description();
            PrintWriter err = this.spec.commandLine().getErr();
            err.println(description.modelName() + " in " + description.precision() + " on " + description.device()
                    + " answers at " + url(this.host, server.port()) + "; Ctrl-C ends it");
            if (!description.chat()) {
                err.println("It has no chat template and continues texts only (/v1/completions); "
                        + "--chat-template names one");
            }
            server.awaitEnd();
        }
    }

    /** Returns what clients are told; an IPv6 address stands in brackets there. */
    static String url(String host, int port) {
        return "http://" + ((host.indexOf(':') >= 0) ? "[" + host + "]" : host) + ":" + port + "/v1";
    }

}
