/**
 * Auto-configuration of the engine and of LangChain4j's chat models over it.
 */
@NullMarked
package dev.cerberus.spring.boot.autoconfigure;

import org.jspecify.annotations.NullMarked;
