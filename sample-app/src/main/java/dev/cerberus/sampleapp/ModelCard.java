package dev.cerberus.sampleapp;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineDescription;
import dev.cerberus.engine.ModelReport;
import dev.cerberus.engine.TextGenerator;
import dev.cerberus.hf.ModelDirectory;

/**
 * What the page says about the model.
 *
 * @param name reported name
 * @param architecture kind of model, if it was loaded from files
 * @param parameters number of weights, if it was loaded from files
 * @param bytesOnDisk size of the files with the weights, if it was loaded from files
 * @param device {@code cpu} or {@code cuda:N}
 * @param precision number format
 * @param contextTokens longest conversation
 * @param drafts where drafts come from, in words
 * @param gate who decides whether a step drafts
 * @param notes what a user should know
 * @param examples questions to begin with
 */
record ModelCard(String name, @Nullable String architecture, @Nullable Long parameters, @Nullable Long bytesOnDisk,
        String device, String precision, int contextTokens, String drafts, String gate, List<String> notes,
        List<String> examples) {

    static ModelCard of(TextGenerator generator, List<ChatProperties.Example> examples) {
        EngineDescription description = generator.description();
        Optional<ModelReport> report = (generator instanceof CerberusEngine)
                ? Optional.of(ModelReport.of(ModelDirectory.open(description.modelLocation()))) : Optional.empty();
        return new ModelCard(description.modelName(), report.map(ModelReport::architecture).orElse(null),
                report.map(ModelReport::parameters).orElse(null), report.map(ModelReport::bytesOnDisk).orElse(null),
                description.device(), description.precision(), description.dimensions().maxContext(),
                drafts(description), generator.gate().mode().name().toLowerCase(Locale.ROOT), description.notes(),
                examples.stream().map(ChatProperties.Example::question).toList());
    }

    private static String drafts(EngineDescription description) {
        String heads = description.heads()
            .map((each) -> each.heads() + " " + each.kind().id() + " heads")
            .orElse("no heads");
        return (description.memoryTokens() == 0) ? heads
                : String.format(Locale.ROOT, "%s and a memory of %,d tokens", heads, description.memoryTokens());
    }

}
