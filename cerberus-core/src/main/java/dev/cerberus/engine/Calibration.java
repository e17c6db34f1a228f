package dev.cerberus.engine;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import org.jspecify.annotations.Nullable;

import dev.cerberus.hf.ModelFileException;

/**
 * What was measured about a model, its heads and a machine on a set of prompts.
 *
 * <p>
 * Expectations hold for the model wherever it runs, costs only for the machine. Immutable
 * and thread-safe; arrays are not copied, treat them as read-only.
 *
 * @param format always {@link #FORMAT}
 * @param source what was measured
 * @param machine where it was measured
 * @param costs what steps cost there
 * @param trees best static trees, by size
 * @param signals how well each gate signal tells beforehand what a draft yields
 * @param heads how often each head is right, by rank
 * @param reliability how well the heads' probabilities are calibrated
 */
public record Calibration(String format, Source source, Machine machine, Costs costs, List<StaticTree> trees,
        List<SignalFit> signals, List<HeadAccuracy> heads, List<ReliabilityBin> reliability) {

    /** What a calibration file says under {@code format}. */
    public static final String FORMAT = "cerberus-calibration-1";

    private static final long MAX_BYTES = 64L << 20;

    private static final String MEASURE_AGAIN = "measure again with cerberus calibrate";

    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

    /**
     * Copies the lists.
     */
    public Calibration {
        trees = copy("trees", trees);
        signals = copy("signals", signals);
        heads = copy("heads", heads);
        reliability = copy("reliability", reliability);
    }

    private static <T> List<T> copy(String field, @Nullable List<T> list) {
        if (list == null || list.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException(field + " must be a list without null");
        }
        return List.copyOf(list);
    }

    /**
     * What a calibration was measured on.
     *
     * @param model the model's name
     * @param targetSha256 hash of its weights
     * @param headsKind family of the heads
     * @param condition {@code root} or {@code none}
     * @param headCount number of heads
     * @param prompts name of the prompt file
     * @param answers number of answers
     * @param positions positions at which a draft was looked at
     * @param temperature 0 for greedy answers
     * @param maxNodes most draft nodes of the trees that the signals were judged by
     */
    public record Source(String model, String targetSha256, String headsKind, String condition, int headCount,
            String prompts, int answers, int positions, double temperature, int maxNodes) {
    }

    /**
     * A machine as far as costs depend on it.
     *
     * @param os operating system and architecture
     * @param processors processors that the JVM may use
     * @param threads threads of one native operator
     * @param device device name
     * @param precision number format of the target
     */
    public record Machine(String os, int processors, int threads, String device, String precision) {

        /**
         * Returns this machine.
         * @param device device name
         * @param precision number format of the target
         * @param threads threads of one native operator
         * @return the description
         */
        public static Machine current(String device, String precision, int threads) {
            return new Machine(System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                    Runtime.getRuntime().availableProcessors(), threads, device, precision);
        }

        /**
         * Returns whether costs measured on one are those of the other.
         * @param other another machine
         * @param threadsAreSet whether the number of threads was set by somebody; where
         * it is found by trying, it may be another one at every start
         * @return whether they are the same
         */
        boolean isSame(Machine other, boolean threadsAreSet) {
            return this.os.equals(other.os) && this.processors == other.processors
                    && (!threadsAreSet || this.threads == other.threads) && this.device.equals(other.device)
                    && this.precision.equals(other.precision);
        }

    }

    /**
     * What steps cost.
     *
     * @param stepSeconds seconds of a forward with 0, 1, 2, … draft nodes
     * @param headsSeconds seconds of running the heads once
     */
    public record Costs(double[] stepSeconds, double headsSeconds) {
    }

    /**
     * The best static tree of a size.
     *
     * @param nodes number of draft nodes
     * @param shape paths as {@link dev.cerberus.tree.TreeShape#parse} reads them
     * @param acceptedDraftTokens accepted draft tokens per position, mean
     */
    public record StaticTree(int nodes, String shape, double acceptedDraftTokens) {
    }

    /**
     * How well a gate signal tells what a draft yields.
     *
     * @param signal the signal's name
     * @param spearman rank correlation with the accepted draft tokens, in -1..1
     * @param auc how likely a position where something is accepted looks better than one
     * where nothing is, in 0..1
     * @param threshold best bound of mode {@code threshold}, in the signal's unit
     * @param speedup times plain decoding with that bound, by the costs measured
     */
    public record SignalFit(String signal, double spearman, double auc, double threshold, double speedup) {
    }

    /**
     * How often a head is right.
     *
     * @param head 1-based head; head 1 predicts the token after the root token
     * @param positions positions at which the true token was known
     * @param accuracyByRank share of the positions whose true token had rank 0, 1, 2, …
     */
    public record HeadAccuracy(int head, int positions, double[] accuracyByRank) {
    }

    /**
     * Positions at which a head was about equally sure.
     *
     * @param head 1-based head
     * @param positions number of positions
     * @param probability probability of its first candidate, mean
     * @param accuracy share of the positions at which it was right
     */
    public record ReliabilityBin(int head, int positions, double probability, double accuracy) {
    }

    /**
     * Reads a calibration file.
     * @param file the file
     * @return the calibration
     * @throws ModelFileException if the file is missing, damaged or of another version
     */
    public static Calibration read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new ModelFileException(file, "there is no calibration file", "correct the path, or " + MEASURE_AGAIN);
        }
        Calibration calibration;
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new ModelFileException(file,
                        "has " + Files.size(file) + " bytes, too many for a calibration file", MEASURE_AGAIN);
            }
            calibration = MAPPER.readValue(file.toFile(), Calibration.class);
        }
        catch (JsonProcessingException ex) {
            throw new ModelFileException(file, "is no calibration file (" + ex.getOriginalMessage() + ")",
                    MEASURE_AGAIN, ex);
        }
        catch (IOException ex) {
            throw new ModelFileException(file, "can not be read (" + ex + ")", "correct its permissions", ex);
        }
        if (calibration == null) {
            throw new ModelFileException(file, "is no calibration file (it holds nothing)", MEASURE_AGAIN);
        }
        if (!FORMAT.equals(calibration.format())) {
            throw new ModelFileException(file, "is no calibration file of this version: format is "
                    + calibration.format() + ", expected " + FORMAT, MEASURE_AGAIN);
        }
        try {
            CalibrationCheck.check(calibration);
        }
        catch (IllegalArgumentException ex) {
            throw new ModelFileException(file, String.valueOf(ex.getMessage()), MEASURE_AGAIN, ex);
        }
        return calibration;
    }

    /**
     * Writes a calibration file by way of a temporary one beside it.
     * @param file the file; an old one is replaced once the new one is complete
     * @throws ModelFileException if the file can not be written; an old one is intact
     */
    public void write(Path file) {
        Path absolute = file.toAbsolutePath();
        Path directory = absolute.getParent();
        Path temporary = absolute.resolveSibling("." + absolute.getFileName() + "." + ProcessHandle.current().pid());
        try {
            if (directory != null) {
                Files.createDirectories(directory);
            }
            try {
                Files.write(temporary, MAPPER.writeValueAsBytes(this));
                move(temporary, absolute);
            }
            finally {
                Files.deleteIfExists(temporary);
            }
        }
        catch (IOException ex) {
            throw new ModelFileException(file, "can not be written (" + ex + ")",
                    "free space or correct the permissions; an old file there is as it was", ex);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        catch (AtomicMoveNotSupportedException ex) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

}
