package dev.cerberus.djl;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What libtorch says of a device's memory when it has too little of it. Immutable.
 *
 * @param askedBytes what was wanted; empty if it does not say
 * @param memory the device's memory; empty if it does not say
 */
record OutOfMemory(Optional<Long> askedBytes, Optional<DeviceMemory> memory) {

    private static final String SIZE = "([\\d.]+) (bytes|KiB|MiB|GiB)";

    private static final Pattern ASKED = Pattern.compile("Tried to allocate " + SIZE);

    private static final Pattern CAPACITY = Pattern.compile("total capacity of " + SIZE + " of which " + SIZE);

    private static final double GIBIBYTE = 1L << 30;

    /** Returns whether a message of libtorch says that memory has run out. */
    static boolean says(String message) {
        return message.contains("out of memory") || message.contains("not enough memory");
    }

    /** Reads a message of libtorch, if it says that memory has run out. */
    static Optional<OutOfMemory> read(String message) {
        if (!says(message)) {
            return Optional.empty();
        }
        Matcher asked = ASKED.matcher(message);
        Optional<Long> bytes = asked.find() ? Optional.of(bytes(asked, 1)) : Optional.empty();
        Matcher capacity = CAPACITY.matcher(message);
        Optional<DeviceMemory> memory = capacity.find()
                ? Optional.of(new DeviceMemory(bytes(capacity, 1), bytes(capacity, 3))) : Optional.empty();
        return Optional.of(new OutOfMemory(bytes, memory));
    }

    private static long bytes(Matcher matcher, int group) {
        double unit = switch (matcher.group(group + 1)) {
            case "KiB" -> 1L << 10;
            case "MiB" -> 1L << 20;
            case "GiB" -> GIBIBYTE;
            default -> 1;
        };
        return Math.round(Double.parseDouble(matcher.group(group)) * unit);
    }

    /** Returns what is free of what, in words that go on from "and"; empty if unknown. */
    String free() {
        return this.memory
            .map((known) -> gibibytes(known.freeBytes()) + " of " + gibibytes(known.totalBytes()) + " are free")
            .orElse("");
    }

    static String gibibytes(long bytes) {
        return String.format(Locale.ROOT, "%.2f GiB", bytes / GIBIBYTE);
    }

}
