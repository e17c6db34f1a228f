package dev.cerberus.training.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * A reader and writer of what was measured of a model's number formats. It lies beside
 * the model, and says of each kind of arithmetic how far it is from fp32, so that who
 * chooses a precision need not measure again.
 */
public final class FidelityFile {

    /** What the file is called beside a model. */
    public static final String NAME = "cerberus-fidelity.json";

    private static final String FORMAT = "cerberus-fidelity-1";

    private static final JsonMapper MAPPER = JsonMapper.builder()
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build();

    private FidelityFile() {
    }

    private record Content(String format, Map<String, Fidelity> arithmetic) {
    }

    /**
     * Reads a file.
     * @param file the file
     * @return what was measured, by the name of the arithmetic
     * @throws EvaluationException if it can not be read or is none
     */
    public static Map<String, Fidelity> read(Path file) {
        try {
            Content content = MAPPER.readValue(Files.readAllBytes(file), Content.class);
            if (!FORMAT.equals(content.format()) || content.arithmetic() == null) {
                throw new EvaluationException(file + " is not a file of format " + FORMAT
                        + "; remove it, and measure with cerberus fidelity --save");
            }
            return new TreeMap<>(content.arithmetic());
        }
        catch (JsonProcessingException ex) {
            throw new EvaluationException(file + " is damaged (" + ex.getOriginalMessage()
                    + "); remove it, and measure with cerberus fidelity --save", ex);
        }
        catch (IOException ex) {
            throw new EvaluationException(file + " can not be read: " + ex, ex);
        }
    }

    /**
     * Requires that what is added can go there, before the work whose result would be
     * lost.
     * @param file the file, which may be missing
     * @throws EvaluationException if there is something else
     */
    public static void requireNoOther(Path file) {
        if (Files.exists(file)) {
            read(file);
        }
    }

    /**
     * Writes what was measured; what the file says of other arithmetic stays.
     * @param file the file; an old one is replaced once the new one is complete
     * @param measured what was measured, by the name of the arithmetic
     * @throws EvaluationException if it can not be written, or an old one is none
     */
    public static void add(Path file, Map<String, Fidelity> measured) {
        Map<String, Fidelity> all = Files.exists(file) ? read(file) : new TreeMap<>();
        all.putAll(measured);
        try {
            ResultFiles.write(file, MAPPER.writeValueAsString(new Content(FORMAT, all)) + "\n");
        }
        catch (JsonProcessingException ex) {
            throw new IllegalStateException("Numbers can be written as JSON", ex);
        }
    }

}
