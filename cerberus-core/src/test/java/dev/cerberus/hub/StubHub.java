package dev.cerberus.hub;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * A hub on loopback that speaks the endpoints of the real one: a listing, files that it
 * sends itself, and large files that it redirects to a second server.
 */
final class StubHub implements AutoCloseable {

    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    private final HttpServer hub;

    private final HttpServer storage;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    private final Map<String, byte[]> files = new TreeMap<>();

    private final Map<String, String> promisedHashes = new TreeMap<>();

    private final Map<String, Long> promisedSizes = new TreeMap<>();

    private final Deque<Fault> faults = new ArrayDeque<>();

    private final CountDownLatch end = new CountDownLatch(1);

    final List<String> requests = Collections.synchronizedList(new ArrayList<>());

    final List<String> tokensAtStorage = Collections.synchronizedList(new ArrayList<>());

    private String requiredToken = "";

    private boolean gated;

    private boolean ranges = true;

    StubHub() throws IOException {
        this.hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        this.storage = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        this.hub.createContext("/", this::atHub);
        this.storage.createContext("/", this::atStorage);
        this.hub.setExecutor(this.threads);
        this.storage.setExecutor(this.threads);
        this.hub.start();
        this.storage.start();
    }

    String address() {
        return "http://localhost:" + this.hub.getAddress().getPort();
    }

    StubHub file(String name, String content) {
        return file(name, content.getBytes(StandardCharsets.UTF_8));
    }

    StubHub file(String name, byte[] content) {
        this.files.put(name, content);
        return this;
    }

    StubHub promiseHash(String name, String hash) {
        this.promisedHashes.put(name, hash);
        return this;
    }

    StubHub promiseSize(String name, long size) {
        this.promisedSizes.put(name, size);
        return this;
    }

    /** What goes wrong with the next requests for contents of large files, in turn. */
    StubHub then(Fault... next) {
        this.faults.addAll(Arrays.asList(next));
        return this;
    }

    StubHub requireToken(String token) {
        this.requiredToken = token;
        return this;
    }

    StubHub gate() {
        this.gated = true;
        return this;
    }

    StubHub withoutRanges() {
        this.ranges = false;
        return this;
    }

    private static boolean isLarge(String name) {
        return name.endsWith(".safetensors") || name.endsWith(".gguf");
    }

