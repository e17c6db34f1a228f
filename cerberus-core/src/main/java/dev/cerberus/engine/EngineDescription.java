package dev.cerberus.engine;

import java.util.List;
import java.util.Optional;

import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.ModelDimensions;

/**
 * What an engine has loaded.
 *
 * @param modelName name to report
 * @param modelLocation where the model came from
 * @param dimensions the target model's sizes
 * @param device {@code cpu} or {@code cuda:N}
 * @param precision {@code fp32}, {@code bf16}, {@code fp16} or {@code int8}
 * @param heads the draft heads in use, if there are any
 * @param memoryTokens how many tokens of other texts drafts look up, 0 for no memory
 * @param chat whether the model has a chat template
 * @param notes what a user should know, such as missing heads or a limited context
 */
public record EngineDescription(String modelName, String modelLocation, ModelDimensions dimensions, String device,
        String precision, Optional<HeadsDescription> heads, int memoryTokens, boolean chat, List<String> notes) {
}
