/**
 * LangChain4j's {@code ChatModel} and {@code StreamingChatModel} over the Cerberus
 * decoder.
 *
 * <p>
 * Start with {@link dev.cerberus.langchain4j.CerberusChatModel} or
 * {@link dev.cerberus.langchain4j.CerberusStreamingChatModel}. Neither needs Spring.
 */
@NullMarked
package dev.cerberus.langchain4j;

import org.jspecify.annotations.NullMarked;
