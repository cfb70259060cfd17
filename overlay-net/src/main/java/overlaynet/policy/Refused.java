package overlaynet.policy;

import java.net.InetAddress;
import java.util.OptionalInt;

/**
 * Packets that a network's policy refused, of the same ends and port.
 *
 * @param from        their source
 * @param to          where they were to go
 * @param protocol    as the kernel or its list of protocols calls it: {@code tcp}, {@code icmp}
 * @param port        asked for; of what has no ports 0
 * @param packets     how many, as long as it was tried again within a quarter of an hour
 * @param agoSeconds  since the last one
 * @param rule        which refused them; empty = the default
 */
public record Refused(InetAddress from, InetAddress to, String protocol, int port, long packets, long agoSeconds,
        OptionalInt rule) {
}
