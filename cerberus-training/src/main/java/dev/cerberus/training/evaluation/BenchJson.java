package dev.cerberus.training.evaluation;

import java.nio.file.Path;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.cerberus.engine.CostEstimate;
import dev.cerberus.engine.EngineDescription;
import dev.cerberus.model.HeadsDescription;

/**
 * The JSON form of a benchmark's result.
 */
public final class BenchJson {

    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private BenchJson() {
    }

    /**
     * Writes a result.
     * @param file the file; an old one is replaced once the new one is complete
     * @param model what was measured
     * @param threads threads of one native operator
     * @param prompts name of the prompt file
     * @param options what was measured how
     * @param costs what steps cost at the end of the measurement
     * @param outcome the result
     * @throws EvaluationException if the file can not be written
     */
    public static void write(Path file, EngineDescription model, int threads, String prompts, BenchOptions options,
            CostEstimate costs, BenchOutcome outcome) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("model", model.modelName())
            .put("device", model.device())
            .put("precision", model.precision())
            .put("threads", threads);
        root.set("versions", MAPPER.valueToTree(Versions.all()));
        root.set("settings", settings(prompts, options));
        model.heads().ifPresent((heads) -> root.set("heads", heads(heads)));
        root.set("costs", MAPPER.valueToTree(costs));
        root.set("results", MAPPER.valueToTree(outcome.rows()));
        root.set("flips", flips(outcome));
        root.set("acceptanceByDepth", MAPPER.valueToTree(outcome.depths()));
        root.set("predictions", MAPPER.valueToTree(outcome.predictions()));
        root.set("spreads", MAPPER.valueToTree(outcome.spreads()));
        try {
            ResultFiles.write(file, MAPPER.writeValueAsString(root) + "\n");
        }
        catch (JsonProcessingException ex) {
            throw new EvaluationException("The result can not be written as JSON: " + ex.getMessage(), ex);
        }
    }

    private static ObjectNode settings(String prompts, BenchOptions options) {
        ObjectNode node = MAPPER.createObjectNode()
            .put("prompts", prompts)
            .put("raw", options.raw())
            .put("maxTokens", options.maxTokens())
            .put("minTokens", options.minTokens())
            .put("repeat", options.repeat())
            .put("temperature", options.sampling().temperature())
            .put("topK", options.sampling().topK())
            .put("topP", options.sampling().topP())
            .put("repetitionPenalty", options.sampling().repetitionPenalty())
            .put("minP", options.sampling().minP())
            .put("frequencyPenalty", options.sampling().frequencyPenalty())
            .put("presencePenalty", options.sampling().presencePenalty())
            .put("seed", options.sampling().seed())
            .put("coupledDrafting", options.drafting().coupled())
            .put("contextLookup", options.drafting().contextLookup())
            .put("maxNodes", options.maxNodes())
            .put("signal", options.gate().signal().id())
            .put("threshold", options.gate().threshold());
        ObjectNode trees = node.putObject("trees");
        for (BenchMode.HeadsRole role : BenchMode.HeadsRole.values()) {
            Map<BenchMode.HeadsRole, ?> shapes = options.shapes();
            trees.put(role.id(), shapes.containsKey(role) ? String.valueOf(shapes.get(role)) : "auto");
        }
        return node;
    }

    private static ObjectNode heads(HeadsDescription heads) {
        return MAPPER.createObjectNode()
            .put("kind", heads.kind().id())
            .put("condition", heads.condition())
            .put("linked", heads.linked())
            .put("ownLmHead", heads.ownLmHead())
            .put("heads", heads.heads())
            .put("layers", heads.layers())
            .put("draftVocabulary", heads.draftVocabulary())
            .put("transitionRank", heads.transitionRank());
    }

    private static ArrayNode flips(BenchOutcome outcome) {
        ArrayNode flips = MAPPER.createArrayNode();
        for (BenchOutcome.Flip flip : outcome.flips()) {
            ObjectNode node = flips.addObject()
                .put("mode", flip.mode())
                .put("category", flip.category())
                .put("prompt", flip.prompt())
                .put("turn", flip.turn())
                .put("position", flip.position());
            if (flip.margin().isPresent()) {
                node.put("margin", flip.margin().getAsDouble());
            }
            else {
                node.putNull("margin");
            }
        }
        return flips;
    }

}
