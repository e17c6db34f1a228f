package dev.cerberus.training;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A name for what a file of a work folder was made from. Used by one thread.
 */
final class Fingerprint {

    private static final int DIGITS = 12;

    private final MessageDigest digest;

    Fingerprint() {
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        }
        catch (NoSuchAlgorithmException ex) {
            throw new IllegalStateException("Every Java platform has SHA-256", ex);
        }
    }

    Fingerprint add(String text) {
        this.digest.update(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    Fingerprint add(int[] tokens) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * tokens.length + 4).putInt(tokens.length);
        for (int token : tokens) {
            bytes.putInt(token);
        }
        this.digest.update(bytes.flip());
        return this;
    }

    /** Returns the name of all that was added, hexadecimal digits; to be called once. */
    String name() {
        return HexFormat.of().formatHex(this.digest.digest()).substring(0, DIGITS);
    }

}
