/**
 * Which tokens may come next: regular expressions and grammars over the bytes of a real
 * vocabulary, as immutable states that every node of a tree can own.
 */
@NullMarked
package dev.cerberus.constrain;

import org.jspecify.annotations.NullMarked;
