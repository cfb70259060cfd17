package overlaynet.link;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The host's own settings a bridge needs ({@code ip-sysctl.rst} of the kernel's documentation). */
final class Forwarding {
    private static final Path IPV4 = Path.of("/proc/sys/net/ipv4/ip_forward");
    private static final Path IPV6_LINKS = Path.of("/proc/sys/net/ipv6/conf");

    private Forwarding() {}

    /** Makes the host pass packets on; what cannot be is told, a sentence each. */
    static List<String> enable(boolean ipv6) {
        List<String> warnings = new ArrayList<>();
        try {
            turnOn(false);
        } catch (IOException refused) {
            warnings.add("containers reach this host only: IPv4 forwarding is off and cannot be"
                    + " turned on (" + refused + "); as root: sysctl -w net.ipv4.ip_forward=1");
        }
        if (ipv6) {
            try {
                turnOn(true);
            } catch (IOException refused) {
                warnings.add("containers reach this host only by IPv6: forwarding is off and cannot"
                        + " be turned on (" + refused
                        + "); as root: sysctl -w net.ipv6.conf.all.forwarding=1");
            }
        }
        return warnings;
    }

    /** Whether packets of that family are not passed on; not where there is no such family. */
    static boolean isOff(boolean ipv6) throws IOException {
        Path setting = setting(ipv6);
        return Files.exists(setting) && Files.readString(setting).strip().equals("0");
    }

    static void turnOn(boolean ipv6) throws IOException {
        if (ipv6) {
            keepRouters();
        }
        turnOn(setting(ipv6));
    }

    private static Path setting(boolean ipv6) {
        return ipv6 ? IPV6_LINKS.resolve("all/forwarding") : IPV4;
    }

    private static void turnOn(Path setting) throws IOException {
        if (Files.readString(setting).strip().equals("0")) {
            Files.writeString(setting, "1");
        }
    }

    /**
     * A host that forwards stops listening to routers where {@code accept_ra} is 1: it would lose
     * its own way out. With 2 it goes on.
     */
    private static void keepRouters() throws IOException {
        if (!Files.readString(IPV6_LINKS.resolve("all/forwarding")).strip().equals("0")) {
            return;
        }
        try (DirectoryStream<Path> links = Files.newDirectoryStream(IPV6_LINKS)) {
            for (Path link : links) {
                Path accept = link.resolve("accept_ra");
                if (!link.endsWith("all") && Files.readString(accept).strip().equals("1")) {
                    Files.writeString(accept, "2");
                }
            }
        }
    }

    /** A container must not pass for a router of its host (CVE-2020-13401). */
    static void refuseRouters(String link) throws IOException {
        Path accept = IPV6_LINKS.resolve(link).resolve("accept_ra");
        if (Files.exists(accept)) {
            Files.writeString(accept, "0");
        }
    }
}
