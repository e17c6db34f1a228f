package dev.cerberus.hub;

/** Hears how far a download has come. */
@FunctionalInterface
public interface PullProgress {

    /** Hears nothing. */
    PullProgress NONE = (file, done, total) -> {
    };

    /**
     * Called now and then, in the thread that fetches.
     * @param file the file that is fetched
     * @param done bytes of it that are there
     * @param total bytes it has
     */
    void advanced(String file, long done, long total);

}
