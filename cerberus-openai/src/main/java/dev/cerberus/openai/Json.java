package dev.cerberus.openai;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.unit.DataSize;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The reader and writer of bodies.
 */
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder()
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .build();

    /** What the parser says of a key that is there already. */
    private static final Pattern REPEATED = Pattern.compile("^Duplicate Object property \"(.*)\"", Pattern.DOTALL);

    private static final int BUFFER_BYTES = 8192;

    /** The longest time that a body may take. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Json() {
    }

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static byte[] bytes(JsonNode node) {
        return MAPPER.writeValueAsBytes(node);
    }

    /**
     * Reads a body.
     * @param request the request
     * @param most its largest size
     * @return the body, a JSON object
     * @throws OpenAiException if it is too large or something else
     */
    static ObjectNode read(HttpServletRequest request, DataSize most) {
        requireJson(request);
        if (request.getContentLengthLong() > most.toBytes()) {
            throw tooLarge(most);
        }
        try {
            if (MAPPER.readTree(bytes(request, most)) instanceof ObjectNode object) {
                return object;
            }
        }
        catch (StreamConstraintsException ex) {
            throw OpenAiException.invalid(null,
                    "The body is nested too deep, or a number or a name in it is too long; make it simpler");
        }
        catch (JacksonException ex) {
            Matcher repeated = REPEATED.matcher(String.valueOf(ex.getOriginalMessage()));
            if (repeated.find()) {
                throw OpenAiException.invalid(null,
                        "'" + repeated.group(1) + "' stands twice in an object" + place(ex) + "; leave one out");
            }
            throw OpenAiException.invalid(null, "The body is not valid JSON" + place(ex) + "; send a JSON object");
        }
        throw OpenAiException.invalid(null, "The body must be a JSON object");
    }

    private static byte[] bytes(HttpServletRequest request, DataSize most) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] buffer = new byte[BUFFER_BYTES];
        long start = System.nanoTime();
        try {
            InputStream in = request.getInputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                bytes.write(buffer, 0, read);
                if (bytes.size() > most.toBytes()) {
                    throw tooLarge(most);
                }
                if (System.nanoTime() - start > PATIENCE.toNanos()) {
                    throw OpenAiException.refused(HttpStatus.REQUEST_TIMEOUT, null, null,
                            "The body did not come within " + PATIENCE.toSeconds() + " seconds");
                }
            }
        }
        catch (IOException ex) {
            throw OpenAiException.invalid(null, "The body could not be read to its end; send it again");
        }
        return bytes.toByteArray();
    }

    /** A page of another site can not send this type without asking first. */
    private static void requireJson(HttpServletRequest request) {
        try {
            String type = request.getContentType();
            if (type != null && MediaType.APPLICATION_JSON.isCompatibleWith(MediaType.parseMediaType(type))) {
                return;
            }
        }
        catch (InvalidMediaTypeException ex) {
            throw wrongType();
        }
        throw wrongType();
    }

    private static OpenAiException wrongType() {
        return OpenAiException.refused(HttpStatus.UNSUPPORTED_MEDIA_TYPE, null, null,
                "The body must be JSON; send it with the header Content-Type: application/json");
    }

    private static OpenAiException tooLarge(DataSize most) {
        return OpenAiException.refused(HttpStatus.CONTENT_TOO_LARGE, null, null,
                "The body is larger than " + most.toBytes() + " bytes, which is all that this server takes; send less");
    }

    private static String place(JacksonException ex) {
        return (ex.getLocation() != null) ? String.format(Locale.ROOT, " (line %d, column %d)",
                ex.getLocation().getLineNr(), ex.getLocation().getColumnNr()) : "";
    }

}
