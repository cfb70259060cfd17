package overlaynet.balance;

import java.net.InetAddress;

/**
 * Where one of a service's tasks listens.
 *
 * @param address in the network
 * @param port    1 to 65535; 0 = that of who connects
 */
public record Endpoint(InetAddress address, int port) {
    private static final int LARGEST_PORT = 65_535;

    /** @throws IllegalArgumentException if there is no such port */
    public Endpoint {
        if (port < 0 || port > LARGEST_PORT) {
            throw new IllegalArgumentException("port " + port + " is not from 0 to " + LARGEST_PORT);
        }
    }

    /** One that keeps the port of who connects. */
    static Endpoint any(InetAddress address) {
        return new Endpoint(address, 0);
    }
}
