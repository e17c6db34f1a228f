package dev.cerberus.engine;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchDevice;
import dev.cerberus.djl.TorchRuntime;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ExpectedTensors;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.text.AnswerSyntax;
import dev.cerberus.text.ChatTemplate;

/**
 * What was found out while a model was loaded, for people who want to know what they run.
 * Immutable and thread-safe.
 *
 * @param architecture the model's kind, as {@code config.json} names it
 * @param parameters number of weights
 * @param bytesOnDisk size of the files with the weights
 * @param weightBytes an estimate of what the weights take in memory
 * @param cacheBytesPerToken an estimate of what keys and values of one token take
 * @param precisions the number formats that the device computes in, one table for all who
 * ask
 * @param precisionReason why the number format in use was taken, as half a sentence
 * @param threads threads of one native operator
 * @param template the chat template in use, in words; empty if there is none
 * @param toolCalls how the model is told to call tools, in words; empty if there is no
 * template
 * @param seconds time that loading took
 */
public record LoadReport(String architecture, long parameters, long bytesOnDisk, long weightBytes,
        long cacheBytesPerToken, List<PrecisionSupport> precisions, String precisionReason, int threads,
        Optional<String> template, Optional<String> toolCalls, double seconds) {

    /**
     * Copies the list.
     */
    public LoadReport {
        precisions = List.copyOf(precisions);
    }

    static LoadReport of(ModelConfig config, Checkpoint checkpoint, TorchDevice device, Precision precision,
            EngineOptions options, Optional<ChatTemplate> template, Optional<AnswerSyntax> syntax, double seconds) {
        long parameters = ExpectedTensors.parameters(config);
        return new LoadReport(config.architecture().className(), parameters,
                checkpoint.files().stream().mapToLong(ModelReport::size).sum(),
                ModelReport.weightBytes(config, parameters, name(precision), device.isCpu()),
                ModelReport.cacheBytesPerToken(config), precisions(device),
                reason(options.precision(), precision, device), TorchRuntime.threads(),
                template.map(ChatTemplate::name), syntax.map(AnswerSyntax::description), seconds);
    }

    private static List<PrecisionSupport> precisions(TorchDevice device) {
        return device.precisions()
            .stream()
            .map((precision) -> new PrecisionSupport(name(precision), device.promisesIdentity(precision),
                    device.emulates(precision)))
            .toList();
    }

    private static String reason(String asked, Precision precision, TorchDevice device) {
        String promise = device.promisesIdentity(precision) ? "the same tokens whatever is drafted"
                : "drafts may flip near-ties";
        String choice = asked.equals("auto") ? "auto: the fastest of "
                + device.precisions().stream().map(LoadReport::name).collect(Collectors.joining(", ")) + " on "
                + device.name() : "as asked";
        return choice + "; " + promise;
    }

    private static String name(Precision precision) {
        return precision.name().toLowerCase(Locale.ROOT);
    }

}
