package dev.cerberus.djl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Whether a process may take addresses for more memory than it is going to use. Immutable
 * and thread-safe.
 */
/*
 * Linux gives a process memory when it writes to it, and takes addresses for nothing,
 * unless the machine is told to count them or the process has a limit of them. Windows
 * counts them.
 */
final class AddressSpace {

    /** {@code vm.overcommit_memory}: what is taken is counted, used or not. */
    private static final String COUNTED = "2";

    private static final String LIMIT = "Max address space";

    private final String system;

    private final Path overcommit;

    private final Path limits;

    /**
     * Creates a view of a system.
     * @param system the system's name, as Java has it
     * @param overcommit the file in which Linux says what it does with more than there is
     * @param limits the file in which Linux says the limits of this process
     */
    AddressSpace(String system, Path overcommit, Path limits) {
        this.system = system;
        this.overcommit = overcommit;
        this.limits = limits;
    }

    /** Returns that of this process. */
    static AddressSpace ofThisProcess() {
        return new AddressSpace(System.getProperty("os.name", ""), Path.of("/proc/sys/vm/overcommit_memory"),
                Path.of("/proc/self/limits"));
    }

    /** Returns whether addresses cost nothing here; false where that is not known. */
    boolean isFree() {
        if (!this.system.toLowerCase(Locale.ROOT).startsWith("linux")) {
            return false;
        }
        try {
            return !Files.readString(this.overcommit).strip().equals(COUNTED) && isUnlimited();
        }
        catch (IOException ex) {
            return false;
        }
    }

    private boolean isUnlimited() throws IOException {
        List<String> lines = Files.readAllLines(this.limits);
        return lines.stream()
            .filter((line) -> line.startsWith(LIMIT))
            .anyMatch((line) -> line.substring(LIMIT.length()).strip().startsWith("unlimited"));
    }

}
