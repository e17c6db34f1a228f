package dev.cerberus.training.evaluation;

import java.time.ZonedDateTime;

/**
 * Where a report comes from.
 *
 * @param machine the machine that was measured, in words
 * @param command the command line that measured, to be run again
 * @param date when
 */
public record ReportOrigin(String machine, String command, ZonedDateTime date) {
}
