package dev.cerberus.hf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.cerberus.advice.Advice;
import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;

/**
 * A folder in which weights are kept as they are used, from one start to the next: what
 * was rotated and rounded need not be so again.
 *
 * <p>
 * Nothing depends on it but time: what is kept is used for the very same model files
 * only, and where nothing can be read or written, the weights are made anew. Of one load
 * of a model; not thread-safe.
 */
/*
 * A model has a file for each way of rounding, named by the model and by a hash of
 * everything that the weights depend on. Files of models that nobody uses any more stay
 * until somebody removes them.
 */
public final class WeightsCache {

    private static final String KEY = "cerberus_weights";

    /**
     * Not that of safetensors files, which it is, so that nobody takes it for a model's.
     */
    private static final String SUFFIX = ".weights";

    private static final int NAME_DIGITS = 16;

    private static final int NAME_CHARACTERS = 80;

    private final Optional<Path> folder;

    private final int mostBytes;

    private Optional<String> told = Optional.empty();

    private Optional<Advice> note = Optional.empty();

    private WeightsCache(Optional<Path> folder, int mostBytes) {
        this.folder = folder;
        this.mostBytes = mostBytes;
    }

    /** Returns a cache that keeps nothing. */
    public static WeightsCache none() {
        return new WeightsCache(Optional.empty(), Integer.MAX_VALUE);
    }

    /**
     * Returns the cache in a folder.
     * @param folder the folder, created when something is kept
     * @return the cache
     */
    public static WeightsCache in(Path folder) {
        return in(folder, Integer.MAX_VALUE);
    }

    /**
     * Returns the cache in a folder, with another limit for one tensor, so that the way
     * of large models can be tested on small ones.
     * @param folder the folder, created when something is kept
     * @param mostBytes the most bytes of a tensor, at least those of a row
     * @return the cache
     */
    public static WeightsCache in(Path folder, int mostBytes) {
        return new WeightsCache(Optional.of(folder), mostBytes);
    }

    /**
     * Returns the most bytes that a tensor may have: those of one buffer, 2 GiB. Larger
     * ones are kept in several.
     */
    public int mostBytes() {
        return this.mostBytes;
    }

    /** Returns whether anything is ever kept. */
    public boolean isOn() {
        return this.folder.isPresent();
    }

    /**
     * Returns what is kept of a model, or what takes it to be kept.
     * @param model the model's name, for that of the file
     * @param dependencies everything that the weights depend on
     * @param tensors all that is kept, one behind the other from byte 0 on
     * @return the weights; the caller closes them
     */
    public KeptWeights open(String model, String dependencies, List<TensorInfo> tensors) {
        if (this.folder.isEmpty()) {
            return KeptWeights.NONE;
        }
        String key = Sha256.of(dependencies.getBytes(StandardCharsets.UTF_8));
        Path file = this.folder.get().resolve(fileName(model, key));
        Optional<KeptWeights> known = read(file, key, tensors);
        return known.isPresent() ? known.get() : begin(file, Map.of(KEY, key), tensors);
    }

    private static String fileName(String model, String key) {
        String plain = model.replaceAll("[^A-Za-z0-9._-]", "_");
        return plain.substring(0, Math.min(plain.length(), NAME_CHARACTERS)) + "-" + key.substring(0, NAME_DIGITS)
                + SUFFIX;
    }

    private Optional<KeptWeights> read(Path file, String key, List<TensorInfo> tensors) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Safetensors opened = Safetensors.open(file);
            if (key.equals(opened.metadata().get(KEY)) && tensors.stream().allMatch(opened::holds)) {
                this.told = Optional.of("its weights were rounded before and lie in " + file);
                return Optional.of(new Known(opened));
            }
            opened.close();
        }
        catch (ModelFileException ex) {
            // damaged, so it is made anew
        }
        return Optional.empty();
    }

    private KeptWeights begin(Path file, Map<String, String> metadata, List<TensorInfo> tensors) {
        try {
            Path directory = file.toAbsolutePath().getParent();
            Files.createDirectories(directory);
            long bytes = tensors.get(tensors.size() - 1).end();
            long free = Files.getFileStore(directory).getUsableSpace();
            if (free < bytes) {
                throw new IOException(bytes + " bytes are needed and " + free + " are free");
            }
            return new Coming(file, SafetensorsDraft.begin(file, metadata, tensors), bytes);
        }
        catch (IOException | ModelFileException ex) {
            failed(file, ex);
            return KeptWeights.NONE;
        }
    }

    private void failed(Path file, Exception cause) {
        this.note = Optional.of(Advice.of(
                "The rounded weights are not kept in " + file + " (" + cause
                        + "), so that the next start takes as long as this one",
                Remedy.of("name a folder that can be written, with room, with", Setting.WEIGHTS_CACHE)));
    }

    /** Returns what became of the weights, for the log; empty if nothing did. */
    public Optional<String> told() {
        return this.told;
    }

    /** Returns why nothing is kept; empty if it is, or is not to be. */
    public Optional<Advice> note() {
        return this.note;
    }

    /** Weights of an earlier start. */
    private static final class Known implements KeptWeights {

        private final Safetensors file;

        Known(Safetensors file) {
            this.file = file;
        }

        @Override
        public Optional<ByteBuffer> find(String name) {
            try {
                return Optional.of(this.file.data(name));
            }
            catch (ModelFileException ex) { // then it is made anew
                return Optional.empty();
            }
        }

        @Override
        public void close() {
            this.file.close();
        }

    }

    /** Weights of this start, for the next. */
    private final class Coming implements KeptWeights {

        private final Path file;

        private final SafetensorsDraft draft;

        private final long bytes;

        private volatile @Nullable IOException failure;

        Coming(Path file, SafetensorsDraft draft, long bytes) {
            this.file = file;
            this.draft = draft;
            this.bytes = bytes;
        }

        @Override
        public Optional<ByteBuffer> find(String name) {
            return Optional.empty();
        }

        @Override
        public boolean areWanted() {
            return this.failure == null;
        }

        @Override
        public void keep(String name, ByteBuffer data) {
            try {
                this.draft.write(name, data);
            }
            catch (IOException ex) {
                this.failure = ex;
            }
        }

        @Override
        public void complete() {
            try {
                if (this.failure == null) {
                    this.draft.complete();
                    WeightsCache.this.told = Optional
                        .of("its weights as they were rounded are kept in " + this.file + ", " + this.bytes + " bytes");
                }
            }
            catch (IOException ex) {
                this.failure = ex;
            }
        }

        @Override
        public void close() {
            try {
                this.draft.close();
            }
            catch (IOException ex) {
                if (this.failure == null) {
                    this.failure = ex;
                }
            }
            IOException known = this.failure;
            if (known != null) {
                failed(this.file, known);
            }
        }

    }

}
