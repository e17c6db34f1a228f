package dev.cerberus.sampleapp;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that keep an application busy: whole answers, streams of which a part is left
 * half-read, and requests that have to be refused.
 */
final class SoakLoad implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final URI base;

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final List<Thread> clients = new ArrayList<>();

    private final AtomicLong answered = new AtomicLong();

    private final AtomicLong cancelled = new AtomicLong();

    private final AtomicLong refused = new AtomicLong();

    private final AtomicLong reconnected = new AtomicLong();

    private final ConcurrentLinkedQueue<String> unexpected = new ConcurrentLinkedQueue<>();

    private volatile boolean stopped;

    SoakLoad(URI base, int clients) {
        this.base = base;
        for (int i = 0; i < clients; i++) {
            Random random = new Random(i); // each client does the same in every run
            this.clients.add(new Thread(() -> ask(random), "soak-client-" + i));
        }
    }

    void start() {
        this.clients.forEach(Thread::start);
    }

    private void ask(Random random) {
        while (!this.stopped) {
            try {
                int kind = random.nextInt(100);
                if (kind < 40) {
                    whole(random);
                }
                else if (kind < 55) {
                    stream(random);
                }
                else if (kind < 88) {
                    vanish(random);
                }
                else {
                    bad(kind);
                }
            }
            catch (IOException ex) {
                this.unexpected.add(ex.toString());
            }
            catch (InterruptedException ex) {
                return;
            }
        }
    }

    private static String question(Random random) {
        int a = 2 + random.nextInt(90);
        int b = 2 + random.nextInt(90);
        return switch (random.nextInt(4)) {
            case 0 -> "What is " + a + " times " + b + "?";
            case 1 -> "Write a Python function add_" + a + " that adds " + b + " to all balances.";
            case 2 -> "Draft a thank-you note for " + a + " books. It comes from Brenda.";
            default -> "What is the capital of Turkey?";
        };
    }

    private static String body(String message) {
        return "{\"message\": \"" + message + "\"}";
    }

    private HttpRequest.Builder post(String path, String body) {
        return HttpRequest.newBuilder(this.base.resolve(path))
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body));
    }

    /**
     * Asks again where the server closed an idle connection while it was taken up again:
     * it has not seen the request then.
     */
    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
            throws IOException, InterruptedException {
        try {
            return this.http.send(request, handler);
        }
        catch (IOException ex) {
            if (ex.getMessage() == null || !ex.getMessage().contains("received no bytes")) {
                throw ex;
            }
            this.reconnected.incrementAndGet();
            return this.http.send(request, handler);
        }
    }

    private void whole(Random random) throws IOException, InterruptedException {
        count(send(post("/chat", body(question(random))).build(), BodyHandlers.ofString()).statusCode());
    }

    private void stream(Random random) throws IOException, InterruptedException {
        HttpResponse<String> response = send(post("/chat/stream", body(question(random))).build(),
                BodyHandlers.ofString());
        if (response.statusCode() == 200 && !response.body().contains("event:done")) {
            this.unexpected.add("a stream without an end");
        }
        count(response.statusCode());
    }

    private void count(int status) {
        if (status == 200) {
            this.answered.incrementAndGet();
        }
        else if (status == 503) {
            this.refused.incrementAndGet();
        }
        else {
            this.unexpected.add("status " + status);
        }
    }

    /** Goes before the answer is complete, from a stream or while waiting for a whole. */
    private void vanish(Random random) throws IOException, InterruptedException {
        if (random.nextBoolean()) {
            HttpResponse<InputStream> response = send(post("/chat/stream", body(question(random))).build(),
                    BodyHandlers.ofInputStream());
            try (InputStream in = response.body()) {
                in.readNBytes(1 + random.nextInt(200));
            }
        }
        else {
            var waiting = this.http.sendAsync(post("/chat", body(question(random))).build(), BodyHandlers.ofString());
            TimeUnit.MILLISECONDS.sleep(random.nextInt(100));
            waiting.cancel(true);
        }
        this.cancelled.incrementAndGet();
    }

    private void bad(int kind) throws IOException, InterruptedException {
        HttpRequest request = switch (kind % 4) {
            case 0 -> post("/chat", "{\"message\": ").build();
            case 1 -> post("/chat", body("word ".repeat(4000))).build();
            case 2 -> post("/chat", body("x".repeat(300_000))).build();
            default -> HttpRequest.newBuilder(this.base.resolve("/nope")).timeout(PATIENCE).build();
        };
        int status = send(request, BodyHandlers.ofString()).statusCode();
        if (status < 400 || (status >= 500 && status != 503)) {
            this.unexpected.add("status " + status + " for a bad request");
        }
        this.refused.incrementAndGet();
    }

    long answered() {
        return this.answered.get();
    }

    long cancelled() {
        return this.cancelled.get();
    }

    long refused() {
        return this.refused.get();
    }

    /** Returns how many requests met a connection that was being closed. */
    long reconnected() {
        return this.reconnected.get();
    }

    List<String> unexpected() {
        return List.copyOf(this.unexpected);
    }

    @Override
    public void close() throws InterruptedException {
        this.stopped = true;
        for (Thread client : this.clients) {
            client.join(PATIENCE.toMillis());
        }
    }

}
