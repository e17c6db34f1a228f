package dev.cerberus.training.evaluation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * A reader and writer of recordings: JSON lines, the first one saying what was recorded,
 * each further one an answer.
 */
public final class RecordingFile {

    private static final String FAMILY = "cerberus-recording-";

    private static final String FORMAT = FAMILY + "2";

    private static final ObjectMapper MAPPER = new ObjectMapper().enable(
            DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES, DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
            DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

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
     * @param file the file, UTF-8; blank lines are skipped
     * @return the recording
     * @throws EvaluationException if the file is missing, or no recording; the message
     * names the line
     */
    public static Recording read(Path file) {
        if (!Files.exists(file)) {
            throw new EvaluationException("There is no recording " + file + "; make one with cerberus bench --record");
        }
        List<String> lines = TextFile.read("recording", file).lines().toList();
        Header header = null;
        List<RecordedAnswer> answers = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).isBlank()) {
                continue;
            }
            if (header == null) {
                header = header(file, i + 1, lines.get(i));
            }
            else {
                answers.add(parse(file, i + 1, lines.get(i), RecordedAnswer.class));
            }
        }
        if (header == null) {
            throw new EvaluationException(file + " is empty; make a recording with cerberus bench --record");
        }
        try {
            return new Recording(header.model(), header.device(), header.precision(), header.headsKind(),
                    header.heads(), header.ranks(), header.temperature(), header.coupledDrafting(),
                    header.stepSeconds(), header.headsSeconds(), answers);
        }
        catch (IllegalArgumentException ex) {
            throw new EvaluationException("The recording " + file + " is damaged: " + ex.getMessage(), ex);
        }
    }

    /** Other versions have other fields, so that the format is looked at first. */
    private static Header header(Path file, int number, String line) {
        String format = parse(file, number, line, JsonNode.class).path("format").asText("");
        if (format.startsWith(FAMILY) && !format.equals(FORMAT)) {
            throw new EvaluationException(file + " is no recording of this version (format " + format + ", expected "
                    + FORMAT + "); make one with cerberus bench --record");
        }
        return parse(file, number, line, Header.class);
    }

    private static <T> T parse(Path file, int number, String line, Class<T> type) {
        try {
            T value = MAPPER.readValue(line, type);
            if (value == null) {
                throw new EvaluationException(strange(file, number, "null"));
            }
            return value;
        }
        catch (JsonProcessingException ex) {
            throw new EvaluationException(strange(file, number, ex.getOriginalMessage()), ex);
        }
    }

    private static String strange(Path file, int number, String problem) {
        return "Line " + number + " of " + file + " is not what a recording has there (" + problem
                + "); make one with cerberus bench --record";
    }

}
