package dev.cerberus.recipe.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loop that trains a model on a corpus and can be stopped, shortened and continued.
 *
 * <p>
 * A continued run sees the same batches in the same order as one that was never stopped;
 * its parameters differ from that one's by rounding, because libtorch compiles the first
 * calls of a program differently. Not thread-safe.
 */
public final class Trainer {

    private static final Logger logger = LoggerFactory.getLogger(Trainer.class);

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final int LOG_EVERY = 20;

    private static final String LAST = "last.safetensors";

    private final TrainableModel model;

    private final Corpus corpus;

    private final List<Batch> validation;

    private final BatchPolicy policy;

    private final OptimizerSettings optimizer;

    private final TrainingOptions options;

    private Schedule schedule;

    private int step;

    private int pass;

    private int cursor;

    private long tokensSeen;

    private List<Corpus.PlannedBatch> plan;

    private @Nullable String passedOver;

    private Trainer(TrainableModel model, Corpus corpus, Corpus validation, BatchPolicy policy,
            OptimizerSettings optimizer, Schedule schedule, TrainingOptions options) {
        this.model = model;
        this.corpus = corpus;
        this.policy = policy;
        this.optimizer = optimizer;
        this.schedule = schedule;
        this.options = options;
        // The mask alone counts in validation, whatever weight the rest has in training.
        BatchPolicy validationPolicy = new BatchPolicy(policy.tokensPerBatch(), policy.maxLength(), 0, policy.pool(),
                0);
        this.validation = validation.plan(validationPolicy, options.seed())
            .stream()
            .map((planned) -> validation.batch(planned, validationPolicy))
            .filter((batch) -> batch.positions().length > 0)
            .toList();
        if (this.validation.isEmpty()) {
            throw new IllegalArgumentException("The validation files hold no token that the mask selects");
        }
        this.plan = corpus.plan(policy, passSeed());
    }

    /**
     * Trains a model to the end of the schedule, from the beginning or from the last
     * checkpoint.
     * @param shape dimensions of the model
     * @param policy how documents become batches
     * @param optimizer constants of the optimizer
     * @param schedule learning rate over the steps; a continued run keeps the one it
     * began with
     * @param options everything else
     * @throws IOException if a checkpoint or the log cannot be written
     * @throws IllegalArgumentException if the corpus is missing a file or does not fit
     * the model
     */
    public static void train(ModelShape shape, BatchPolicy policy, OptimizerSettings optimizer, Schedule schedule,
            TrainingOptions options) throws IOException {
        Path work = options.work();
        Corpus corpus = Corpus.read(work.resolve("tokens.bin"), work.resolve("loss-mask.bin"), options.separator());
        Corpus validation = Corpus.read(work.resolve("validation.bin"), work.resolve("validation-mask.bin"),
                options.separator());
        int highest = Math.max(corpus.highestToken(), validation.highestToken());
        if (highest >= shape.vocabulary()) {
            throw new IllegalArgumentException("The corpus holds token " + highest + " but the vocabulary ends at "
                    + (shape.vocabulary() - 1) + "; raise --vocabulary");
        }
        try (TrainableModel model = new TrainableModel(shape, options.bfloat16(), options.lossRows())) {
            new Trainer(model, corpus, validation, policy, optimizer, schedule, options).run();
        }
    }

    /**
     * Writes the parameters of the last checkpoint as a Hugging Face model in bfloat16.
     * @param work folder with {@code checkpoints}
     * @param target folder that takes {@code model.safetensors} and {@code config.json}
     * @param beginOfText id of the token that a text begins with
     * @param endOfText ids of the tokens that end an answer
     * @throws IOException if reading or writing fails
     */
    public static void export(Path work, Path target, int beginOfText, List<Integer> endOfText) throws IOException {
        TensorFile checkpoint = TensorFile.read(work.resolve("checkpoints").resolve(LAST));
        ModelShape shape = JSON.readValue(checkpoint.metadata().getOrDefault("shape", "{}"), ModelShape.class);
        Map<String, TensorFile.Tensor> weights = new LinkedHashMap<>(checkpoint.tensors());
        weights.keySet().retainAll(shape.parameters().keySet());
        Files.createDirectories(target);
        new TensorFile(Map.of("format", "pt"), weights).write(target.resolve("model.safetensors"), true);
        Files.writeString(target.resolve("config.json"),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(shape.configuration(beginOfText, endOfText))
                        + "\n",
                StandardCharsets.UTF_8);
        logger.info("Exported step {} with {} parameters to {}", checkpoint.metadata().get("step"),
                shape.parameterCount(), target);
    }

