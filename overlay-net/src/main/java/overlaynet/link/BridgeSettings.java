package overlaynet.link;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;
import linux.netlink.LinkName;
import overlaynet.ipam.Subnet;

/**
 * What an agent's bridge is called and may be.
 *
 * @param linkName  name of the bridge
 * @param tableName name of the nftables table that belongs to it, of the family {@code inet}
 * @param subnet    the subnet it must have; if none is given, a free private one is chosen
 * @param gateway   its own address; the first of the subnet if none is given
 * @param ipv6      its IPv6 subnet and address, if it has them
 * @param internal  whether nothing leaves it
 * @param mtuBytes  largest packet; that of the host's uplink if none is given
 * @param peers     where the other nodes' parts are, if it is this node's part of a network they share
 */
public record BridgeSettings(String linkName, String tableName, Optional<Subnet> subnet,
        Optional<InetAddress> gateway, Optional<Bridge.Ipv6> ipv6, boolean internal,
        OptionalInt mtuBytes, Optional<Bridge.Peers> peers) {
    private static final Path DEFAULT_RUN_FOLDER = Path.of("/run/jctl");
    private static final int NAME_DIGITS = 6;
    private static final int NETWORK_DIGITS = 8;
    /** The limits come from the links' indexes, of which 16 bits are the address's place. */
    public static final int SHORTEST_PREFIX = 16;
    public static final int LONGEST_PREFIX = 29;

    /**
     * @throws IllegalArgumentException if a name cannot be used, or the subnet is too small or
     *     large
     */
    public BridgeSettings {
        LinkName.check(linkName);
        if (!tableName.matches("[a-z][a-z0-9_]{0,30}")) {
            throw new IllegalArgumentException("not an nftables table name: \"" + tableName + "\"");
        }
        subnet.ifPresent(BridgeSettings::checkSize);
    }

    /** One of IPv4 alone, with the rest left to the host. */
    public BridgeSettings(String linkName, String tableName, Optional<Subnet> subnet) {
        this(linkName, tableName, subnet, Optional.empty(), Optional.empty(), false,
                OptionalInt.empty(), Optional.empty());
    }

    /**
     * The names for an agent with that run folder: {@code jctl0} for {@code /run/jctl}, names of
     * their own for others, so that agents live side by side.
     */
    public static BridgeSettings forRunFolder(Path runFolder) {
        Path folder = runFolder.toAbsolutePath().normalize();
        if (folder.equals(DEFAULT_RUN_FOLDER)) {
            return new BridgeSettings("jctl0", "jctl", Optional.empty());
        }
        String digest = digest(folder.toString()).substring(0, NAME_DIGITS);
        return new BridgeSettings("jctl-" + digest, "jctl_" + digest, Optional.empty());
    }

    /** The name of the bridge of a further network, for who is given none. */
    public static String linkNameOf(String networkId) {
        return "jn-" + networkId.substring(0, NETWORK_DIGITS);
    }

    /** The name of the table of a further network. */
    public static String tableNameOf(String networkId) {
        return "jctl_n" + networkId.substring(0, NETWORK_DIGITS);
    }

    /** The id of the network an agent begins with; the same for the same names. */
    public String networkId() {
        return digest("network of " + linkName);
    }

    /** The same names with this subnet. */
    public BridgeSettings withSubnet(Subnet wanted) {
        return new BridgeSettings(linkName, tableName, Optional.of(wanted), gateway, ipv6,
                internal, mtuBytes, peers);
    }

    private static void checkSize(Subnet subnet) {
        if (!subnet.ipv4() || subnet.prefixLength() < SHORTEST_PREFIX
                || subnet.prefixLength() > LONGEST_PREFIX) {
            throw new IllegalArgumentException("the bridge's subnet " + subnet
                    + " must be IPv4, from /16 to /29");
        }
    }

    /** The address of a bridge with that subnet. */
    InetAddress gatewayIn(Subnet chosen) {
        return gateway.filter(chosen::contains).orElseGet(() -> chosen.at(1));
    }

    static String digest(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
