package dev.cerberus.training.evaluation;

/**
 * A picture of a report.
 *
 * @param name name of its file, without ending
 * @param title what it shows
 * @param sentence what there is to see in it
 * @param svg the picture
 */
record Plot(String name, String title, String sentence, String svg) {
}
