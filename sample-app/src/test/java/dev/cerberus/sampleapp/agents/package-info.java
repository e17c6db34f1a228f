/**
 * What LangChain4j builds on models: agents, retrieval and guardrails, over an engine
 * whose model knows what they ask. With {@code -Dcerberus.agents.model=LOCATION} the
 * agents run over that model instead.
 */
@NullMarked
package dev.cerberus.sampleapp.agents;

import org.jspecify.annotations.NullMarked;
