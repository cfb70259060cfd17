package clusterd.agent;

import java.io.IOException;

/**
 * Where somebody listens.
 *
 * @param host a name or address, IPv6 without brackets
 * @param port 1 to 65535
 */
public record HostAndPort(String host, int port) {
    private static final int LAST_PORT = 65_535;

    /**
     * Reads {@code HOST:PORT} or {@code [IPv6]:PORT}.
     *
     * @throws IOException if it is of another form
     */
    public static HostAndPort parse(String text) throws IOException {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        String port = text.substring(colon + 1);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.contains(":")) {
            host = "";
        }
        if (host.isEmpty() || port.isEmpty() || port.length() > 5 || !port.chars().allMatch(c -> c >= '0' && c <= '9')
                || Integer.parseInt(port) < 1 || Integer.parseInt(port) > LAST_PORT) {
            throw new IOException("\"" + text + "\" is no address: HOST:PORT or [IPv6]:PORT is expected, as"
                    + " 192.0.2.1:2377");
        }
        return new HostAndPort(host, Integer.parseInt(port));
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
