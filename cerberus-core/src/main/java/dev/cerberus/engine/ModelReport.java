package dev.cerberus.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import dev.cerberus.advice.Advice;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ExpectedTensors;
import dev.cerberus.hf.HeadsFile;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.hf.ModelFileException;

/**
 * What a model is and needs, found without loading its weights. Immutable.
 *
 * @param location where it is, as it was named
 * @param format {@code gguf} or {@code safetensors}
 * @param architecture its kind, as {@code config.json} names it
 * @param parameters number of weights
 * @param layers number of transformer layers
 * @param hiddenSize width of the residual stream
 * @param vocabularySize number of tokens
 * @param contextTokens longest sequence
 * @param storedTypes how many tensors are stored in which type
 * @param bytesOnDisk size of the files with the weights
 * @param weightBytes an estimate of what the weights take in memory, by precision
 * @param cacheBytesPerToken what keys and values of one token take in 32-bit floats
 * @param tokenizer the kind of tokenizer; empty if there is none
 * @param chatTemplate whether there is a chat template
 * @param heads the draft heads beside it, in words; empty if there are none
 * @param memory whether there is a memory of what it wrote
 * @param calibration whether there is a calibration of the gate
 * @param notes what a user should know
 */
public record ModelReport(String location, String format, String architecture, long parameters, int layers,
        int hiddenSize, int vocabularySize, int contextTokens, Map<String, Integer> storedTypes, long bytesOnDisk,
        Map<String, Long> weightBytes, long cacheBytesPerToken, Optional<String> tokenizer, boolean chatTemplate,
        Optional<String> heads, boolean memory, boolean calibration, List<Advice> notes) {

    private static final int HALF_BYTES = 2;

    public ModelReport {
        storedTypes = Map.copyOf(new TreeMap<>(storedTypes));
        notes = List.copyOf(notes);
    }

    /**
     * Examines a model.
     * @param model the model
     * @return what it is and needs
     * @throws ModelFileException if a part of it is missing, damaged or not supported
     * @throws dev.cerberus.text.ChatTemplateException if its chat template is no Jinja
     */
    public static ModelReport of(ModelDirectory model) {
        ModelConfig config = model.config();
        long parameters = ExpectedTensors.parameters(config);
        Map<String, Integer> types = new TreeMap<>();
        long bytes = 0;
        try (Checkpoint checkpoint = model.openCheckpoint()) {
            checkpoint.storedTypes().values().forEach((type) -> types.merge(type, 1, Integer::sum));
            for (Path file : checkpoint.files()) {
                bytes += size(file);
            }
            return new ModelReport(model.location(), model.gguf().isPresent() ? "gguf" : "safetensors",
                    config.architecture().className(), parameters, config.layers(), config.hiddenSize(),
                    config.vocabularySize(), config.contextTokens(), types, bytes, weightBytes(config, parameters),
                    cacheBytesPerToken(config), tokenizer(model), ModelTexts.chatTemplate(model).isPresent(),
                    model.heads().map(ModelReport::describe), model.memory().isPresent(),
                    model.calibration().isPresent(), config.notes());
        }
    }

    /*
     * Floats take their width. With int8 every matrix takes a byte a weight, the output
     * matrix too, and the embedding table is kept in 16 bits besides. So it is with fp16
     * on a CPU; CUDA has a matrix that serves as both once.
     */
    private static Map<String, Long> weightBytes(ModelConfig config, long parameters) {
        long embedding = (long) config.vocabularySize() * config.hiddenSize();
        long matrices = config.tieWordEmbeddings() ? parameters : parameters - embedding;
        Map<String, Long> bytes = new LinkedHashMap<>();
        bytes.put("fp32", parameters * Float.BYTES);
        bytes.put("bf16", parameters * HALF_BYTES);
        bytes.put("fp16", (matrices + embedding) * HALF_BYTES);
        bytes.put("int8", matrices + embedding * HALF_BYTES);
        return bytes;
    }

    /**
     * Returns what the weights take in memory, in bytes.
     * @param cpu whether the model runs on a CPU
     */
    static long weightBytes(ModelConfig config, long parameters, String precision, boolean cpu) {
        boolean once = precision.equals("fp16") && !cpu;
        return Objects.requireNonNull(weightBytes(config, parameters).get(once ? "bf16" : precision), precision);
    }

    static long cacheBytesPerToken(ModelConfig config) {
        return 2L * config.layers() * config.keyValueSize() * Float.BYTES;
    }

    private static String describe(Path heads) {
        var description = HeadsFile.read(heads).description();
        return description.heads() + " " + description.kind().id() + " heads of " + description.layers() + " layers";
    }

    static long size(Path file) {
        try {
            return Files.size(file);
        }
        catch (IOException ex) {
            throw new ModelFileException(file, "cannot be read (" + ex + ")", "check the file and its permissions", ex);
        }
    }

    private static Optional<String> tokenizer(ModelDirectory model) {
        if (model.gguf().isPresent()) {
            return model.gguf().get().tokenizerKind();
        }
        Path file = model.path().resolve("tokenizer.json");
        return Files.isRegularFile(file) ? Optional.of(kind(file)) : Optional.empty();
    }

    /** Reads the type of the tokenizer's model, which stands before its vocabulary. */
    private static String kind(Path file) {
        try (JsonParser json = new JsonFactory().createParser(file.toFile())) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean model = json.currentName().equals("model");
                if (json.nextToken() == JsonToken.START_OBJECT && model) {
                    while (json.nextToken() == JsonToken.FIELD_NAME) {
                        boolean type = json.currentName().equals("type");
                        json.nextToken();
                        if (type) {
                            return json.getText();
                        }
                        json.skipChildren();
                    }
                }
                json.skipChildren();
            }
            return "of an unknown kind";
        }
        catch (IOException ex) {
            throw new ModelFileException(file, "is not valid JSON (" + ex.getClass().getSimpleName() + ")",
                    "fetch the file again", ex);
        }
    }

}
