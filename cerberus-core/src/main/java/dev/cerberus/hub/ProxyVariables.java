package dev.cerberus.hub;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The proxies that the environment names, as most programs but Java heed them:
 * {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code ALL_PROXY} and {@code NO_PROXY}, in
 * capitals or not. Java's own settings, such as {@code https.proxyHost} or a
 * {@link ProxySelector} that the application has set, come first where there are any.
 * Immutable.
 */
public final class ProxyVariables {

    /** No proxies but those that Java's own settings name. */
    public static final ProxyVariables NONE = new ProxyVariables(Map.of());

    private static final int DEFAULT_PORT = 80;

    private static final int MAX_PORT = 65_535;

    private static final List<String> OF_JAVA = List.of("http.proxyHost", "https.proxyHost", "socksProxyHost");

    /** What a JVM has unless an application gave it another one. */
    private static final String SELECTOR_OF_JAVA = "sun.net.spi.DefaultProxySelector";

    private static final Pattern HOST_AND_PORT = Pattern.compile("(\\[[^\\s\\[\\]]+]|[^\\s:\\[\\]]+)(?::(\\d{1,5}))?");

    private static final Pattern NETWORK = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,3}){3})/(\\d{1,2})");

    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}");

    private final Map<String, String> environment;

    private ProxyVariables(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * Takes the proxies from environment variables.
     * @param environment variables by name
     * @return the proxies; whether they can be used shows when they are
     */
    public static ProxyVariables of(Map<String, String> environment) {
        return new ProxyVariables(Map.copyOf(environment));
    }

    /** Has a client heed the proxies, but for their passwords. */
    /*
     * Without an Authenticator: a client that has one sends no Authorization of its
     * caller's, and fails where a server answers 401 and does not say what it wants.
     */
    HttpClient.Builder configure(HttpClient.Builder client) {
        if (areOfJava()) {
            return client;
        }
        return client.proxy(new ProxySelector() {

            @Override
            public List<Proxy> select(URI uri) {
                return List.of(proxy(uri));
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException failure) {
                // is told to who asked
            }

        });
    }

    /** Returns whether proxies are set in Java, by an option or by the application. */
    private static boolean areOfJava() {
        ProxySelector selector = ProxySelector.getDefault();
        return OF_JAVA.stream().anyMatch((name) -> System.getProperty(name) != null)
                || Boolean.getBoolean("java.net.useSystemProxies") || selector == null
                || !selector.getClass().getName().equals(SELECTOR_OF_JAVA);
    }

    /**
     * Returns the proxy for an address.
     * @throws HubException if the variable for it names none that can be used
     */
    Proxy proxy(URI uri) {
        return named(uri).map((proxy) -> new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.host(), proxy.port())))
            .orElse(Proxy.NO_PROXY);
    }

    /**
     * Returns the {@code Proxy-Authorization} of a request, which the client gives to the
     * proxy alone; empty if there is no proxy, or it has no password.
     * @throws HubException if the variable for it names none that can be used
     */
    Optional<String> authorization(URI uri) {
        return areOfJava() ? Optional.empty() : named(uri).map(Named::user)
            .filter((user) -> !user.isEmpty())
            .map((user) -> "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
    }

    private Optional<Named> named(URI uri) {
        return goesDirectly(uri) ? Optional.empty() : named(uri.getScheme().toLowerCase(Locale.ROOT));
    }

    private Optional<Named> named(String scheme) {
        return Stream.of(scheme + "_proxy", "all_proxy")
            .flatMap((name) -> Stream.of(name, name.toUpperCase(Locale.ROOT)))
            .filter((name) -> !this.environment.getOrDefault(name, "").isBlank())
            .findFirst()
            .map((name) -> parse(name, this.environment.getOrDefault(name, "").strip()));
    }

    /*
     * Not as java.net.URI, for which a host has no underscore, as the names of containers
     * do, and a password no letters that are special in URLs.
     */
    private static Named parse(String variable, String value) {
        int scheme = value.indexOf("://");
        if (scheme >= 0 && !value.substring(0, scheme).equalsIgnoreCase("http")) {
            throw new HubException(
                    "the environment variable " + variable + " names no proxy that is spoken to by http, the only kind "
                            + "that models can be fetched through",
                    "name one as http://HOST:PORT, or take the hub's host into NO_PROXY");
        }
        String authority = (scheme < 0) ? value : value.substring(scheme + 3);
        int at = authority.lastIndexOf('@');
        Matcher place = HOST_AND_PORT.matcher(authority.substring(at + 1).replaceFirst("/.*", ""));
        int port = DEFAULT_PORT;
        boolean plain = place.matches();
        if (plain && place.group(2) != null) {
            port = Integer.parseInt(place.group(2));
        }
        if (!plain || port < 1 || port > MAX_PORT) {
            throw new HubException("the environment variable " + variable + " is not the URL of a proxy",
                    "correct it, such as http://HOST:PORT");
        }
        return new Named(place.group(1), port, (at < 0) ? "" : user(authority.substring(0, at)));
    }

    private static String user(String escaped) {
        int colon = escaped.indexOf(':');
        return (colon < 0) ? unescaped(escaped) + ":"
                : unescaped(escaped.substring(0, colon)) + ":" + unescaped(escaped.substring(colon + 1));
    }

    private static String unescaped(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        }
        catch (IllegalArgumentException ex) {
            return text; // was not escaped, and holds a percent sign
        }
    }

    /** Returns whether an address is of this machine, or among those in NO_PROXY. */
    private boolean goesDirectly(URI uri) {
        String host = withoutBrackets(String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT));
        if (host.equals("localhost") || host.startsWith("127.") || host.equals("::1")) {
            return true;
        }
        int port = (uri.getPort() >= 0) ? uri.getPort() : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
        String list = Stream.of("no_proxy", "NO_PROXY")
            .map((name) -> this.environment.getOrDefault(name, ""))
            .filter((value) -> !value.isBlank())
            .findFirst()
            .orElse("");
        return Arrays.stream(list.toLowerCase(Locale.ROOT).split("[,\\s]+"))
            .anyMatch((entry) -> isOf(entry, host)
                    || (entry.endsWith(":" + port) && (entry.startsWith("[") || !host.contains(":"))
                            && isOf(entry.substring(0, entry.lastIndexOf(':')), host)));
    }

    private static String withoutBrackets(String host) {
        return host.replaceFirst("^\\[(.*)]$", "$1");
    }

    private static boolean isOf(String entry, String host) {
        String domain = withoutBrackets(entry.replaceFirst("^\\*?\\.", ""));
        Matcher network = NETWORK.matcher(entry);
        if (network.matches()) {
            int bits = Math.min(Integer.SIZE, Integer.parseInt(network.group(2)));
            return ADDRESS.matcher(host).matches()
                    && (number(host) ^ number(network.group(1))) >>> (Integer.SIZE - bits) == 0;
        }
        return !domain.isEmpty() && (domain.equals("*") || host.equals(domain) || host.endsWith("." + domain));
    }

    /** Returns an address of IPv4 as a number. */
    private static long number(String address) {
        return Arrays.stream(address.split("\\.")).mapToLong(Long::parseLong).reduce(0, (all, one) -> all << 8 | one);
    }

    /** Says nothing of a password. */
    @Override
    public String toString() {
        return "ProxyVariables";
    }

    /**
     * A proxy that a variable names.
     *
     * @param host its host
     * @param port its port
     * @param user name and password with a colon between; empty for none
     */
    private record Named(String host, int port, String user) {
    }

}
