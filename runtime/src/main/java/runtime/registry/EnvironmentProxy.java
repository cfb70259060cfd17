package runtime.registry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The proxies that an environment names, as other tools of the field understand it:
 * {@code HTTPS_PROXY}, {@code HTTP_PROXY}, and {@code NO_PROXY} with host names, domains with all
 * below them, and {@code *}. Loopback is never proxied.
 */
public final class EnvironmentProxy extends ProxySelector {
    private static final int DEFAULT_PORT = 3128;

    private final Map<String, Optional<Proxy>> byScheme;
    private final List<String> direct;

    private EnvironmentProxy(Map<String, Optional<Proxy>> byScheme, List<String> direct) {
        this.byScheme = byScheme;
        this.direct = direct;
    }

    /**
     * Empty if no proxy is named.
     *
     * @throws IllegalArgumentException naming the variable that is not an http address
     */
    public static Optional<ProxySelector> of(Map<String, String> environment) {
        Optional<Proxy> https = proxy(environment, "HTTPS_PROXY");
        Optional<Proxy> http = proxy(environment, "HTTP_PROXY");
        if (https.isEmpty() && http.isEmpty()) {
            return Optional.empty();
        }
        List<String> direct = List.of(
                value(environment, "NO_PROXY").toLowerCase(Locale.ROOT).split("[,\\s]+"));
        return Optional.of(new EnvironmentProxy(Map.of("https", https, "http", http), direct));
    }

    @Override
    public List<Proxy> select(URI uri) {
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        Optional<Proxy> proxy = byScheme.getOrDefault(
                uri.getScheme().toLowerCase(Locale.ROOT), Optional.empty());
        return List.of(isDirect(host) ? Proxy.NO_PROXY : proxy.orElse(Proxy.NO_PROXY));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException cause) {
        // The request itself fails with the same cause; there is no other proxy to turn to.
    }

    private boolean isDirect(String host) {
        if (host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]")) {
            return true;
        }
        return direct.stream().filter(entry -> !entry.isEmpty()).anyMatch(entry -> {
            String domain = entry.replaceFirst("^\\*?\\.", "");
            return entry.equals("*") || host.equals(domain) || host.endsWith("." + domain);
        });
    }

    private static Optional<Proxy> proxy(Map<String, String> environment, String name) {
        String text = value(environment, name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            URI uri = new URI(text.contains("://") ? text : "http://" + text);
            if (uri.getHost() != null && "http".equalsIgnoreCase(uri.getScheme())
                    && uri.getRawUserInfo() == null) {
                int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
                return Optional.of(new Proxy(Proxy.Type.HTTP,
                        InetSocketAddress.createUnresolved(uri.getHost(), port)));
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(name + " is not an address: " + e.getReason(), e);
        }
        throw new IllegalArgumentException(name + " must be http://HOST:PORT without a login;"
                + " other kinds of proxy are not supported");
    }

    private static String value(Map<String, String> environment, String name) {
        String lower = environment.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        return (lower.isEmpty() ? environment.getOrDefault(name, "") : lower).strip();
    }
}
