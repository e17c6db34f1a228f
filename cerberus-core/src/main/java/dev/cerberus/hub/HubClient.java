package dev.cerberus.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * Requests to one hub. A token goes to the hub's own address only, never to where it
 * redirects. Thread-safe.
 */
final class HubClient {

    private static final JsonMapper MAPPER = new JsonMapper();

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);

    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    private static final int ATTEMPTS = 5;

    private static final int REDIRECTS = 8;

    private static final int MAX_LISTING_BYTES = 64 << 20;

    private final HubSettings settings;

    private final Duration pause;

    private final HttpClient http;

    /**
     * Creates a client.
     * @param settings which hub, and as whom
     * @param pause how long to wait before the second attempt; each further one waits
     * twice as long
     */
    HubClient(HubSettings settings, Duration pause) {
        this.settings = settings;
        this.pause = pause;
        this.http = settings.proxies()
            .configure(
                    HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).followRedirects(HttpClient.Redirect.NEVER))
            .build();
    }

    /**
     * Asks which files a revision has.
     * @throws HubException if there is no such repository or revision, or it may not be
     * read
     */
    HubRepository repository(HubLocation location) {
        URI uri = uri("/api/models/" + location.repository() + "/revision/", location.revision());
        JsonNode answer = retrying(location.repository(), (attempt) -> {
            HttpResponse<InputStream> response = get(uri, 0);
            try (InputStream body = response.body()) {
                require(response, location, "the repository");
                return MAPPER.readTree(body.readNBytes(MAX_LISTING_BYTES));
            }
            catch (JsonProcessingException ex) {
                throw new HubException(
                        this.settings.endpoint() + " does not answer as a hub does (" + ex.getOriginalMessage() + ")",
                        "correct the hub's address", ex);
            }
        });
        List<String> names = new ArrayList<>();
        answer.path("siblings").forEach((file) -> names.add(file.path("rfilename").asText()));
        names.removeIf((name) -> !HubFile.isPlain(name));
        return new HubRepository(answer.path("sha").asText(), names);
    }

    /**
     * Asks for size and hash of a file.
     * @throws HubException if the file can not be read
     */
    HubFile describe(HubLocation location, String commit, String name) {
        return retrying(name, (attempt) -> {
            URI uri = file(location, commit, name);
            String etag = "";
            long size = -1;
            for (int i = 0; i < REDIRECTS; i++) {
                HttpResponse<Void> response = this.http.send(
                        request(uri).method("HEAD", HttpRequest.BodyPublishers.noBody()).build(),
                        HttpResponse.BodyHandlers.discarding());
                etag = etag.isEmpty() ? response.headers().firstValue("X-Linked-Etag").orElse("") : etag;
                size = (size < 0) ? response.headers().firstValueAsLong("X-Linked-Size").orElse(-1) : size;
                Optional<URI> redirect = redirect(uri, response);
                if (redirect.isEmpty()) {
                    require(response, location, "the file " + name);
                    etag = etag.isEmpty() ? response.headers().firstValue("ETag").orElse("") : etag;
                    size = (size < 0) ? response.headers().firstValueAsLong("Content-Length").orElse(-1) : size;
                }
                if (redirect.isEmpty() || (!etag.isEmpty() && size >= 0)) {
                    return new HubFile(name, size, plain(etag));
                }
                uri = redirect.get();
            }
            throw redirectedInCircles();
        });
    }

    private static String plain(String etag) {
        return etag.replaceFirst("^W/", "").replace("\"", "").toLowerCase(Locale.ROOT);
    }

    /**
     * Asks for the content of a file.
     * @param from the first byte wanted
     * @return the answer, whose body the caller closes; its status is 200, 206 or 416
     * @throws IOException if it is worth trying again
     * @throws HubException if it is not
     */
    HttpResponse<InputStream> content(HubLocation location, String commit, HubFile file, long from)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> response = get(file(location, commit, file.name()), from);
        if (response.statusCode() != 416) {
            boolean accepted = false;
            try {
                require(response, location, "the file " + file.name());
                accepted = true;
            }
            finally {
                if (!accepted) {
                    response.body().close();
                }
            }
        }
        return response;
    }

    private URI file(HubLocation location, String commit, String name) {
        return uri("/" + location.repository() + "/resolve/" + commit + "/" + name, "");
    }

    /**
     * Makes an address.
     * @param path names with slashes between
     * @param last one more name, in which a slash is a letter
     */
    private URI uri(String path, String last) {
        String escaped = Arrays.stream(path.split("/", -1)).map(HubClient::escape).collect(Collectors.joining("/"));
        return URI.create(this.settings.endpoint() + escaped + escape(last));
    }

    private static String escape(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpResponse<InputStream> get(URI start, long from) throws IOException, InterruptedException {
        URI uri = start;
        for (int i = 0; i < REDIRECTS; i++) {
            HttpRequest.Builder request = request(uri).GET();
            if (from > 0) {
                request.header("Range", "bytes=" + from + "-");
            }
            HttpResponse<InputStream> response = this.http.send(request.build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            Optional<URI> redirect = redirect(uri, response);
            if (redirect.isEmpty()) {
                return response;
            }
            response.body().close();
            uri = redirect.get();
        }
        throw redirectedInCircles();
    }

    private HubException redirectedInCircles() {
        return new HubException(this.settings.endpoint() + " redirects in circles", "correct the hub's address");
    }

    private HttpRequest.Builder request(URI uri) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
            .timeout(ANSWER_TIMEOUT)
            .header("User-Agent", "cerberus")
            .header("Accept-Encoding", "identity");
        this.settings.proxies().authorization(uri).ifPresent((value) -> request.header("Proxy-Authorization", value));
        this.settings.token().filter((token) -> isHub(uri)).ifPresent((token) -> {
            try {
                request.header("Authorization", "Bearer " + token);
            }
            catch (IllegalArgumentException ex) {
                throw new HubException("the token holds characters that no token has",
                        "correct " + this.settings.tokenSetting());
            }
        });
        return request;
    }

    private boolean isHub(URI uri) {
        URI endpoint = this.settings.endpoint();
        return Objects.equals(uri.getScheme(), endpoint.getScheme())
                && Objects.equals(uri.getHost(), endpoint.getHost()) && uri.getPort() == endpoint.getPort();
    }

    private Optional<URI> redirect(URI from, HttpResponse<?> response) {
        int status = response.statusCode();
        Optional<String> target = response.headers().firstValue("Location");
        if (status < 300 || status > 399 || target.isEmpty()) {
            return Optional.empty();
        }
        URI to;
        try {
            to = from.resolve(target.get());
        }
        catch (IllegalArgumentException ex) {
            throw new HubException(from.getHost() + " redirects to something that is no URL",
                    "use the hub itself or another mirror", ex);
        }
        boolean secure = "https".equals(to.getScheme());
        if (!secure && (!"http".equals(to.getScheme()) || "https".equals(from.getScheme()))) {
            throw new HubException(from.getHost() + " redirects from https to " + to.getScheme(),
                    "use the hub itself or another mirror");
        }
        return Optional.of(to);
    }

    private void require(HttpResponse<?> response, HubLocation location, String what) throws BusyException {
        int status = response.statusCode();
        if (status == 200 || status == 206) {
            return;
        }
        String code = response.headers().firstValue("X-Error-Code").orElse("");
        String host = this.settings.endpoint().getHost();
        boolean token = this.settings.token().isPresent();
        String setting = this.settings.tokenSetting();
        String answering = response.uri().getHost();
        if (status == 407) {
            throw new HubException("the proxy between this machine and " + answering + " asks for a password",
                    "give it as HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT, and start Java with "
                            + "-Djdk.http.auth.tunneling.disabledSchemes=\"\", without which it sends none");
        }
        if (status == 403 && !isHub(response.uri())) {
            throw new HubException(
                    answering + ", to which " + host + " redirects for " + what + " of " + location + ", answers 403",
                    "have the network let requests through to " + answering);
        }
        if (code.equals("GatedRepo") || status == 403) {
            throw new HubException("access to " + location.repository() + " on " + host + " is gated",
                    "accept its conditions on its page, then set " + setting + " to a token of the same account"
                            + (token ? " (the present one was refused)" : ""));
        }
        if (status == 401) {
            throw new HubException(
                    token ? host + " does not accept the token"
                            : location.repository() + " does not exist on " + host + " or is private",
                    token ? "correct " + setting
                            : "correct the name, or set " + setting + " to a token that may read it");
        }
        if (code.equals("RevisionNotFound")) {
            throw new HubException(location.repository() + " has no revision " + location.revision(),
                    "name a branch, tag or commit that exists");
        }
        if (status == 404) {
            throw new HubException(what + " of " + location + " does not exist on " + host, "correct the name");
        }
        if (status == 408 || status == 429 || status >= 500) {
            throw new BusyException(host + " answers " + status + ((status == 429) ? " (too many requests)" : ""),
                    response.headers().firstValue("Retry-After").orElse(""));
        }
        throw new HubException(host + " answers " + status + " when asked for " + what + " of " + location,
                "correct the name or the hub's address");
    }

    /**
     * Tries something several times, with pauses, as long as it fails in a way that may
     * pass.
     * @param what what is fetched, for messages
     */
    <T> T retrying(String what, Attempt<T> attempt) {
        AtomicInteger failures = new AtomicInteger();
        while (true) {
            try {
                return attempt.run(failures);
            }
            catch (IOException ex) {
                int count = failures.incrementAndGet();
                if (count >= ATTEMPTS) {
                    throw new HubException(
                            what + " can not be fetched from " + this.settings.endpoint() + " (" + reason(ex) + ", "
                                    + count + " attempts)",
                            "check the network and try again; what was fetched is kept", ex);
                }
                pause(ex, count);
            }
            catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
                throw new HubException("fetching " + what + " was interrupted", "try again", ex);
            }
        }
    }

    private static String reason(IOException ex) {
        return (ex.getMessage() == null || ex.getMessage().isBlank()) ? ex.getClass().getSimpleName() : ex.getMessage();
    }

    private void pause(IOException failure, int count) {
        Duration wait = this.pause.multipliedBy(1L << (count - 1));
        if (failure instanceof BusyException busy && busy.wait.compareTo(wait) > 0) {
            wait = busy.wait;
        }
        try {
            Thread.sleep((wait.compareTo(LONGEST_PAUSE) < 0 ? wait : LONGEST_PAUSE).toMillis());
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new HubException("fetching was interrupted", "try again", ex);
        }
    }

    /** Something that may fail for a while. */
    interface Attempt<T> {

        /**
         * Runs once.
         * @param failures how often it failed without getting on; may be set to 0 after
         * getting on
         */
        T run(AtomicInteger failures) throws IOException, InterruptedException;

    }

    /** An answer that asks for patience. */
    private static final class BusyException extends IOException {

        private static final long serialVersionUID = 1L;

        private final transient Duration wait;

        BusyException(String message, String retryAfter) {
            super(message);
            this.wait = retryAfter.matches("\\d{1,6}") ? Duration.ofSeconds(Long.parseLong(retryAfter)) : Duration.ZERO;
        }

    }

}
