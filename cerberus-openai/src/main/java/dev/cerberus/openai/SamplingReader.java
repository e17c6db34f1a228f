package dev.cerberus.openai;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.springframework.http.HttpStatus;
import tools.jackson.databind.JsonNode;

import dev.cerberus.langchain4j.CerberusChatRequestParameters;

/**
 * The reader of the fields that say how an answer is chosen, which chats and
 * continuations have in common.
 */
final class SamplingReader {

    private static final double MOST_TEMPERATURE = 2;

    private static final double MOST_PENALTY = 2;

    private static final double MOST_REPETITION_PENALTY = 10;

    private static final double MOST_BIAS = 100;

    private static final Pattern TOKEN = Pattern.compile("\\d{1,9}");

    private SamplingReader() {
    }

    /**
     * Reads the fields.
     * @param body the request
     * @param served name of the model that is served
     * @param parameters receives what they say
     */
    static void read(Fields body, String served, CerberusChatRequestParameters.Builder parameters) {
        body.text("model").filter((name) -> !name.equals(served)).ifPresent((name) -> {
            throw OpenAiException.refused(HttpStatus.NOT_FOUND, "model", "model_not_found",
                    "There is no model '" + name + "' here; ask for '" + served + "'");
        });
        body.number("temperature", 0, MOST_TEMPERATURE).ifPresent(parameters::temperature);
        body.number("top_p", 0, 1).ifPresent((value) -> {
            if (value == 0) {
                throw OpenAiException.invalid("top_p", "'top_p' must be greater than 0");
            }
            parameters.topP(value);
        });
        // 0 is said, not left open: it lifts the limit of the defaults
        body.integer("top_k", 0).ifPresent(parameters::topK);
        body.wholeNumber("seed").ifPresent(parameters::seed);
        body.number("frequency_penalty", -MOST_PENALTY, MOST_PENALTY).ifPresent(parameters::frequencyPenalty);
        body.number("presence_penalty", -MOST_PENALTY, MOST_PENALTY).ifPresent(parameters::presencePenalty);
        List<String> stops = stops(body);
        if (!stops.isEmpty()) {
            parameters.stopSequences(stops);
        }
        body.allowOnly("n", (value) -> value.isNumber() && value.doubleValue() == 1, "ask for one answer at a time");
        body.number("min_p", 0, 1).ifPresent(parameters::minP);
        body.number("repetition_penalty", 0, MOST_REPETITION_PENALTY).ifPresent((value) -> {
            if (value == 0) {
                throw OpenAiException.invalid("repetition_penalty", "'repetition_penalty' must be greater than 0");
            }
            parameters.repetitionPenalty(value);
        });
        body.find("logit_bias").map((value) -> bias(Fields.of(value, "logit_bias"), value)).ifPresent((bias) -> {
            if (!bias.isEmpty()) {
                parameters.logitBias(bias);
            }
        });
        body.ignore("user", "safety_identifier");
    }

    private static Map<Integer, Double> bias(Fields fields, JsonNode value) {
        Map<Integer, Double> bias = new LinkedHashMap<>();
        value.propertyNames().forEach((name) -> {
            if (!TOKEN.matcher(name).matches()) {
                throw OpenAiException.invalid("logit_bias",
                        "'logit_bias' must name tokens by their ids, whole numbers, but has '" + name + "'");
            }
            fields.number(name, -MOST_BIAS, MOST_BIAS).ifPresent((added) -> {
                int token = Integer.parseInt(name);
                if (bias.put(token, added) != null) {
                    throw OpenAiException.invalid("logit_bias",
                            "'logit_bias' must name each token once, but has " + token + " in two spellings");
                }
            });
        });
        return bias;
    }

    private static List<String> stops(Fields body) {
        List<String> stops = new ArrayList<>();
        body.find("stop").ifPresent((value) -> {
            if (value.isArray()) {
                value.forEach((each) -> stops.add(stop(each)));
            }
            else {
                stops.add(stop(value));
            }
        });
        return stops;
    }

    private static String stop(JsonNode value) {
        if (!value.isString() || value.stringValue().isEmpty()) {
            throw OpenAiException.invalid("stop", "'stop' must be a text that is not empty, or a list of such texts");
        }
        return value.stringValue();
    }

}
