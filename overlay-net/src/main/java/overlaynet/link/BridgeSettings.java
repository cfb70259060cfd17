package overlaynet.link;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import linux.netlink.LinkName;
import overlaynet.ipam.Subnet;

/**
 * What an agent's bridge is called and may be.
 *
 * @param linkName  name of the bridge
 * @param tableName name of the nftables table that belongs to it, of the family {@code inet}
 * @param subnet    the subnet it must have; if none is given, a free private one is chosen
 */
public record BridgeSettings(String linkName, String tableName, Optional<Subnet> subnet) {
    private static final Path DEFAULT_RUN_FOLDER = Path.of("/run/jctl");

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

    /**
     * The names for an agent with that run folder: {@code jctl0} for {@code /run/jctl}, names of
     * their own for others, so that agents live side by side.
     */
    public static BridgeSettings forRunFolder(Path runFolder) {
        Path folder = runFolder.toAbsolutePath().normalize();
        if (folder.equals(DEFAULT_RUN_FOLDER)) {
            return new BridgeSettings("jctl0", "jctl", Optional.empty());
        }
        String digest = digest(folder.toString()).substring(0, 6);
        return new BridgeSettings("jctl-" + digest, "jctl_" + digest, Optional.empty());
    }

    /** The same names with this subnet. */
    public BridgeSettings withSubnet(Subnet wanted) {
        return new BridgeSettings(linkName, tableName, Optional.of(wanted));
    }

    /** The limits come from the links' indexes, of which 16 bits are the address's place. */
    private static void checkSize(Subnet subnet) {
        if (!subnet.ipv4() || subnet.prefixLength() < 16 || subnet.prefixLength() > 29) {
            throw new IllegalArgumentException("the bridge's subnet " + subnet
                    + " must be IPv4, from /16 to /29");
        }
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
