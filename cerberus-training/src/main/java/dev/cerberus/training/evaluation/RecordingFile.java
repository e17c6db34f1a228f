package dev.cerberus.training.evaluation;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;

/**
 * A reader and writer of recordings: JSON lines, the first one saying what was recorded,
 * each further one an answer.
 */
public final class RecordingFile {

    private static final String FORMAT = "cerberus-recording-2";

    private static final ObjectMapper MAPPER = new ObjectMapper()
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);

    private RecordingFile() {
    }

    /** The first line. */
    private record Header(String format, String model, String device, String precision, String headsKind, int heads,
            int ranks, double temperature, boolean coupledDrafting, double[] stepSeconds, double headsSeconds) {
    }

    /**
     * Writes a recording.
     * @param file the file; an old one is replaced once the new one is complete
     * @param recording the recording
     * @throws EvaluationException if the file can not be written
     */
    public static void write(Path file, Recording recording) {
        StringBuilder text = new StringBuilder();
        try {
            text.append(MAPPER
                .writeValueAsString(new Header(FORMAT, recording.model(), recording.device(), recording.precision(),
                        recording.headsKind(), recording.heads(), recording.ranks(), recording.temperature(),
                        recording.coupledDrafting(), recording.stepSeconds(), recording.headsSeconds())))
                .append('\n');
            for (RecordedAnswer answer : recording.answers()) {
                text.append(MAPPER.writeValueAsString(answer)).append('\n');
            }
        }
        catch (JsonProcessingException ex) {
            throw new EvaluationException("The recording can not be written as JSON: " + ex.getMessage(), ex);
        }
        ResultFiles.write(file, text.toString());
    }

    /**
     * Reads a recording.
     * @param file the file
     * @return the recording
     * @throws EvaluationException if the file is missing, or no recording; the message
     * names the line
     */
    public static Recording read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new EvaluationException("There is no recording " + file + "; make one with cerberus bench --record");
        }
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            Header header = parse(file, 1, reader.readLine(), Header.class);
            if (!FORMAT.equals(header.format())) {
                throw new EvaluationException(file + " is no recording of this version (format " + header.format()
                        + ", expected " + FORMAT + "); make one with cerberus bench --record");
            }
            List<RecordedAnswer> answers = new ArrayList<>();
            String line = reader.readLine();
            while (line != null) {
                answers.add(parse(file, answers.size() + 2, line, RecordedAnswer.class));
                line = reader.readLine();
            }
            return new Recording(header.model(), header.device(), header.precision(), header.headsKind(),
                    header.heads(), header.ranks(), header.temperature(), header.coupledDrafting(),
                    header.stepSeconds(), header.headsSeconds(), answers);
        }
        catch (IOException ex) {
            throw new EvaluationException("The recording " + file + " can not be read: " + ex.getMessage(), ex);
        }
        catch (IllegalArgumentException ex) {
            throw new EvaluationException("The recording " + file + " is damaged: " + ex.getMessage(), ex);
        }
    }

    private static <T> T parse(Path file, int number, @Nullable String line, Class<T> type) {
        try {
            T value = (line == null) ? null : MAPPER.readValue(line, type);
            if (value != null) {
                return value;
            }
        }
        catch (JsonProcessingException ex) {
            throw new EvaluationException("Line " + number + " of " + file + " is not what a recording has there ("
                    + ex.getOriginalMessage() + "); make one with cerberus bench --record", ex);
        }
        throw new EvaluationException(file + " is empty; make a recording with cerberus bench --record");
    }

}
