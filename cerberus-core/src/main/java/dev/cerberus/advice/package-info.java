/**
 * What failures and notes advise: a problem, and what helps against it. Where that is a
 * setting, the text names it as the front does through which the core is used: the core
 * knows settings, and neither properties nor options of a command line.
 */
@NullMarked
package dev.cerberus.advice;

import org.jspecify.annotations.NullMarked;
