/**
 * OpenAI's own clients talking to the endpoints of an engine that decodes, drafts and
 * enforces like any other, with a model that knows what they ask.
 */
@NullMarked
package dev.cerberus.openai.client;

import org.jspecify.annotations.NullMarked;
