package dev.cerberus.hf;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files of a class path folder that says with a file {@value #SUMS} what they are, as
 * {@code sha256sum} writes it: unpacked once for all processes of a user.
 *
 * <p>
 * Immutable and thread-safe.
 */
/*
 * The directory is named by the hash of the sums, so that another set of files is another
 * directory. It is filled beside its place and moved there whole: whoever finds it finds
 * all of it. What it holds is compared with the sums at every start, since anybody who
 * may write there may have changed it. Who has to write waits for the others that do, and
 * looks again: a set that was just put in place is not taken for the damaged one.
 */
final class UnpackedFiles {

    static final String SUMS = "SHA256SUMS";

    private static final Logger LOGGER = LoggerFactory.getLogger(UnpackedFiles.class);

    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) [ *]([A-Za-z0-9][A-Za-z0-9._-]*)");

    private static final int NAME_DIGITS = 16;

    private static final Duration ABANDONED = Duration.ofDays(1);

    private static final Object WRITING = new Object(); // a file's lock is a process's,
                                                        // not a thread's

    private final ClassLoader loader;

    private final String folder;

    private final Map<String, String> sums; // by file name

    private final Path root;

    private final Path directory;

    private UnpackedFiles(ClassLoader loader, String folder, Map<String, String> sums, Path root, String key) {
        this.loader = loader;
        this.folder = folder;
        this.sums = sums;
        this.root = root;
        this.directory = root.resolve(key);
    }

    /**
     * Returns the unpacked files of a folder; what is missing or damaged is unpacked.
     * @param loader who finds the folder
     * @param folder a folder of the class path with a file of sums
     * @param root where unpacked folders are kept
     * @return a directory with all files that the sums name
     * @throws IOException if it can not be written, or the files are not what the sums
     * say
     */
    static Path in(ClassLoader loader, String folder, Path root) throws IOException {
        byte[] text = sums(loader, folder);
        String key = Sha256.of(text).substring(0, NAME_DIGITS);
        UnpackedFiles files = new UnpackedFiles(loader, folder, parse(new String(text, StandardCharsets.UTF_8)), root,
                key);
        if (!files.areWhole()) {
            synchronized (WRITING) {
                files.unpackAlone();
            }
        }
        return files.directory;
    }

    /**
     * Returns the only GGUF file that a folder's sums name; empty if they name none or
     * several, or the folder has no sums that can be read.
     */
    static Optional<String> onlyGguf(ClassLoader loader, String folder) {
        try {
            List<String> files = parse(new String(sums(loader, folder), StandardCharsets.UTF_8)).keySet()
                .stream()
                .filter((name) -> name.endsWith(GgufModel.SUFFIX))
                .toList();
            return (files.size() == 1) ? Optional.of(files.get(0)) : Optional.empty();
        }
        catch (IOException ex) {
            LOGGER.debug("{} does not say what is in it", folder, ex);
            return Optional.empty();
        }
    }

    private static byte[] sums(ClassLoader loader, String folder) throws IOException {
        try (InputStream in = open(loader, folder, SUMS)) {
            return in.readAllBytes();
        }
    }

    private static Map<String, String> parse(String text) throws IOException {
        Map<String, String> sums = new TreeMap<>();
        for (String line : text.lines().filter((each) -> !each.isBlank()).toList()) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                throw new IOException(SUMS + " has the line '" + line + "', which is not a hash and a file name");
            }
            sums.put(matcher.group(2), matcher.group(1));
        }
        return sums;
    }

    private static InputStream open(ClassLoader loader, String folder, String name) throws IOException {
        URL url = loader.getResource(folder + "/" + name);
        if (url == null) {
            throw new IOException("there is no " + name + " in " + folder + " of the class path");
        }
        return url.openStream();
    }

    private boolean areWhole() throws IOException {
        for (Map.Entry<String, String> entry : this.sums.entrySet()) {
            Path file = this.directory.resolve(entry.getKey());
            if (!Files.isRegularFile(file)) {
                return false;
            }
            try (InputStream in = Files.newInputStream(file)) {
                if (!hash(in).equals(entry.getValue())) {
                    LOGGER.warn("{} has been changed since it was unpacked; it is unpacked again", file);
                    return false;
                }
            }
            catch (NoSuchFileException ex) {
                return false; // another process is about to replace it
            }
        }
        return true;
    }

    private void unpackAlone() throws IOException {
        Files.createDirectories(this.root);
        try (FileChannel channel = FileChannel.open(this.root.resolve(temporaryPrefix() + "lock"),
                StandardOpenOption.CREATE, StandardOpenOption.WRITE); FileLock lock = lock(channel)) {
            LOGGER.debug("Unpacking under {}", lock);
            if (!areWhole()) {
                unpack();
            }
        }
    }

    /** Returns no lock where the file system has none: then the moves have to do. */
    private static @Nullable FileLock lock(FileChannel channel) {
        try {
            return channel.lock();
        }
        catch (IOException | OverlappingFileLockException ex) {
            LOGGER.debug("Unpacking without a lock", ex);
            return null;
        }
    }

    private void unpack() throws IOException {
        clearAbandoned();
        Path beside = Files.createTempDirectory(this.root, temporaryPrefix());
        try {
            for (Map.Entry<String, String> entry : this.sums.entrySet()) {
                try (InputStream in = open(this.loader, this.folder, entry.getKey());
                        DigestInputStream digested = new DigestInputStream(in, Sha256.begin())) {
                    Files.copy(digested, beside.resolve(entry.getKey()));
                    if (!hex(digested).equals(entry.getValue())) {
                        throw new IOException(entry.getKey() + " in " + this.folder
                                + " of the class path is not the file that " + SUMS + " names");
                    }
                }
            }
            moveToPlace(beside);
            LOGGER.info("Unpacked {} into {}", this.folder, this.directory);
        }
        finally {
            delete(beside);
        }
    }

    private void moveToPlace(Path beside) throws IOException {
        if (Files.exists(this.directory)) {
            Path aside = Files.createTempDirectory(this.root, temporaryPrefix());
            Files.move(this.directory, aside.resolve("damaged"), StandardCopyOption.ATOMIC_MOVE);
            delete(aside);
        }
        try {
            Files.move(beside, this.directory, StandardCopyOption.ATOMIC_MOVE);
        }
        catch (IOException ex) {
            if (!areWhole()) {
                throw ex;
            }
        }
    }

    private String temporaryPrefix() {
        return "." + this.directory.getFileName() + "-";
    }

    /** Removes what processes left that were ended while they unpacked. */
    private void clearAbandoned() throws IOException {
        Instant limit = Instant.now().minus(ABANDONED);
        List<Path> left;
        try (Stream<Path> entries = Files.list(this.root)) {
            left = entries.filter((entry) -> entry.getFileName().toString().startsWith(temporaryPrefix()))
                .filter(Files::isDirectory)
                .toList();
        }
        for (Path entry : left) {
            if (isOlder(entry, limit)) {
                delete(entry);
            }
        }
    }

    private static boolean isOlder(Path entry, Instant limit) throws IOException {
        try {
            return Files.getLastModifiedTime(entry).toInstant().isBefore(limit);
        }
        catch (NoSuchFileException ex) {
            return false; // removed meanwhile
        }
    }

    /** Removes a directory with all that is in it, as far as the system allows. */
    static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> entries = Files.walk(directory)) {
            for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(entry);
            }
        }
        catch (IOException | UncheckedIOException ex) {
            // Windows keeps mapped files; another process may be clearing up too
            LOGGER.debug("{} is not removed", directory, ex);
        }
    }

    private static String hash(InputStream in) throws IOException {
        try (DigestInputStream digested = new DigestInputStream(in, Sha256.begin())) {
            byte[] buffer = new byte[1 << 16];
            while (digested.read(buffer) >= 0) {
                // reading is hashing
            }
            return hex(digested);
        }
    }

    private static String hex(DigestInputStream digested) {
        return HexFormat.of().formatHex(digested.getMessageDigest().digest());
    }

}
