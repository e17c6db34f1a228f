package dev.cerberus.hub;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Pulls through proxies. One is asked for whole addresses, which the stub of the hub
 * takes as its own; the hub's own address leads nowhere.
 */
class HubProxyTests {

    private static final HubLocation TINY = HubLocation.parse("org/tiny");

    @TempDir(cleanup = CleanupMode.ALWAYS)
    Path directory;

    private StubHub hub;

    @BeforeEach
    void start() throws IOException {
        this.hub = new StubHub();
        this.hub.file("config.json", "{}").file("tokenizer.json", "{}").file("model.safetensors", "weights");
    }

    @AfterEach
    void stop() {
        this.hub.close();
    }

    private HubPull puller(Map<String, String> variables) {
        Map<String, String> environment = new HashMap<>(variables);
        environment.put("HF_ENDPOINT", "http://hub.invalid");
        environment.put("HF_HUB_CACHE", this.directory.resolve("cache").toString());
        return new HubPull(HubSettings.of(environment, this.directory), Duration.ofMillis(1), Duration.ofMillis(400));
    }

    private Path pull(Map<String, String> variables) {
        return puller(variables).pull(TINY, PullProgress.NONE);
    }

    private void assertRefused(Map<String, String> variables, String message) {
        assertThatExceptionOfType(HubException.class).isThrownBy(() -> pull(variables))
            .withMessageStartingWith(message);
    }

    private static HttpServer proxy(HttpHandler handler) throws IOException {
        HttpServer proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.createContext("/", handler);
        proxy.start();
        return proxy;
    }

    @Test
    void pullGoesThroughTheProxyThatTheEnvironmentNames() {
        Path folder = pull(Map.of("http_proxy", this.hub.address()));
        assertThat(folder.resolve("model.safetensors")).hasContent("weights");
    }

    @Test
    void proxyThatAsksForAPasswordIsToldAsOne() throws IOException {
        List<String> passwords = Collections.synchronizedList(new ArrayList<>());
        HttpServer proxy = proxy((exchange) -> {
            String password = exchange.getRequestHeaders().getFirst("Proxy-Authorization");
            passwords.add(String.valueOf(password));
            exchange.getResponseHeaders().set("Proxy-Authenticate", "Basic realm=\"office\"");
            exchange.sendResponseHeaders(407, -1);
            exchange.close();
        });
        try {
            String address = "localhost:" + proxy.getAddress().getPort();
            String asked = "the proxy between this machine and hub.invalid asks for a password; give it";
            assertRefused(Map.of("HTTP_PROXY", address), asked);
            assertThat(passwords).containsOnly("null");
            assertRefused(Map.of("HTTP_PROXY", "http://me:secret@" + address), asked);
            assertThat(passwords).contains("Basic bWU6c2VjcmV0");
        }
        finally {
            proxy.stop(0);
        }
    }

    @Test
    void variableThatNamesNoProxyIsTold() {
        assertRefused(Map.of("HTTP_PROXY", "socks5://localhost:1"),
                "the environment variable HTTP_PROXY names no proxy");
    }

    /** A client with an authenticator would send neither. */
    @Test
    void tokenGoesThroughAProxyWithAPassword() throws IOException {
        List<String> headers = Collections.synchronizedList(new ArrayList<>());
        HttpServer proxy = proxy((exchange) -> {
            headers.add(exchange.getRequestHeaders().getFirst("Authorization"));
            headers.add(exchange.getRequestHeaders().getFirst("Proxy-Authorization"));
            exchange.sendResponseHeaders(401, -1);
            exchange.close();
        });
        try {
            assertRefused(
                    Map.of("HF_TOKEN", "hf_1", "HTTP_PROXY",
                            "http://me:secret@localhost:" + proxy.getAddress().getPort()),
                    "hub.invalid does not accept the token");
            assertThat(headers).containsExactly("Bearer hf_1", "Basic bWU6c2VjcmV0");
        }
        finally {
            proxy.stop(0);
        }
    }

    @Test
    void whatIsThereNeedsNoProxy() {
        pull(Map.of("http_proxy", this.hub.address()));
        HubPull later = puller(Map.of("http_proxy", "socks5://localhost:1"));
        assertThatCode(() -> later.pullIfMissing(TINY, PullProgress.NONE)).doesNotThrowAnyException();
    }

    @Test
    void selectorThatTheApplicationHasSetIsHeeded() {
        ProxySelector before = ProxySelector.getDefault();
        InetSocketAddress address = new InetSocketAddress("localhost", URI.create(this.hub.address()).getPort());
        ProxySelector.setDefault(new ProxySelector() {

            @Override
            public List<Proxy> select(URI uri) {
                return List
                    .of("hub.invalid".equals(uri.getHost()) ? new Proxy(Proxy.Type.HTTP, address) : Proxy.NO_PROXY);
            }

            @Override
            public void connectFailed(URI uri, SocketAddress of, IOException failure) {
                throw new AssertionError(failure);
            }

        });
        try {
            assertThat(pull(Map.of("HTTP_PROXY", "socks5://unused:1"))).isDirectory();
        }
        finally {
            ProxySelector.setDefault(before);
        }
    }

}
