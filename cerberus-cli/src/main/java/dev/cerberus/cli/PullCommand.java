package dev.cerberus.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import dev.cerberus.hub.HubException;
import dev.cerberus.hub.HubLocation;
import dev.cerberus.hub.HubPull;
import dev.cerberus.hub.HubSettings;
import dev.cerberus.hub.PullProgress;

/**
 * Command that fetches a model from a hub.
 */
@Command(name = "pull", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Fetches a model from a hub, resuming what an earlier call began.",
        footerHeading = "%nExamples:%n",
        footer = { "  cerberus pull ORG/NAME", "  cerberus pull ORG/NAME-GGUF/model-Q4_K_M.gguf --to DIR", "",
                "Without a file, fetches what a model in safetensors needs, or else its only GGUF file,",
                "into the cache that the hub's own tools use (HF_HUB_CACHE, HF_HOME).",
                "Prints where it is; --model hf://ORG/NAME finds it there." })
final class PullCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "1", paramLabel = "ORG/NAME[:revision][/file.gguf]", description = "The model")
    private String name = "";

    @Option(names = "--to", paramLabel = "DIR", description = "Puts the files into this folder instead of the cache")
    private @Nullable Path folder;

    @Option(names = "--token", paramLabel = "TOKEN",
            description = "For gated and private models; default: the environment variable HF_TOKEN")
    private @Nullable String token;

    @Option(names = "--mirror", paramLabel = "URL",
            description = "Another hub; default: the environment variable HF_ENDPOINT, or "
                    + HubSettings.DEFAULT_ENDPOINT)
    private @Nullable String mirror;

    @Override
    public Integer call() {
        HubLocation location;
        HubSettings settings;
        try {
            location = HubLocation.parse(this.name);
            settings = settings();
        }
        catch (HubException ex) {
            throw new ParameterException(this.spec.commandLine(), String.valueOf(ex.getMessage()), ex);
        }
        HubPull pull = new HubPull(settings);
        PullProgress progress = new Lines(this.spec.commandLine().getErr());
        Path found = (this.folder != null) ? pull.pullTo(location, this.folder, progress)
                : pull.pull(location, progress);
        this.spec.commandLine().getOut().println(found);
        return 0;
    }

    private HubSettings settings() {
        HubSettings settings = HubSettings.ofEnvironment();
        if (this.mirror != null) {
            settings = settings.withEndpoint(this.mirror);
        }
        return (this.token != null) ? settings.withToken(this.token, "--token") : settings;
    }

    /** A line for each file, and more of them while a large one is fetched. */
    private static final class Lines implements PullProgress {

        private static final long EVERY_NANOS = 2_000_000_000L;

        private static final double MEGABYTE = 1e6;

        private final PrintWriter err;

        private long next = System.nanoTime() + EVERY_NANOS;

        Lines(PrintWriter err) {
            this.err = err;
        }

        @Override
        public void advanced(String file, long done, long total) {
            if (done < total && System.nanoTime() < this.next) {
                return;
            }
            this.next = System.nanoTime() + EVERY_NANOS;
            this.err.println(String.format(Locale.ROOT, "%s: %.1f of %.1f MB (%d %%)", file, done / MEGABYTE,
                    total / MEGABYTE, (total == 0) ? 100 : 100 * done / total));
            this.err.flush();
        }

    }

}
