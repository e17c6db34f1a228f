package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import ai.djl.engine.EngineException;

import dev.cerberus.advice.Advice;
import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;
import dev.cerberus.model.ModelException;

/**
 * What libtorch says of a device's memory when it has too little of it. Immutable.
 *
 * @param askedBytes what was wanted; empty if it does not say
 * @param memory the device's memory; empty if it does not say
 */
record OutOfMemory(Optional<Long> askedBytes, Optional<DeviceMemory> memory) {

    private static final String SIZE = "([\\d.]+) (bytes|KiB|MiB|GiB)";

    /** How the allocators of devices and of CPUs on Linux, macOS and Windows say it. */
    private static final List<String> SAID = List.of("out of memory", "can't allocate memory", "not enough memory");

    private static final Pattern ASKED = Pattern.compile("ried to allocate " + SIZE);

    private static final Pattern CAPACITY = Pattern.compile("total capacity of " + SIZE + " of which " + SIZE);

    private static final double GIBIBYTE = 1L << 30;

    /** Returns whether a message of libtorch says that memory has run out. */
    static boolean says(String message) {
        return SAID.stream().anyMatch(message::contains);
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

    /**
     * Returns what is told when a model does not fit.
     * @param device the device's name
     * @param precision the model's number format
     * @param weightBytes what its weights take
     * @param shorter a shorter format that works there; empty if there is none
     */
    Advice atLoad(String device, String precision, long weightBytes, Optional<String> shorter) {
        List<Remedy> remedies = new ArrayList<>();
        shorter.ifPresent((format) -> remedies.add(Remedy.of("set", Setting.PRECISION, "to " + format)));
        remedies.add(Remedy.of("lower", Setting.MAX_CONTEXT));
        remedies.add(Remedy.of("end what else uses the memory"));
        remedies.add(Remedy.of("take a smaller model"));
        remedies.add(Remedy.of("take another", Setting.DEVICE));
        return new Advice("The model does not fit on " + device + ": its weights in " + precision + " take about "
                + gibibytes(weightBytes) + room(), remedies);
    }

    /**
     * Returns what is told to a request that there is no memory for.
     * @param device the device's name
     */
    Advice inAStep(String device) {
        return Advice.of("There was no memory left on " + device + " for this request" + room() + "; others go on",
                Remedy.of("ask for less at a time"), Remedy.of("lower", Setting.KV_CACHE_TOKENS),
                Remedy.of("lower", Setting.MAX_CONCURRENT));
    }

    /**
     * Returns what is thrown when there is no memory for keys and values.
     * @param size how much was to be kept
     * @param cause what libtorch says
     */
    static ModelException ofCache(String size, EngineException cause) {
        return new ModelException(Advice.of("No memory for a KV cache of " + size, Remedy.of("ask for less at a time"),
                Remedy.of("lower", Setting.KV_CACHE_TOKENS), Remedy.of("lower", Setting.MAX_CONTEXT)), cause);
    }

    private String room() {
        StringJoiner room = new StringJoiner(" and ", " (", ")").setEmptyValue("");
        this.askedBytes.ifPresent((bytes) -> room.add(gibibytes(bytes) + " more were asked for"));
        this.memory.ifPresent((known) -> room
            .add(gibibytes(known.freeBytes()) + " of " + gibibytes(known.totalBytes()) + " were free"));
        return room.toString();
    }

    private static String gibibytes(long bytes) {
        return String.format(Locale.ROOT, "%.2f GiB", bytes / GIBIBYTE);
    }

}
