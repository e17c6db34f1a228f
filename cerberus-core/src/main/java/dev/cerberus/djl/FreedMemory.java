package dev.cerberus.djl;

import java.util.concurrent.atomic.AtomicBoolean;

import com.sun.jna.Function;
import com.sun.jna.Platform;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory that native code has freed and the C library keeps.
 *
 * <p>
 * Packing a model's weights frees several times their size. glibc keeps much of it for
 * later, which a process that has loaded its model has no use for. Thread-safe.
 */
final class FreedMemory {

    private static final Logger LOGGER = LoggerFactory.getLogger(FreedMemory.class);

    private static final AtomicBoolean MISSING = new AtomicBoolean(!Platform.isLinux());

    private FreedMemory() {
    }

    /** Gives what can be given back to the operating system, where the C library can. */
    static void giveBack() {
        if (MISSING.get()) {
            return;
        }
        try {
            Function.getFunction("c", "malloc_trim").invokeInt(new Object[] { 0L });
        }
        catch (UnsatisfiedLinkError | NoClassDefFoundError ex) { // another C library
            MISSING.set(true);
            LOGGER.debug("Freed memory stays with the C library: {}", ex.getMessage());
        }
    }

}
