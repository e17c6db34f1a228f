/**
 * Endpoints of a Spring MVC application that clients of OpenAI's interface speak to.
 */
@NullMarked
package dev.cerberus.openai;

import org.jspecify.annotations.NullMarked;
