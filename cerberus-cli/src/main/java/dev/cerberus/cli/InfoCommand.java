package dev.cerberus.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchDevice;
import dev.cerberus.engine.ModelReport;
import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.training.evaluation.Fidelity;
import dev.cerberus.training.evaluation.FidelityFile;

/**
 * Command that says what a model is and needs, before anything is loaded.
 */
@Command(name = "info", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Says what a location holds: model, size, memory, heads; or what else it is.",
        footerHeading = "%nExamples:%n",
        footer = { "  cerberus info /models/Qwen2.5-0.5B-Instruct", "  cerberus info hf://ORG/NAME --json" })
final class InfoCommand implements Callable<Integer> {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static final double MEGABYTE = 1e6;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "1", paramLabel = "LOCATION",
            description = "Directory in Hugging Face layout, GGUF file, classpath: resource or hf://ORG/NAME")
    private String location = "";

    @Option(names = "--json", description = "Prints one object of JSON")
    private boolean json;

    @Override
    public Integer call() {
        ModelDirectory directory = ModelDirectory.open(this.location);
        ModelReport report = ModelReport.of(directory);
        Map<String, Fidelity> fidelity = directory.fidelity().map(FidelityFile::read).orElse(Map.of());
        PrintWriter out = this.spec.commandLine().getOut();
        if (this.json) {
            out.println(json(report, notes(report), fidelity));
            return 0;
        }
        out.println(line("model", report.architecture() + ", " + report.format()));
        out.println(line("parameters", String.format(Locale.ROOT, "%.1f million, %d layers of %d, %d tokens",
                report.parameters() / 1e6, report.layers(), report.hiddenSize(), report.vocabularySize())));
        out.println(line("stored as", types(report)));
        out.println(line("on disk", megabytes(report.bytesOnDisk())));
        out.println(line("in memory",
                report.weightBytes()
                    .entrySet()
                    .stream()
                    .map((entry) -> entry.getKey() + " " + megabytes(entry.getValue()))
                    .collect(Collectors.joining(", ", "about ", ""))));
        out.println(line("context", report.contextTokens() + " tokens; keys and values of all take up to "
                + megabytes(report.contextTokens() * report.cacheBytesPerToken())));
        out.println(line("tokenizer", report.tokenizer().orElse("none")));
        out.println(line("template", report.chatTemplate() ? "yes" : "none: raw prompts only"));
        out.println(line("heads", report.heads().orElse("none; cerberus train makes them")));
        out.println(line("memory", report.memory() ? "yes" : "none; cerberus remember makes one"));
        out.println(line("calibration", report.calibration() ? "yes" : "none; cerberus calibrate makes one"));
        notes(report).forEach((note) -> out.println(line("note", note)));
        TorchDevice device = TorchDevice.of("auto");
        out.println(line("this machine", device.name() + ", auto is " + name(device.fastestPrecision())));
        for (Precision precision : device.precisions()) {
            out.println(line("  " + name(precision), promise(device, precision)));
            if (precision != Precision.FP32) {
                Optional<Fidelity> measured = Optional.ofNullable(fidelity.get(device.arithmetic(precision)));
                out.println(line("", measured.map(InfoCommand::distance)
                    .orElse("cerberus fidelity --save measures how far it is from fp32")));
            }
        }
        return 0;
    }

    private List<String> notes(ModelReport report) {
        return report.notes().stream().map((note) -> note.in(new SettingOptions(this.spec))).toList();
    }

    private static String name(Precision precision) {
        return precision.name().toLowerCase(Locale.ROOT);
    }

    private static String promise(TorchDevice device, Precision precision) {
        String tokens = device.promisesIdentity(precision) ? "the same tokens whatever is drafted"
                : "drafts may flip near-ties";
        return device.emulates(precision) ? tokens + "; emulated, every drafted token costs a step" : tokens;
    }

    private static String distance(Fidelity fidelity) {
        double more = fidelity.perplexity() / fidelity.referencePerplexity() - 1;
        return String.format(Locale.ROOT,
                "from fp32: divergence %.4f nats, first choice equal in %.1f %%, perplexity %+.1f %%",
                fidelity.divergenceNats(), 100 * fidelity.agreement(), 100 * more);
    }

    private static String line(String name, String value) {
        return String.format(Locale.ROOT, "%-12s %s", name, value);
    }

    private static String types(ModelReport report) {
        return new TreeMap<>(report.storedTypes()).entrySet()
            .stream()
            .map((Map.Entry<String, Integer> entry) -> entry.getValue() + " " + entry.getKey())
            .collect(Collectors.joining(", "));
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / MEGABYTE);
    }

    private static String json(ModelReport report, List<String> notes, Map<String, Fidelity> fidelity) {
        ObjectNode node = MAPPER.createObjectNode()
            .put("location", report.location())
            .put("format", report.format())
            .put("architecture", report.architecture())
            .put("parameters", report.parameters())
            .put("layers", report.layers())
            .put("hiddenSize", report.hiddenSize())
            .put("vocabularySize", report.vocabularySize())
            .put("contextTokens", report.contextTokens());
        ObjectNode types = node.putObject("storedTypes");
        new TreeMap<>(report.storedTypes()).forEach(types::put);
        node.put("bytesOnDisk", report.bytesOnDisk());
        ObjectNode bytes = node.putObject("weightBytes");
        report.weightBytes().forEach(bytes::put);
        node.put("cacheBytesPerToken", report.cacheBytesPerToken())
            .put("tokenizer", report.tokenizer().orElse(null))
            .put("chatTemplate", report.chatTemplate())
            .put("heads", report.heads().orElse(null))
            .put("memory", report.memory())
            .put("calibration", report.calibration());
        notes.forEach(node.putArray("notes")::add);
        TorchDevice device = TorchDevice.of("auto");
        node.put("device", device.name()).put("auto", name(device.fastestPrecision()));
        ObjectNode precisions = node.putObject("precisions");
        for (Precision precision : device.precisions()) {
            ObjectNode each = precisions.putObject(name(precision))
                .put("identical", device.promisesIdentity(precision))
                .put("emulated", device.emulates(precision));
            Optional.ofNullable(fidelity.get(device.arithmetic(precision)))
                .ifPresent((measured) -> each.set("fidelity", MAPPER.valueToTree(measured)));
        }
        return node.toString();
    }

}
