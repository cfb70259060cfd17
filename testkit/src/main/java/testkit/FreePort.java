package testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports of the loopback for servers that are told their port before they open it. */
public final class FreePort {
    /** Below the kernel's range of ports for outgoing connections, one of which could take it meanwhile. */
    private static final int FIRST = 12_000;
    private static final int END = 32_000;
    private static final int ATTEMPTS = 1_000;

    private FreePort() {}

    /** One that nobody has now, nor the next one. */
    public static int withNext() throws IOException {
        IOException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            try (ServerSocket first = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                    ServerSocket second = new ServerSocket()) {
                second.bind(new InetSocketAddress(first.getInetAddress(), port + 1));
                return port;
            } catch (IOException taken) {
                last = taken;
            }
        }
        throw new IOException("no port of the loopback is free between " + FIRST + " and " + END, last);
    }
}