    private long passSeed() {
        return this.options.seed() * 1_000_003 + this.pass;
    }

    private void run() throws IOException {
        Files.createDirectories(checkpoint().getParent());
        if (this.options.resume() && Files.exists(checkpoint())) {
            restore();
        }
        else {
            this.model.initialize(new SplittableRandom(this.options.seed()));
        }
        logger.info("Model {} with {} parameters, corpus of {} documents and {} tokens, {}", this.model.shape(),
                this.model.shape().parameterCount(), this.corpus.documents(), this.corpus.tokens(), this.schedule);
        long mark = System.nanoTime();
        long markTokens = this.tokensSeen;
        double lossSum = 0;
        int lossCount = 0;
        while (this.step < this.schedule.end()) {
            followStopFile();
            List<Batch> batches = nextBatches();
            double factor = this.schedule.factor(this.step);
            // A low momentum at first forgets the gradients of the untrained model.
            double momentum = this.optimizer.momentum() * Math.min(1, 0.9 + 0.1 * this.step / 300.0);
            TrainableModel.StepResult result = this.model.step(batches, this.optimizer.at(factor, this.step, momentum));
            this.step++;
            lossSum += result.loss();
            lossCount++;
            if (!Double.isFinite(result.loss())) {
                throw new IllegalStateException("The loss is " + result.loss() + " at step " + this.step
                        + "; lower the learning rate and continue from the last checkpoint");
            }
            if (this.step % LOG_EVERY == 0) {
                double seconds = (System.nanoTime() - mark) / 1e9;
                double rate = (this.tokensSeen - markTokens) / seconds;
                report(lossSum / lossCount, result, factor, rate, seconds / lossCount);
                mark = System.nanoTime();
                markTokens = this.tokensSeen;
                lossSum = 0;
                lossCount = 0;
            }
            boolean last = this.step == this.schedule.end();
            if (this.step % this.options.validateEvery() == 0 || last) {
                validate(last);
            }
            if (this.step % this.options.checkpointEvery() == 0 || last) {
                save();
            }
        }
    }

    private List<Batch> nextBatches() {
        List<Batch> batches = new ArrayList<>();
        int tokens = 0;
        while (tokens < this.options.tokensPerStep()) {
            if (this.cursor == this.plan.size()) {
                this.pass++;
                this.cursor = 0;
                this.plan = this.corpus.plan(this.policy, passSeed());
            }
            Batch batch = this.corpus.batch(this.plan.get(this.cursor++), this.policy);
            tokens += batch.tokens().length;
            if (batch.positions().length > 0) {
                batches.add(batch);
            }
        }
        this.tokensSeen += tokens;
        return batches;
    }

    private void followStopFile() throws IOException {
        Path file = this.options.work().resolve("STOP-AT");
        if (!Files.exists(file)) {
            return;
        }
        // whatever bytes are in it
        String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        if (text.isEmpty() || text.equals(this.passedOver)) {
            return; // it is being written, or was told of
        }
        OptionalInt named = number(text);
        if (named.isEmpty() || named.getAsInt() <= this.step) {
            this.passedOver = text;
            logger.warn("{} names no step after {}, so training goes on to step {}; write a later step into it, or "
                    + "remove it", file, this.step, this.schedule.end());
        }
        else if (named.getAsInt() != this.schedule.end()) {
            this.schedule = this.schedule.endingAt(this.step, named.getAsInt());
            logger.info("STOP-AT moves the end: {}", this.schedule);
        }
    }

