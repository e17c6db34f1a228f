package dev.cerberus.langchain4j;

import java.util.OptionalLong;

import dev.cerberus.engine.GenerationRequest;

/**
 * A chat request translated for the engine.
 *
 * @param request what the engine shall generate
 * @param tools whether the answer may contain tool calls
 * @param seed the seed of a sampled answer; empty for a greedy one
 */
record PreparedRequest(GenerationRequest request, boolean tools, OptionalLong seed) {
}
