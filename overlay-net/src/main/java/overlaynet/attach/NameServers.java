package overlaynet.attach;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The host's name servers ({@code resolv.conf(5)}). */
public final class NameServers {
    private static final Path HOST = Path.of("/etc/resolv.conf");
    /** Where systemd-resolved lists the servers behind its stub on 127.0.0.53. */
    private static final Path BEHIND_STUB = Path.of("/run/systemd/resolve/resolv.conf");

    private NameServers() {}

    /**
     * Those a container can reach: the host's, or those behind its local stub; empty if it has none
     * for others.
     */
    static List<InetAddress> ofHost() throws IOException {
        List<InetAddress> reachable = parse(read(HOST));
        return reachable.isEmpty() ? parse(read(BEHIND_STUB)) : reachable;
    }

    /** All of the host's, as one asks that runs on it: those on its loopback addresses as well. */
    public static List<InetAddress> ofHostItself() throws IOException {
        List<InetAddress> servers = new ArrayList<>();
        for (String line : read(HOST).lines().toList()) {
            String[] words = line.strip().split("[ \t]+");
            if (words.length >= 2 && words[0].equals("nameserver")) {
                try {
                    servers.add(InetAddress.ofLiteral(words[1]));
                } catch (IllegalArgumentException notAnAddress) {
                    continue; // the resolver of the C library skips such a line too
                }
            }
        }
        return servers;
    }

    /** The name servers named, without loopback addresses: those are the container's own. */
    static List<InetAddress> parse(String text) {
        List<InetAddress> servers = new ArrayList<>();
        for (String line : text.lines().toList()) {
            String[] words = line.strip().split("[ \t]+");
            if (words.length >= 2 && words[0].equals("nameserver")) {
                addReachable(servers, words[1]);
            }
        }
        return List.copyOf(servers);
    }

    private static void addReachable(List<InetAddress> servers, String literal) {
        try {
            InetAddress server = InetAddress.ofLiteral(literal);
            boolean shared = !server.isLoopbackAddress() && !server.isAnyLocalAddress()
                    && !server.isLinkLocalAddress();
            if (shared && !servers.contains(server)) {
                servers.add(server);
            }
        } catch (IllegalArgumentException notAnAddress) {
            return; // the resolver of the C library skips such a line too
        }
    }

    private static String read(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException none) {
            return "";
        }
    }
}