    private static OptionalInt number(String text) {
        try {
            return OptionalInt.of(Integer.parseInt(text));
        }
        catch (NumberFormatException ex) {
            return OptionalInt.empty();
        }
    }

    private void report(double loss, TrainableModel.StepResult result, double factor, double tokensPerSecond,
            double secondsPerStep) throws IOException {
        Duration left = Duration.ofSeconds(Math.round(secondsPerStep * (this.schedule.end() - this.step)));
        logger.info(String.format(Locale.ROOT,
                "step %d/%d pass %d loss %.4f norm %.3f logZ^2 %.1f rate %.3f %.0f tokens/s %.0f ms/step, %d:%02d left",
                this.step, this.schedule.end(), this.pass, loss, result.gradientNorm(), result.squaredNormalizer(),
                factor, tokensPerSecond, secondsPerStep * 1e3, left.toMinutes(), left.toSecondsPart()));
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("step", this.step);
        line.put("pass", this.pass);
        line.put("tokens", this.tokensSeen);
        line.put("loss", loss);
        line.put("gradientNorm", result.gradientNorm());
        line.put("rateFactor", factor);
        line.put("tokensPerSecond", Math.round(tokensPerSecond));
        log(line);
    }

    private void validate(boolean last) throws IOException {
        List<Batch> batches = last ? this.validation
                : this.validation.subList(0, Math.min(this.options.validationBatches(), this.validation.size()));
        TrainableModel.Evaluation quality = this.model.evaluate(batches, false);
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("step", this.step);
        line.put("validationLoss", quality.loss());
        line.put("validationAccuracy", quality.accuracy());
        if (last) {
            TrainableModel.Evaluation exported = this.model.evaluate(batches, true);
            line.put("exportedLoss", exported.loss());
            line.put("exportedAccuracy", exported.accuracy());
        }
        logger.info("Validation over {} batches: {}", batches.size(), line);
        log(line);
    }

    private void log(Map<String, Object> line) throws IOException {
        Files.writeString(this.options.work().resolve("train-log.jsonl"), JSON.writeValueAsString(line) + "\n",
                StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private Path checkpoint() {
        return this.options.work().resolve("checkpoints").resolve(LAST);
    }

    private void save() throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("step", Integer.toString(this.step));
        metadata.put("pass", Integer.toString(this.pass));
        metadata.put("cursor", Integer.toString(this.cursor));
        metadata.put("tokensSeen", Long.toString(this.tokensSeen));
        metadata.put("warmUp", Integer.toString(this.schedule.warmUp()));
        metadata.put("decayStart", Integer.toString(this.schedule.decayStart()));
        metadata.put("end", Integer.toString(this.schedule.end()));
        metadata.put("shape", JSON.writeValueAsString(this.model.shape()));
        new TensorFile(metadata, this.model.state()).write(checkpoint(), false);
        logger.info("Checkpoint at step {}: {}", this.step, checkpoint());
    }

    private void restore() throws IOException {
        TensorFile file = TensorFile.read(checkpoint());
        this.model.restore(file.tensors());
        Map<String, String> metadata = file.metadata();
        this.step = Integer.parseInt(metadata.getOrDefault("step", "0"));
        this.pass = Integer.parseInt(metadata.getOrDefault("pass", "0"));
        this.cursor = Integer.parseInt(metadata.getOrDefault("cursor", "0"));
        this.tokensSeen = Long.parseLong(metadata.getOrDefault("tokensSeen", "0"));
        this.schedule = new Schedule(Integer.parseInt(metadata.getOrDefault("warmUp", "0")),
                Integer.parseInt(metadata.getOrDefault("decayStart", "0")),
                Integer.parseInt(metadata.getOrDefault("end", "1")));
        this.plan = this.corpus.plan(this.policy, passSeed());
        logger.info("Continuing after step {} of {}", this.step, checkpoint());
    }

}
