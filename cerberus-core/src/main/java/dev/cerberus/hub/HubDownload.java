package dev.cerberus.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The download of one file: goes on where an earlier one ended, and ends with the right
 * size and hash or not at all.
 */
final class HubDownload {

    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18})");

    private static final int BUFFER_BYTES = 1 << 18;

    private final HubClient client;

    private final HubLocation location;

    private final String commit;

    private final Duration patience;

    private final PullProgress progress;

    /**
     * Creates downloads of one commit.
     * @param patience how long nothing may arrive before the connection is given up
     */
    HubDownload(HubClient client, HubLocation location, String commit, Duration patience, PullProgress progress) {
        this.client = client;
        this.location = location;
        this.commit = commit;
        this.patience = patience;
        this.progress = progress;
    }

    /**
     * Fetches a file.
     * @param file what to fetch
     * @param target takes the content; what is in it already is taken for its beginning
     * @throws HubException if the file can not be fetched, or is another than it should
     * be
     * @throws IOException if the target can not be written
     */
    void fetch(HubFile file, Path target) throws IOException {
        Files.createDirectories(target.toAbsolutePath().getParent());
        if (!Files.exists(target)) {
            Files.createFile(target);
        }
        if (Files.size(target) > file.size()) {
            Files.delete(target);
            Files.createFile(target);
        }
        requireSpace(file, target);
        // a hub that always begins anew, and always ends at the same place, gets nowhere
        AtomicLong furthest = new AtomicLong(Files.size(target));
        this.client.retrying(file.name(), (failures) -> {
            while (Files.size(target) < file.size()) {
                receive(file, target, (reached) -> {
                    if (furthest.getAndAccumulate(reached, Math::max) < reached) {
                        failures.set(0);
                    }
                });
            }
            return target;
        });
        String hash = hash(file, target);
        if (!hash.equals(file.hash())) {
            Files.delete(target);
            throw new HubException(
                    "the file " + file.name() + " of " + this.location + " arrived with the hash " + hash
                            + " instead of " + file.hash(),
                    "try again, or use another mirror; what arrived was removed");
        }
        this.progress.advanced(file.name(), file.size(), file.size());
    }

    private static void requireSpace(HubFile file, Path target) throws IOException {
        FileStore store = Files.getFileStore(target);
        long needed = file.size() - Files.size(target);
        if (store.getUsableSpace() < needed) {
            throw new HubException(
                    "the file " + file.name() + " needs " + needed + " bytes, but only " + store.getUsableSpace()
                            + " are free at " + target.toAbsolutePath().getParent(),
                    "free space, or choose another folder");
        }
    }

    private void receive(HubFile file, Path target, LongConsumer reached) throws IOException, InterruptedException {
        long have = Files.size(target);
        HttpResponse<InputStream> response = this.client.content(this.location, this.commit, file, have);
        try (InputStream body = response.body(); StallGuard guard = new StallGuard(body, this.patience)) {
            long begin = begin(response, have);
            requireSize(response, file);
            if (begin != have) {
                have = 0;
            }
            if (begin != have) {
                throw new IOException("the hub sends the bytes from " + begin + " on instead of those from " + have);
            }
            try (OutputStream out = Files.newOutputStream(target,
                    (have == 0) ? StandardOpenOption.TRUNCATE_EXISTING : StandardOpenOption.APPEND)) {
                have += copy(file, body, out, have, guard, reached);
            }
            if (have < file.size()) {
                throw new IOException("the connection ended after " + have + " of " + file.size() + " bytes");
            }
        }
    }

    /** Where the answer begins; an answer that is no part begins at 0. */
    private static long begin(HttpResponse<?> response, long asked) throws IOException {
        if (response.statusCode() == 206) {
            Matcher range = range(response);
            return range.matches() ? Long.parseLong(range.group(1)) : asked;
        }
        if (response.statusCode() == 416) {
            throw new IOException("the hub has no bytes from " + asked + " on");
        }
        return 0;
    }

    private static Matcher range(HttpResponse<?> response) {
        return CONTENT_RANGE.matcher(response.headers().firstValue("Content-Range").orElse(""));
    }

    private void requireSize(HttpResponse<?> response, HubFile file) {
        Matcher range = range(response);
        long whole = (response.statusCode() != 206) ? response.headers().firstValueAsLong("Content-Length").orElse(-1)
                : range.matches() ? Long.parseLong(range.group(2)) : -1;
        if (whole >= 0 && whole != file.size()) {
            throw wrongSize(file, "has " + whole);
        }
    }

    private HubException wrongSize(HubFile file, String found) {
        return new HubException("the file " + file.name() + " of " + this.location + " " + found
                + " bytes where the hub promises " + file.size(), "try again, or use another mirror");
    }

    private long copy(HubFile file, InputStream body, OutputStream out, long have, StallGuard guard,
            LongConsumer reached) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long copied = 0;
        for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
            guard.moved();
            if (have + copied + count > file.size()) {
                throw wrongSize(file, "has more than " + file.size());
            }
            write(file, buffer, count, out);
            copied += count;
            reached.accept(have + copied);
            this.progress.advanced(file.name(), have + copied, file.size());
        }
        return copied;
    }

    /** What fails here is not the network's fault, and waiting does not help. */
    private void write(HubFile file, byte[] buffer, int count, OutputStream out) {
        try {
            out.write(buffer, 0, count);
        }
        catch (IOException ex) {
            throw new HubException(
                    "the file " + file.name() + " of " + this.location + " can not be written (" + ex + ")",
                    "check the folder, its permissions and the space there; what was fetched is kept", ex);
        }
    }

    /** Hashes a file the way its expected hash was made. */
    static String hash(HubFile file, Path content) throws IOException {
        MessageDigest digest = digest(file.isSha256() ? "SHA-256" : "SHA-1");
        if (!file.isSha256()) {
            // git hashes a header before the content
            digest.update(("blob " + Files.size(content) + "\0").getBytes(StandardCharsets.US_ASCII));
        }
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = Files.newInputStream(content)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        }
        catch (NoSuchAlgorithmException ex) {
            throw new IllegalStateException("Every Java platform has " + algorithm, ex);
        }
    }

}
