package dev.cerberus.hub;

/**
 * What a hub says about one file of a repository. Its hash is what the content is called
 * in the cache: SHA-256 (64 digits) for large files, the object name that git gives small
 * ones (40 digits).
 *
 * @param name the path within the repository, with a slash between folders
 * @param size length in bytes
 * @param hash hexadecimal digits
 */
record HubFile(String name, long size, String hash) {

    private static final int SHA256_DIGITS = 64;

    HubFile {
        requirePlain(name);
        if (!hash.matches("[0-9a-f]{64}|[0-9a-f]{40}")) {
            throw new HubException("the hub gives no hash for the file " + name + ", only '" + hash + "'",
                    "use the hub itself or another mirror");
        }
        if (size < 0) {
            throw new HubException("the hub gives no size for the file " + name,
                    "use the hub itself or another mirror");
        }
    }

    /**
     * Checks that a name can not lead out of the folder it is put in.
     * @return the name
     */
    static String requirePlain(String name) {
        if (!isPlain(name)) {
            throw new HubException("the hub lists a file named '" + name + "', which is no plain name",
                    "do not use this repository");
        }
        return name;
    }

    /** Whether a name can not lead out of the folder it is put in. */
    static boolean isPlain(String name) {
        return name.matches("[^/\\\\\\p{Cntrl}:]+(/[^/\\\\\\p{Cntrl}:]+)*") && !name.matches("(.*/)?\\.\\.?(/.*)?");
    }

    boolean isSha256() {
        return this.hash.length() == SHA256_DIGITS;
    }

}
