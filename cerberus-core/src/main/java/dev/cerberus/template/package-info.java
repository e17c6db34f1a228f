/**
 * A template engine for chat templates: the part of Jinja that transformers gives a
 * model, with Python's values, inside a budget.
 *
 * <p>
 * Templates come from model files, which nobody has read. They see strings, numbers,
 * lists and dictionaries, never a Java object; nothing is reached by reflection, no file
 * is read, and every operator counts what it costs. Needs nothing but the Java library.
 */
@NullMarked
package dev.cerberus.template;

import org.jspecify.annotations.NullMarked;
