package dev.cerberus.hub;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ProxyVariablesTests {

    private static final URI HUB = URI.create("https://huggingface.co/api");

    private static Proxy proxy(Map<String, String> environment, URI uri) {
        return ProxyVariables.of(environment).proxy(uri);
    }

    @ParameterizedTest
    @CsvSource({ "https_proxy, http://proxy:3128, 3128", "HTTPS_PROXY, http://proxy:3128/, 3128",
            "HTTPS_PROXY, http://proxy, 80", "https_proxy, proxy:8080, 8080", "all_proxy, proxy:8080, 8080",
            "ALL_PROXY, ' http://me:secret@proxy:8080 ', 8080" })
    void proxyIsThatOfTheVariable(String variable, String value, int port) {
        Proxy proxy = proxy(Map.of(variable, value), HUB);
        assertThat(proxy.type()).isEqualTo(Proxy.Type.HTTP);
        assertThat(proxy.address()).isInstanceOfSatisfying(InetSocketAddress.class, (address) -> {
            assertThat(address.getHostString()).isEqualTo("proxy");
            assertThat(address.getPort()).isEqualTo(port);
        });
    }

    @Test
    void variableOfTheSchemeComesBeforeThatOfAll() {
        Map<String, String> environment = Map.of("https_proxy", "one:1", "HTTP_PROXY", "two:2", "ALL_PROXY", "three:3");
        assertThat(proxy(environment, HUB).toString()).contains("one");
        assertThat(proxy(environment, URI.create("http://mirror.example/")).toString()).contains("two");
        assertThat(proxy(Map.of("ALL_PROXY", "three:3"), URI.create("http://mirror.example/")).toString())
            .contains("three");
        assertThat(proxy(Map.of("HTTP_PROXY", "two:2", "https_proxy", " "), HUB)).isEqualTo(Proxy.NO_PROXY);
    }

    @ParameterizedTest
    @CsvSource({ "huggingface.co, true", "'a.example, huggingface.co', true", ".co, true", "*.co, true", "*, true",
            "huggingface.co:443, true", "huggingface.co:8443, false", "face.co, false", "co.huggingface, false",
            "'', false", "HuggingFace.CO, true", "10.0.0.0/8, false" })
    void hostsThatAreExceptedAreAskedDirectly(String list, boolean directly) {
        assertThat(proxy(Map.of("https_proxy", "proxy:1", "no_proxy", list), HUB).equals(Proxy.NO_PROXY))
            .isEqualTo(directly);
        assertThat(proxy(Map.of("https_proxy", "proxy:1", "NO_PROXY", list), HUB).equals(Proxy.NO_PROXY))
            .isEqualTo(directly);
    }

    @ParameterizedTest
    @CsvSource({ "http://10.1.2.3/, 10.0.0.0/8, true", "http://10.1.2.3/, 10.2.0.0/16, false",
            "http://200.1.2.3/, 0.0.0.0/0, true", "http://200.1.2.3/, 200.1.2.3/32, true",
            "http://10.1.2.3:8080/, '10.1.2.3:8080', true", "http://[2001:db8::1]:80/, 2001:db8::1, true",
            "http://[2001:db8::80]:80/, 2001:db8:, false", "http://[2001:db8::1]/, [2001:db8::1], true" })
    void addressesAndNetworksAreExcepted(String uri, String list, boolean directly) {
        assertThat(proxy(Map.of("http_proxy", "proxy:1", "no_proxy", list), URI.create(uri)).equals(Proxy.NO_PROXY))
            .isEqualTo(directly);
    }

    /** As programs in C take them, which is what such variables are written for. */
    @ParameterizedTest
    @CsvSource({ "http://me:secret@proxy:1, me:secret", "me:secret@proxy:1/, me:secret",
            "http://office%5Cme:a%40b%3Ac@proxy:1, office\\me:a@b:c", "http://me:a@b/c#d?e@proxy:1, me:a@b/c#d?e",
            "http://me:50%+1@proxy:1, me:50%+1", "http://me@proxy:1, me:" })
    void passwordsAreThoseOfTheVariable(String value, String user) {
        ProxyVariables proxies = ProxyVariables.of(Map.of("https_proxy", value));
        assertThat(proxies.proxy(HUB).toString()).contains("proxy");
        assertThat(proxies.authorization(HUB))
            .contains("Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
        assertThat(proxies.authorization(URI.create("http://elsewhere/"))).isEmpty();
    }

    @Test
    void hostsMayHaveUnderscores() {
        assertThat(proxy(Map.of("https_proxy", "http://egress_proxy:3128"), HUB).toString()).contains("egress_proxy");
    }

    @ParameterizedTest
    @ValueSource(strings = { "http://localhost:8080/", "http://127.0.0.1/", "http://[::1]:80/" })
    void thisMachineIsAskedDirectly(String address) {
        assertThat(proxy(Map.of("http_proxy", "proxy:1"), URI.create(address))).isEqualTo(Proxy.NO_PROXY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = { "socks5://proxy:1080", "https://proxy:3128", "http://", "http://a b", "http://proxy:99999" })
    void proxyOfAnotherKindIsRefused(String value) {
        assertThatExceptionOfType(HubException.class).isThrownBy(() -> proxy(Map.of("HTTPS_PROXY", value), HUB))
            .withMessageContaining("HTTPS_PROXY")
            .withMessageContaining("http://HOST:PORT");
    }

    @Test
    void passwordsAreNotTold() {
        assertThat(ProxyVariables.of(Map.of("https_proxy", "http://me:secret@proxy")).toString())
            .doesNotContain("secret");
    }

}
