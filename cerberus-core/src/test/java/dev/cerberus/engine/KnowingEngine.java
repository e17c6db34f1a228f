package dev.cerberus.engine;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

import dev.cerberus.decode.DecodeListener;
import dev.cerberus.decode.DecodeStep;
import dev.cerberus.hf.GenerationDefaults;
import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.model.DeviceProfile;
import dev.cerberus.model.DraftHeads;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.DemoFixture;
import dev.cerberus.testing.KnownAnswers;
import dev.cerberus.testing.KnownAnswers.Turn;
import dev.cerberus.testing.ScriptedHeads;
import dev.cerberus.testing.ScriptedTargetModel;
import dev.cerberus.text.TextTokenizer;

/**
 * An engine like any other, queue, template, tokenizer, drafts and constraints included,
 * but for its model, which knows the answers of a test by heart.
 */
public final class KnowingEngine {

    private static final int CONTEXT = 4096;

    private static final int HEADS = 3;

    /** Draft heads that are wrong now and then, as real ones are. */
    private static final double ACCURACY = 0.7;

    private KnowingEngine() {
    }

    /**
     * Opens an engine.
     * @param name the model's name
     * @param answers returns the answers to a conversation, the best one first
     * @return the engine, which the caller closes
     */
    public static CerberusEngine open(String name, Function<List<Turn>, List<String>> answers) {
        return open(name, answers, Duration.ZERO);
    }

    /**
     * Opens an engine that takes its time.
     * @param name the model's name
     * @param answers returns the answers to a conversation, the best one first
     * @param step how long a step takes at least
     * @return the engine, which the caller closes
     */
    public static CerberusEngine open(String name, Function<List<Turn>, List<String>> answers, Duration step) {
        ModelDirectory directory = ModelDirectory.open(DemoFixture.model());
        TextTokenizer tokenizer = ModelTexts.tokenizer(directory);
        KnownAnswers known = new KnownAnswers(tokenizer, answers);
        ScriptedTargetModel model = new ScriptedTargetModel(tokenizer.vocabularySize(), CONTEXT, known);
        DraftHeads heads = new ScriptedHeads(model, HEADS, ACCURACY, SamplingOptions.GREEDY);
        EngineDescription description = new EngineDescription(name, "by heart", model.dimensions(), "cpu", "fp32",
                Optional.of(heads.description()), 0, true, List.of());
        CerberusEngine engine = CerberusEngine.start(EngineOptions.builder("by heart").build(),
                new LoadedModel(model, Optional.of(heads), Optional.empty(), tokenizer,
                        new TemplateInUse(ModelTexts.chatTemplate(directory), Optional.empty()), known.endOfTurn(),
                        Optional.empty(), GenerationDefaults.none(), description, false, DeviceProfile.CPU,
                        Optional.empty(), Optional.empty()));
        if (!step.isZero()) {
            engine.observeSteps(new DecodeListener() {

                @Override
                public void onStep(DecodeStep done) {
                    LockSupport.parkNanos(step.toNanos());
                }

            });
        }
        return engine;
    }

}
