package dev.cerberus.hub;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which hub is asked, as whom, and where its files are kept. Immutable.
 *
 * @param endpoint the hub's address, without a slash at its end
 * @param token what shows that the caller may read gated or private models; never written
 * anywhere
 * @param tokenSetting what the token was given by, or would be, for messages: such as
 * {@code HF_TOKEN}
 * @param cache the folder of fetched models
 * @param proxies what is asked through which proxy
 */
public record HubSettings(URI endpoint, Optional<String> token, String tokenSetting, Path cache,
        ProxyVariables proxies) {

    /** The hub that is asked unless a setting names another one. */
    public static final String DEFAULT_ENDPOINT = "https://huggingface.co";

    private static final String TOKEN_VARIABLE = "HF_TOKEN";

    public HubSettings {
        String scheme = String.valueOf(endpoint.getScheme()).toLowerCase(Locale.ROOT);
        if (!Set.of("https", "http").contains(scheme) || endpoint.getHost() == null) {
            throw new HubException("the hub's address '" + endpoint + "' is not an http or https URL", "correct it");
        }
        endpoint = URI.create(endpoint.toString().replaceAll("/+$", ""));
        token = token.filter((text) -> !text.isBlank()).map(String::strip);
    }

    /**
     * Takes the settings from the environment variables that the hub's own tools read:
     * {@code HF_ENDPOINT}, {@code HF_TOKEN}, {@code HF_HUB_CACHE}, {@code HF_HOME}, and
     * those of proxies, such as {@code HTTPS_PROXY}.
     * @return the settings
     * @throws HubException if a variable is not what it should be
     */
    public static HubSettings ofEnvironment() {
        return of(System.getenv(), Path.of(System.getProperty("user.home", ".")));
    }

    static HubSettings of(Map<String, String> environment, Path home) {
        return new HubSettings(uri(variable(environment, "HF_ENDPOINT").orElse(DEFAULT_ENDPOINT)),
                variable(environment, TOKEN_VARIABLE), TOKEN_VARIABLE, cache(environment, home),
                ProxyVariables.of(environment));
    }

    /*
     * An existing cache of the hub's tools is shared. Where there is none, a folder of
     * this name among the user's caches: another program's folder is not made up.
     */
    private static Path cache(Map<String, String> environment, Path home) {
        Optional<Path> named = CacheFolder.variable(environment, home, "HF_HUB_CACHE")
            .or(() -> CacheFolder.variable(environment, home, "HF_HOME").map((folder) -> folder.resolve("hub")));
        if (named.isPresent()) {
            return named.get();
        }
        Path shared = CacheFolder.caches(environment, home).resolve("huggingface").resolve("hub");
        return Files.isDirectory(shared) ? shared : CacheFolder.of(environment, home).resolve("hub");
    }

    private static Optional<String> variable(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter((value) -> !value.isBlank());
    }

    private static URI uri(String endpoint) {
        try {
            return URI.create(endpoint.strip());
        }
        catch (IllegalArgumentException ex) {
            throw new HubException("the hub's address '" + endpoint + "' is not a URL", "correct it", ex);
        }
    }

    /**
     * Returns these settings with another hub.
     * @param address its address, such as that of a mirror
     */
    public HubSettings withEndpoint(String address) {
        return new HubSettings(uri(address), this.token, this.tokenSetting, this.cache, this.proxies);
    }

    /**
     * Returns these settings with another token.
     * @param newToken the token
     * @param setting what it was given by, which messages about it name
     */
    public HubSettings withToken(String newToken, String setting) {
        return new HubSettings(this.endpoint, Optional.of(newToken), setting, this.cache, this.proxies);
    }

    /** Returns these settings with another folder of fetched models. */
    public HubSettings withCache(Path folder) {
        return new HubSettings(this.endpoint, this.token, this.tokenSetting, folder, this.proxies);
    }

    @Override
    public String toString() {
        return "HubSettings[endpoint=" + this.endpoint + ", token=" + (this.token.isPresent() ? "set" : "none")
                + ", cache=" + this.cache + "]";
    }

}
