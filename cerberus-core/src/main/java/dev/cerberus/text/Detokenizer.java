package dev.cerberus.text;

/**
 * What turns the ids of one text into its characters, as they come.
 */
interface Detokenizer {

    /**
     * Takes the next id.
     * @param id the token, at least 0
     * @return the text that is complete now, possibly empty
     */
    String push(int id);

    /**
     * Ends the text.
     * @return what was held back, U+FFFD for a character that was never finished
     */
    String flush();

}
