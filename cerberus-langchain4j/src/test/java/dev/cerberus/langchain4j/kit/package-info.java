/**
 * The tests that LangChain4j has for every model of its own, over ours.
 *
 * <p>
 * They run over an engine whose model knows the answers, so that what fails is a fault of
 * this project. With {@code -Dcerberus.kits.model=LOCATION} they run over that model and
 * tell how far it gets.
 */
@NullMarked
package dev.cerberus.langchain4j.kit;

import org.jspecify.annotations.NullMarked;
