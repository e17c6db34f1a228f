package dev.cerberus.training;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchDevice;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.HeadsFile;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.hf.ModelFileException;
import dev.cerberus.hf.SafetensorsWriter;
import dev.cerberus.hf.WeightNames;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;
import dev.cerberus.model.NativeSettings;
import dev.cerberus.training.TrainingOptions.HeadsShape;
import dev.cerberus.training.TrainingOptions.LmHead;
import dev.cerberus.training.TrainingOptions.Optimization;

/**
 * Trains draft heads for a target model and writes them to a file.
 *
 * <p>
 * First the target continues the prompts of the data ({@link SelfDistillation}), then the
 * heads learn to foresee what it wrote. Both go on where they were after an interruption,
 * and the result is the same as without one. Not thread-safe; the target must not be in
 * use.
 */
/*
 * Loss: sum over the heads k = 1..K of 0.8^(k-1) times the mean cross entropy of the
 * token k places after the root token. Labels outside the draft vocabulary do not count
 * in the loss and count as misses in the accuracy. AdamW with a linear warm-up and a
 * cosine down to nothing.
 */
public final class HeadsTrainer implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(HeadsTrainer.class);

    private static final double WARM_UP_SHARE = 0.05;

    private static final int MAX_WARM_UP = 100;

    private static final double OUTPUT_RATE_SHARE = 0.1;

    private static final int MEASURED_POSITIONS = 8192;

    private static final double MUCH_LOOPING = 0.5;

    private static final double MOST_LOOPING = 0.95;

    private final TrainingOptions options;

    private final ModelDirectory model;

    private final ModelConfig config;

    private final Checkpoint checkpoint;

    private final TorchDevice device;

    private final Precision precision;

    private HeadsTrainer(TrainingOptions options) {
        NativeSettings.apply();
        this.options = options;
        this.device = TorchDevice.of(options.device());
        this.precision = Distiller.precision(options.precision(), this.device);
        this.model = ModelDirectory.open(options.model());
        this.config = this.model.config();
        this.checkpoint = this.model.openCheckpoint();
    }

    /**
     * Trains heads.
     * @param options what to train on what
     * @return how well they do
     * @throws TrainingException if the data can not be used, or the loss is not finite
     * any more; the last good checkpoint is kept
     * @throws ModelFileException if a model file is damaged or a file can not be written
     */
    public static TrainingReport train(TrainingOptions options) {
        try (HeadsTrainer trainer = new HeadsTrainer(options)) {
            return trainer.run();
        }
    }

    private TrainingReport run() {
        HeadsShape shape = this.options.shape();
        shape.rank(this.config.hiddenSize()); // refused before any text is written
        Distiller distiller = new Distiller(this.model, this.checkpoint, this.device, this.precision);
        List<Path> files = distiller.distill(this.options.data(), this.options.distillation(),
                this.options.optimization().seed(), this.options.work());
        DistilledText text = new DistilledText(files, this.config.hiddenSize(), this.options.optimization().seed());
        if (text.training().length == 0 || text.heldOut().length == 0) {
            throw new TrainingException("The target wrote only " + text.size()
                    + " tokens, too few to learn from; give more data or ask for more tokens");
        }
        requireText(text.loopingShare());
        int[] vocabulary = text.frequentTokens(shape.draftVocabulary(), this.config.vocabularySize());
        HeadsDescription heads = shape.describe(this.config.hiddenSize(), vocabulary.length);
        LOGGER.info("{}; {} positions to learn from, {} held out; the draft vocabulary covers {} of the text", heads,
                text.training().length, text.heldOut().length, percent(text.coverage(vocabulary)));

        int[] embedded = text.distinctTokens();
        float[] embeddings = TargetRows.read(this.checkpoint, WeightNames.EMBEDDING, embedded);
        double hiddenRms = (shape.kind() == HeadsKind.MEDUSA) ? 1 : text.hiddenRms();
        double embeddingRms = rms(embeddings);
        for (int i = 0; i < embeddings.length; i++) {
            embeddings[i] = (float) (embeddings[i] / embeddingRms);
        }
        HeadsParameters layout = new HeadsParameters(heads, hiddenRms, embeddingRms);
        String lmHead = this.config.tieWordEmbeddings() ? WeightNames.EMBEDDING : WeightNames.OUTPUT;
        List<float[]> initial = layout.initial(TargetRows.read(this.checkpoint, lmHead, vocabulary));
        // Heads learn in floating point whatever the target wrote in.
        boolean bf16 = this.precision == Precision.BF16
                || (this.precision == Precision.INT8 && this.device.fastestFloatingPrecision() == Precision.BF16);
        try (HeadsLearner learner = new HeadsLearner(heads, this.device.newManager(), bf16,
                shape.output() != LmHead.SHARED, initial, embeddings, hiddenRms)) {
            Batches batches = new Batches(text, heads, vocabulary, embedded, this.options.optimization().headDecay(),
                    this.options.distillation().softLabels());
            return learn(learner, batches, layout, heads, vocabulary, text);
        }
    }

    /** Says when answers are loops, and does not learn from nothing else. */
    private static void requireText(double looping) {
        String cure = "; raise --sampled-share or --temperature, or give other prompts to --data";
        if (looping > MOST_LOOPING) {
            throw new TrainingException(
                    percent(looping) + " of the answers end in a loop, and loops need no heads" + cure);
        }
        if (looping > MUCH_LOOPING) {
            LOGGER.warn("{} of the answers end in a loop, from which heads learn little{}", percent(looping), cure);
        }
    }

    private static double rms(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value * value;
        }
        return Math.max(1e-6, Math.sqrt(sum / values.length));
    }

    private TrainingReport learn(HeadsLearner learner, Batches batches, HeadsParameters layout, HeadsDescription heads,
            int[] vocabulary, DistilledText text) {
        Optimization o = this.options.optimization();
        int positions = text.training().length;
        int batchSize = Math.min(o.batchSize(), positions);
        int perEpoch = positions / batchSize;
        int steps = o.steps().orElse((int) Math.max(1, Math.round(o.epochs() * perEpoch)));
        double rate = o.rate();
        Map<String, String> settings = settings(heads, steps, batchSize, rate, text);
        TrainingState state = new TrainingState(
                TrainingState.file(this.options.work(), this.options.out(), heads.kind()), settings);
        if (this.options.resume()) {
            state.restore(learner);
        }
        else {
            state.discard();
        }
        int[] order = new int[0];
        int epoch = -1;
        Progress progress = new Progress("train", steps, state.step(), "steps");
        while (state.step() < steps && !(o.patience() > 0 && state.evaluationsWithoutProgress() >= o.patience())) {
            if (state.step() / perEpoch != epoch) {
                epoch = state.step() / perEpoch;
                order = shuffled(text.training(), o.seed() * 31 + epoch);
            }
            int from = (state.step() % perEpoch) * batchSize;
            int number = state.step() + 1;
            double now = rate * factor(state.step(), steps);
            double output = now * ((heads.kind() == HeadsKind.MEDUSA) ? 1 : OUTPUT_RATE_SHARE);
            float[] result = learner.step(batches.of(order, from, from + batchSize, true),
                    new float[] { (float) now, (float) output, number, 0 });
            double loss = sum(result, heads.heads());
            if (!Double.isFinite(loss) || !Double.isFinite(result[heads.heads()])) {
                throw new TrainingException("The loss is " + loss + " at step " + number + "; lower "
                        + "--learning-rate (now " + rate + "). " + state.kept());
            }
            state.stepped(loss);
            progress.step(1);
            progress.message(String.format(Locale.ROOT, "loss %.3f", state.smoothedLoss()));
            boolean last = state.step() == steps;
            if (state.step() % o.evaluateEvery() == 0 || last) {
                Accuracy accuracy = measure(learner, batches, text, last ? text.heldOut().length : MEASURED_POSITIONS);
                state.evaluated(accuracy.expectedTokens());
                LOGGER.info("step {} of {}: {}", state.step(), steps, accuracy);
            }
            if (state.step() % o.checkpointEvery() == 0 || last) {
                state.save(learner);
            }
        }
        return finish(learner, batches, layout, heads, vocabulary, text, settings, state);
    }

    private TrainingReport finish(HeadsLearner learner, Batches batches, HeadsParameters layout, HeadsDescription heads,
            int[] vocabulary, DistilledText text, Map<String, String> settings, TrainingState state) {
        Accuracy accuracy = measure(learner, batches, text, text.heldOut().length);
        SafetensorsWriter writer = new SafetensorsWriter().metadata("format", HeadsFile.FORMAT)
            .metadata("kind", heads.kind().id())
            .metadata("condition", heads.condition())
            .metadata("links", Boolean.toString(heads.linked()))
            .metadata("lm_head", heads.ownLmHead() ? "own" : "shared")
            .metadata("heads", Integer.toString(heads.heads()))
            .metadata("layers", Integer.toString(heads.layers()))
            .metadata("transition_rank", Integer.toString(heads.transitionRank()))
            .metadata("temperature", Double.toString(this.options.shape().temperature()))
            .metadata("hidden_size", Integer.toString(heads.hiddenSize()))
            .metadata("vocab_size", Integer.toString(this.config.vocabularySize()))
            .metadata("target_sha256", this.checkpoint.sha256())
            .metadata(settings)
            .metadata(Provenance.current())
            .metadata("trained_steps", Integer.toString(state.step()))
            .metadata("training_loss", String.format(Locale.ROOT, "%.4f", state.smoothedLoss()));
        for (int head = 0; head < heads.heads(); head++) {
            writer.metadata("accuracy_head_" + (head + 1), accuracy.ranks(head));
        }
        layout.write(learner.weights(), vocabulary, vocabulary.length == this.config.vocabularySize(), writer);
        writer.write(this.options.out());
        LOGGER.info("Wrote {}: {}", this.options.out(), accuracy);
        return new TrainingReport(heads, this.options.out(), state.step(), state.smoothedLoss(), accuracy.shares());
    }

    private Map<String, String> settings(HeadsDescription heads, int steps, int batchSize, double rate,
            DistilledText text) {
        Map<String, String> settings = new LinkedHashMap<>();
        Optimization o = this.options.optimization();
        TrainingOptions.Distillation d = this.options.distillation();
        settings.put("shape", heads.toString());
        settings.put("output", this.options.shape().output().toString().toLowerCase(Locale.ROOT));
        settings.put("steps", Integer.toString(steps));
        settings.put("batch_size", Integer.toString(batchSize));
        settings.put("learning_rate", Double.toString(rate));
        settings.put("head_decay", Double.toString(o.headDecay()));
        settings.put("seed", Long.toString(o.seed()));
        settings.put("precision", this.precision.toString().toLowerCase(Locale.ROOT));
        settings.put("distilled_tokens", Integer.toString(text.size()));
        settings.put("sampled_share", Double.toString(d.sampledShare()));
        settings.put("sampled_temperature", Double.toString(d.temperature()));
        settings.put("soft_labels", Boolean.toString(d.softLabels()));
        settings.put("data", Provenance.ofData(this.options.data()));
        settings.put("text", text.name());
        return settings;
    }

    private static double factor(int step, int steps) {
        double warmUp = Math.max(1, Math.min(MAX_WARM_UP, WARM_UP_SHARE * steps));
        double cosine = 0.5 * (1 + Math.cos(Math.PI * step / steps));
        return Math.min(1, (step + 1) / warmUp) * cosine;
    }

    private static double sum(float[] values, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += values[i];
        }
        return sum;
    }

    private static int[] shuffled(int[] positions, long seed) {
        int[] order = positions.clone();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = order.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int swap = order[i];
            order[i] = order[other];
            order[other] = swap;
        }
        return order;
    }

    private Accuracy measure(HeadsLearner learner, Batches batches, DistilledText text, int limit) {
        int[] positions = text.heldOut();
        int count = Math.min(limit, positions.length);
        int batchSize = this.options.optimization().batchSize();
        Accuracy accuracy = new Accuracy(this.options.shape().heads());
        for (int from = 0; from < count; from += batchSize) {
            int to = Math.min(count, from + batchSize);
            accuracy.add(learner.measure(batches.of(positions, from, to, false)), batches.labels(positions, from, to));
        }
        return accuracy;
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    @Override
    public void close() {
        this.checkpoint.close();
    }

}
