package clusterd.dashboard;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Who may see the dashboard: who knows its token, by a page of the dashboard itself, at an address of it. So neither
 * another page in the same browser, nor a name that was made to point here, nor another user of the host sees anything.
 */
final class Admission {
    /** Why a request is refused, and by which status of HTTP. */
    record Refusal(int status, String why) {
    }

    private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "[::1]");

    private final InetSocketAddress address;
    private final String token;

    Admission(InetSocketAddress address, String token) {
        this.address = address;
        this.token = token;
    }

    /** The cookie the token is kept in; browsers give one of the same name to every port of a host. */
    String cookieName() {
        return "jctl_dashboard_" + address.getPort();
    }

    /** What makes a browser keep it. */
    String cookie() {
        return cookieName() + "=" + token + "; Path=/; HttpOnly; SameSite=Strict";
    }

    /** Whether it is the token; takes as long for each that is not. */
    boolean isToken(String given) {
        return MessageDigest.isEqual(token.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Refuses what no browser of a user at this address sends.
     *
     * @param header the first header of that name, or null
     */
    Optional<Refusal> refusal(Function<String, String> header) {
        String host = header.apply("Host");
        if (host == null || !isOwn(withoutPort(host))) {
            return Optional.of(new Refusal(403, "this is the dashboard of " + printed(address)
                    + ": open the link that `jctl dashboard` prints, at that address or at localhost"));
        }
        String origin = header.apply("Origin");
        if (origin != null && !origin.equals("http://" + host)) {
            return Optional.of(new Refusal(403, "pages of other origins see nothing of the dashboard"));
        }
        return Optional.empty();
    }

    /** Refuses what comes from another page, and who does not have the token. */
    Optional<Refusal> refusalOfData(Function<String, String> header) {
        String site = header.apply("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            return Optional.of(new Refusal(403, "pages of other origins see nothing of the dashboard"));
        }
        return hasCookie(header.apply("Cookie")) ? Optional.empty() : Optional.of(new Refusal(401,
                "the dashboard shows itself to who has its link: `jctl dashboard` prints it"));
    }

    private boolean hasCookie(String cookies) {
        if (cookies == null) {
            return false;
        }
        boolean found = false;
        for (String each : cookies.split(";")) {
            int equals = each.indexOf('=');
            found |= equals > 0 && each.substring(0, equals).strip().equals(cookieName())
                    && isToken(each.substring(equals + 1).strip());
        }
        return found;
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }

    /** The port is not looked at: one that is forwarded is another. */
    private boolean isOwn(String host) {
        InetAddress own = address.getAddress();
        if (LOOPBACK.contains(host)) {
            return true;
        }
        // A name can be made to point anywhere; an address is itself.
        return own.isAnyLocalAddress() ? isLiteral(host) : host.equals(literal(own));
    }

    private static boolean isLiteral(String host) {
        return host.matches("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-fA-F:.]+\\]");
    }

    private static String literal(InetAddress address) {
        String text = address.getHostAddress();
        return text.contains(":") ? "[" + text + "]" : text;
    }

    /** As the address is written in a link. */
    static String printed(InetSocketAddress address) {
        InetAddress own = address.getAddress();
        return (own.isAnyLocalAddress() ? "127.0.0.1" : literal(own)) + ":" + address.getPort();
    }
}
