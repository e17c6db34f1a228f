package dev.cerberus.text;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ids of tool calls: nine letters and digits, which is what the strictest templates
 * demand and no other minds. Models that write an id and no name tell the name by it:
 * {@code functions.NAME:NUMBER}. Thread-safe.
 */
final class ToolCallIds {

    private static final String SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static final int LENGTH = 9;

    /** What models that tell names by ids write before them. */
    static final String NAME_PREFIX = "functions.";

    private static final Pattern NUMBERED = Pattern.compile("functions\\..+:(\\d{1,6})");

    private static final SecureRandom RANDOM = new SecureRandom();

    private ToolCallIds() {
    }

    /** Returns a new id. */
    static String next() {
        byte[] bytes = new byte[LENGTH];
        RANDOM.nextBytes(bytes);
        return spell(bytes);
    }

    /**
     * Returns an id of this form for one of another form, always the same for the same.
     */
    static String of(String id) {
        if (id.length() == LENGTH && id.chars().allMatch((sign) -> SIGNS.indexOf(sign) >= 0)) {
            return id;
        }
        try {
            return spell(MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8)));
        }
        catch (NoSuchAlgorithmException ex) {
            throw new IllegalStateException("every Java has SHA-256", ex);
        }
    }

    /** Returns the number at the end of an id such as {@code functions.now:0}. */
    static OptionalInt number(String id) {
        Matcher numbered = NUMBERED.matcher(id);
        return numbered.matches() ? OptionalInt.of(Integer.parseInt(numbered.group(1))) : OptionalInt.empty();
    }

    /** Returns an id that tells the name of the tool and the number of the call. */
    static String numbered(String name, int number) {
        return NAME_PREFIX + name + ":" + number;
    }

    private static String spell(byte[] bytes) {
        StringBuilder id = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            id.append(SIGNS.charAt((bytes[i] & 0xFF) % SIGNS.length()));
        }
        return id.toString();
    }

}
