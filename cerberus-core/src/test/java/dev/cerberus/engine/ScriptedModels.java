package dev.cerberus.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

import dev.cerberus.hf.GenerationDefaults;
import dev.cerberus.model.DeviceProfile;
import dev.cerberus.model.DraftHeads;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.ModelDimensions;
import dev.cerberus.model.NodeScores;
import dev.cerberus.model.Span;
import dev.cerberus.model.TargetModel;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.ScriptedHeads;
import dev.cerberus.testing.ScriptedTargetModel;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.text.TextTokenizer;

/**
 * Models for engines that decode in plain Java, so that a test can stop them or let them
 * fail at a forward of its choice.
 */
final class ScriptedModels {

    private static final int CONTEXT = 256;

    private ScriptedModels() {
    }

    /**
     * Returns a loaded model with scripted target and heads.
     * @param tokenizer a directory with the tokenizer of {@link TinyModels}
     * @param onForward called before every forward with its number, prefills included,
     * from 1, counted since the engine was started
     */
    static LoadedModel load(Path tokenizer, IntConsumer onForward) {
        AtomicInteger forwards = new AtomicInteger();
        return load(tokenizer, (spans) -> onForward.accept(forwards.incrementAndGet()), DeviceProfile.CPU);
    }

    /**
     * Returns a loaded model with scripted target and heads.
     * @param tokenizer a directory with the tokenizer of {@link TinyModels}
     * @param onForward called before every forward of the engine thread with its spans
     * @param profile what the device is taken to do well
     */
    static LoadedModel load(Path tokenizer, Consumer<List<Span>> onForward, DeviceProfile profile) {
        ScriptedTargetModel scripted = new ScriptedTargetModel(TinyModels.VOCABULARY, CONTEXT);
        DraftHeads heads = new ScriptedHeads(scripted, 3, 0.7, SamplingOptions.GREEDY);
        return new LoadedModel(new Hooked(scripted, onForward), Optional.of(heads), Optional.empty(),
                TextTokenizer.load(tokenizer), new TemplateInUse(Optional.empty(), Optional.empty()), Set.of(2),
                Optional.empty(), GenerationDefaults.none(),
                new EngineDescription("scripted", "nowhere", scripted.dimensions(), "cpu", "fp32",
                        Optional.of(heads.description()), 0, false, List.of()),
                false, profile, Optional.empty(), Optional.empty());
    }

    /**
     * The model, with a hook.
     */
    private static final class Hooked implements TargetModel {

        private final ScriptedTargetModel scripted;

        private final Consumer<List<Span>> onForward;

        Hooked(ScriptedTargetModel scripted, Consumer<List<Span>> onForward) {
            this.scripted = scripted;
            this.onForward = onForward;
        }

        private void hook(List<Span> spans) {
            // not when costs are measured
            if (Thread.currentThread().getName().equals("cerberus-engine")) {
                this.onForward.accept(spans);
            }
        }

        @Override
        public ModelDimensions dimensions() {
            return this.scripted.dimensions();
        }

        @Override
        public KvCache newCache(int capacityTokens) {
            return this.scripted.newCache(capacityTokens);
        }

        @Override
        public long cacheBytesPerToken() {
            return this.scripted.cacheBytesPerToken();
        }

        @Override
        public int rowLimit() {
            return this.scripted.rowLimit();
        }

        @Override
        public List<NodeScores> forward(List<Span> spans) {
            hook(spans);
            return this.scripted.forward(spans);
        }

        @Override
        public void close() {
            this.scripted.close();
        }

    }

}
