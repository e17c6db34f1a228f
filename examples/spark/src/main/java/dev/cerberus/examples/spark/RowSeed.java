package dev.cerberus.examples.spark;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The seed of a row: of its job and its id alone, so that a task that is run again, on
 * another executor or in another partition, writes the same text.
 */
final class RowSeed {

    private RowSeed() {
    }

    static long of(String job, String row) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            // the length keeps ("a", "bc") and ("ab", "c") apart
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(job.length()).array());
            digest.update(job.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest.digest(row.getBytes(StandardCharsets.UTF_8))).getLong();
        }
        catch (NoSuchAlgorithmException ex) {
            throw new IllegalStateException("Every Java has SHA-256", ex);
        }
    }

}
