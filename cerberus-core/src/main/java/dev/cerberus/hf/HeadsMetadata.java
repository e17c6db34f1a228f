package dev.cerberus.hf;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * The metadata of a heads file with typed access that names what is missing. Immutable.
 *
 * @param file the file, for messages
 * @param values what it says of itself
 */
record HeadsMetadata(Path file, Map<String, String> values) {

    String text(String key) {
        String value = this.values.get(key);
        if (value == null) {
            throw new ModelFileException(this.file, "its metadata lack " + key, HeadsFileReader.WITH_THIS_VERSION);
        }
        return value;
    }

    int integer(String key) {
        String value = text(key);
        if (!value.matches("\\d{1,9}") || Integer.parseInt(value) < 1) {
            throw new ModelFileException(this.file,
                    key + " in its metadata must be a positive integer, was '" + value + "'",
                    HeadsFileReader.WITH_THIS_VERSION);
        }
        return Integer.parseInt(value);
    }

    double positive(String key, double absent) {
        String value = this.values.get(key);
        if (value == null) {
            return absent;
        }
        try {
            double number = Double.parseDouble(value);
            if (number > 0 && number <= 100) {
                return number;
            }
        }
        catch (NumberFormatException ex) {
            // refused below, as one that is out of range
        }
        throw new ModelFileException(this.file,
                key + " in its metadata must be a number in (0, 100], was '" + value + "'",
                HeadsFileReader.WITH_THIS_VERSION);
    }

    /** Whether the value is the first of two that are allowed. */
    boolean choice(String key, String first, String second) {
        String value = text(key);
        if (!Arrays.asList(first, second).contains(value)) {
            throw new ModelFileException(this.file,
                    key + " in its metadata must be " + first + " or " + second + ", was '" + value + "'",
                    HeadsFileReader.WITH_THIS_VERSION);
        }
        return value.equals(first);
    }

}
