package runtime.registry;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import runtime.image.Reference;

/**
 * One address at which a registry may answer.
 *
 * @param base {@code scheme://host[:port]}, with a path only for a mirror below one
 * @param trust what certificate is accepted
 * @param mirror true if another address is the real one; it gets no credentials
 */
record Endpoint(URI base, Trust trust, boolean mirror) {

    /** What certificates a TLS peer may show. */
    enum Trust { VERIFIED, ANY }

    private static final String DOCKER_HUB_HOST = "registry-1.docker.io";
    private static final Pattern LOOPBACK = Pattern.compile(
            "(?i)(localhost|127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}|\\[::1\\])(:[0-9]+)?");

    Endpoint {
        String text = base.toString();
        if (text.endsWith("/")) {
            base = URI.create(text.replaceFirst("/+$", ""));
        }
        String scheme = String.valueOf(base.getScheme());
        if (base.getHost() == null || !scheme.equals("https") && !scheme.equals("http")) {
            throw new IllegalArgumentException("not the http address of a host: " + text);
        }
    }

    /** The host and the port if it is written out: {@code localhost:5000}. */
    String host() {
        return base.getRawAuthority();
    }

    /**
     * The addresses of a registry in the order to try them. Where certificates need not be
     * verified, plain HTTP comes after HTTPS. Authorities configured for the registry are a reason
     * to verify even on loopback.
     *
     * @throws RegistryException if the registry's name cannot be the name of a host
     */
    static List<Endpoint> candidates(String registry, RegistrySettings settings,
            boolean ownAuthorities) throws RegistryException {
        String host = registry.equals(Reference.DOCKER_HUB) ? DOCKER_HUB_HOST : registry;
        List<Endpoint> endpoints = new ArrayList<>();
        boolean relaxed = isRelaxed(host, settings) && !(ownAuthorities && settings.tlsVerify());
        try {
            endpoints.add(new Endpoint(URI.create("https://" + host),
                    relaxed ? Trust.ANY : Trust.VERIFIED, false));
            if (relaxed) {
                endpoints.add(new Endpoint(URI.create("http://" + host), Trust.ANY, false));
            }
        } catch (IllegalArgumentException e) {
            throw new RegistryException(RegistryException.Reason.UNREACHABLE,
                    registry + " is not the name or address of a host", e);
        }
        return List.copyOf(endpoints);
    }

    /** The mirrors of a registry, in their configured order. */
    static List<Endpoint> mirrors(String registry, RegistrySettings settings) {
        return settings.mirrors().getOrDefault(registry, List.of()).stream()
                .map(base -> new Endpoint(base, isRelaxed(base.getRawAuthority(), settings)
                        ? Trust.ANY : Trust.VERIFIED, true))
                .toList();
    }

    /** True if {@code host[:port]} may be spoken to in plain HTTP or with any certificate. */
    static boolean isRelaxed(String host, RegistrySettings settings) {
        String bare = host.replaceFirst(":[0-9]+$", "");
        return !settings.tlsVerify()
                || LOOPBACK.matcher(host).matches()
                || settings.insecureRegistries().contains(host.toLowerCase(Locale.ROOT))
                || settings.insecureRegistries().contains(bare.toLowerCase(Locale.ROOT));
    }
}
