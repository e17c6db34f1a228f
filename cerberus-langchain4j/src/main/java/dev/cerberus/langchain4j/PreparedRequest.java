package dev.cerberus.langchain4j;

import java.util.List;
import java.util.OptionalLong;

import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.text.ToolDefinition;

/**
 * A chat request translated for the engine.
 *
 * @param request what the engine shall generate
 * @param tools what the answer may call
 * @param seed the seed of a sampled answer; empty for a greedy one
 */
record PreparedRequest(GenerationRequest request, List<ToolDefinition> tools, OptionalLong seed) {
}