    private void atHub(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            this.requests.add(exchange.getRequestMethod() + " " + path);
            String token = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
            if (!this.requiredToken.isEmpty() && !token.equals("Bearer " + this.requiredToken)) {
                exchange.getResponseHeaders().set("X-Error-Code", "RepoNotFound");
                exchange.sendResponseHeaders(401, -1);
            }
            else if (this.gated) {
                exchange.getResponseHeaders().set("X-Error-Code", "GatedRepo");
                exchange.sendResponseHeaders(403, -1);
            }
            else if (path.equals("/api/models/old/tiny/revision/main")) {
                exchange.getResponseHeaders().set("Location", "/api/models/org/tiny/revision/main");
                exchange.sendResponseHeaders(307, -1);
            }
            else if (path.equals("/api/models/loop/tiny/revision/main")) {
                exchange.getResponseHeaders().set("Location", path);
                exchange.sendResponseHeaders(307, -1);
            }
            else if (path.equals("/api/models/html/tiny/revision/main")) {
                send(exchange, 200, "<!DOCTYPE html>".getBytes(StandardCharsets.UTF_8));
            }
            else if (exchange.getRequestURI()
                .getRawPath()
                .matches("/api/models/org/tiny/revision/(refs%2Fpr%2F3|feature%2Fx)")) {
                send(exchange, 200, listing().getBytes(StandardCharsets.UTF_8));
            }
            else if (path.equals("/api/models/org/tiny/revision/main")
                    || path.equals("/api/models/org/tiny/revision/" + COMMIT)) {
                send(exchange, 200, listing().getBytes(StandardCharsets.UTF_8));
            }
            else if (path.startsWith("/api/models/org/tiny/revision/")) {
                exchange.getResponseHeaders().set("X-Error-Code", "RevisionNotFound");
                exchange.sendResponseHeaders(404, -1);
            }
            else if (path.contains("/resolve/" + COMMIT + "/")) {
                file(exchange, path.substring(path.indexOf(COMMIT) + COMMIT.length() + 1));
            }
            else {
                exchange.getResponseHeaders().set("X-Error-Code", "RepoNotFound");
                exchange.sendResponseHeaders(404, -1);
            }
        }
    }

    private String listing() {
        StringBuilder siblings = new StringBuilder();
        this.files.keySet()
            .forEach((name) -> siblings.append(siblings.isEmpty() ? "" : ",")
                .append("{\"rfilename\":\"")
                .append(name)
                .append("\"}"));
        return "{\"sha\":\"" + COMMIT + "\",\"siblings\":[" + siblings + "]}";
    }

    private void file(HttpExchange exchange, String name) throws IOException {
        byte[] content = this.files.get(name);
        if (content == null) {
            exchange.getResponseHeaders().set("X-Error-Code", "EntryNotFound");
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        String hash = this.promisedHashes.getOrDefault(name, isLarge(name) ? sha256(content) : gitName(content));
        if (!isLarge(name)) {
            exchange.getResponseHeaders().set("ETag", "\"" + hash + "\"");
            send(exchange, 200, content);
            return;
        }
        exchange.getResponseHeaders().set("X-Linked-Etag", "\"" + hash + "\"");
        exchange.getResponseHeaders()
            .set("X-Linked-Size", String.valueOf(this.promisedSizes.getOrDefault(name, (long) content.length)));
        exchange.getResponseHeaders()
            .set("Location", "http://localhost:" + this.storage.getAddress().getPort() + "/blob/"
                    + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20"));
        exchange.sendResponseHeaders(302, -1);
    }

    private void atStorage(HttpExchange exchange) throws IOException {
        try (exchange) {
            String range = exchange.getRequestHeaders().getFirst("Range");
            this.requests.add("storage " + exchange.getRequestURI().getPath() + ((range != null) ? " " + range : ""));
            if (exchange.getRequestHeaders().containsKey("Authorization")) {
                this.tokensAtStorage.add(exchange.getRequestHeaders().getFirst("Authorization"));
            }
            byte[] content = this.files.get(exchange.getRequestURI().getPath().substring("/blob/".length()));
            Fault fault = this.faults.isEmpty() ? Fault.NONE : this.faults.removeFirst();
            if (fault.status != 0) {
                exchange.getResponseHeaders().set("Retry-After", "0");
                exchange.sendResponseHeaders(fault.status, -1);
                return;
            }
            int from = (range != null && this.ranges) ? Integer.parseInt(range.replaceAll("\\D", "")) : 0;
            if (from >= content.length && from > 0) {
                exchange.sendResponseHeaders(416, -1);
                return;
            }
            if (from > 0) {
                exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
            }
            exchange.sendResponseHeaders((from > 0) ? 206 : 200, content.length - from);
            try (OutputStream out = exchange.getResponseBody()) {
                int length = (fault == Fault.NONE) ? content.length - from : (content.length - from) / 2;
                out.write(content, from, length);
                out.flush();
                if (fault == Fault.STALL) {
                    this.end.await();
                }
            }
            catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, (body.length == 0) ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    static String sha256(byte[] content) {
        return hash("SHA-256", content);
    }

    static String gitName(byte[] content) {
        byte[] header = ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII);
        byte[] whole = Arrays.copyOf(header, header.length + content.length);
        System.arraycopy(content, 0, whole, header.length, content.length);
        return hash("SHA-1", whole);
    }

    private static String hash(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        }
        catch (NoSuchAlgorithmException ex) {
            throw new IllegalStateException(ex);
        }
    }

    @Override
    public void close() {
        this.end.countDown();
        this.hub.stop(0);
        this.storage.stop(0);
        this.threads.shutdownNow();
    }

    /** What goes wrong with a request. */
    enum Fault {

        NONE(0), CUT(0), STALL(0), BUSY(503), LIMITED(429), FORBIDDEN(403);

        private final int status;

        Fault(int status) {
            this.status = status;
        }

    }

}
