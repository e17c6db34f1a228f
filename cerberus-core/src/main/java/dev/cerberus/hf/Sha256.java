package dev.cerberus.hf;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The hash by which files are told apart.
 */
final class Sha256 {

    private Sha256() {
    }

    /** Returns a digest that has seen nothing. */
    static MessageDigest begin() {
        try {
            return MessageDigest.getInstance("SHA-256");
        }
        catch (NoSuchAlgorithmException ex) {
            throw new IllegalStateException("every Java platform has SHA-256", ex);
        }
    }

    /** Returns the hash of some bytes as 64 lower-case hexadecimal digits. */
    static String of(byte[] bytes) {
        return HexFormat.of().formatHex(begin().digest(bytes));
    }

}
