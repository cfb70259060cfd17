package linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalInt;

/**
 * Requests about WireGuard links ({@code linux/wireguard.h}; Linux 5.6), for a socket of the generic families. No
 * request's words show a private key; its bytes do.
 */
public final class WireGuardMessages {
    /** {@code struct genlmsghdr}: command, version, two bytes of nothing. */
    static final int HEADER_BYTES = 4;
    static final int WGDEVICE_A_IFNAME = 2;
    static final int WGDEVICE_A_PUBLIC_KEY = 4;
    static final int WGDEVICE_A_LISTEN_PORT = 6;
    static final int WGDEVICE_A_PEERS = 8;
    static final int WGPEER_A_PUBLIC_KEY = 1;
    static final int WGPEER_A_ENDPOINT = 4;
    static final int WGPEER_A_ALLOWEDIPS = 9;
    static final int WGALLOWEDIP_A_IPADDR = 2;
    static final int WGALLOWEDIP_A_CIDR_MASK = 3;
    private static final int WGDEVICE_A_PRIVATE_KEY = 3;
    private static final int WGPEER_A_FLAGS = 3;
    private static final int WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL = 5;
    private static final int WGALLOWEDIP_A_FAMILY = 1;
    private static final int WGPEER_F_REMOVE_ME = 1;
    private static final int WGPEER_F_REPLACE_ALLOWEDIPS = 1 << 1;
    private static final int WGPEER_F_UPDATE_ONLY = 1 << 2;
    private static final int WG_CMD_GET_DEVICE = 0;
    private static final int WG_CMD_SET_DEVICE = 1;
    private static final int VERSION = 1;
    private static final int NLA_F_NESTED = 0x8000;
    private static final String FAMILY_NAME = "wireguard";
    /** {@code linux/genetlink.h}: of the family that tells of the others. */
    private static final int GENL_ID_CTRL = 0x10;
    private static final int CTRL_CMD_GETFAMILY = 3;
    private static final int CTRL_ATTR_FAMILY_ID = 1;
    private static final int CTRL_ATTR_FAMILY_NAME = 2;
    /**
     * In seconds, the longest there is: what counts is that a peer that gets one is greeted at once, so that both have
     * a session before there is anything to send.
     */
    private static final int GREETING = 0xffff;
    private static final int CHANGE = MessageFlag.REQUEST | MessageFlag.ACK;

    private WireGuardMessages() {}

    /** Asks under which number the kernel takes the others, and loads the module if there is one; ENOENT if not. */
    public static NetlinkRequest family() {
        return header(GENL_ID_CTRL, MessageFlag.REQUEST, CTRL_CMD_GETFAMILY)
                .attributeName(CTRL_ATTR_FAMILY_NAME, FAMILY_NAME)
                .request("CTRL_CMD_GETFAMILY " + FAMILY_NAME, "tells whether the kernel has WireGuard");
    }

    /** Reads the payload of the answer to {@link #family}; empty if it names no number. */
    public static OptionalInt familyOf(byte[] payload) {
        byte[] number = Attributes.read(payload, HEADER_BYTES).bytes(CTRL_ATTR_FAMILY_ID).orElse(new byte[0]);
        return number.length < Short.BYTES ? OptionalInt.empty()
                : OptionalInt.of(ByteBuffer.wrap(number).order(ByteOrder.LITTLE_ENDIAN).getShort() & 0xffff);
    }

    /** Asks for all of a link; ENODEV if there is none of that name, EOPNOTSUPP if it is of another kind. */
    public static NetlinkRequest get(int family, String link) {
        return header(family, MessageFlag.REQUEST | MessageFlag.DUMP, WG_CMD_GET_DEVICE)
                .attributeName(WGDEVICE_A_IFNAME, LinkName.check(link))
                .request("WG_CMD_GET_DEVICE " + link, "tells its port and its peers");
    }

    /**
     * Gives a link its key and its port; sessions end at their next packet, peers stay.
     *
     * @param port of UDP; while the link is up EADDRINUSE if somebody has it
     */
    public static NetlinkRequest setDevice(int family, String link, WireGuardSecret secret, int port) {
        return device(family, link)
                .attribute(WGDEVICE_A_PRIVATE_KEY, secret.bytes())
                .attribute(WGDEVICE_A_LISTEN_PORT, u16(port))
                .request("WG_CMD_SET_DEVICE " + link + " public key " + secret.publicKey() + " listen-port " + port,
                        "peers know this node by that key, and send to that port");
    }

    /** Adds a peer, or changes all of one, and greets one that is new. */
    public static NetlinkRequest setPeer(int family, String link, WireGuardPeer peer) {
        MessageWriter writer = device(family, link);
        int peers = writer.begin(WGDEVICE_A_PEERS | NLA_F_NESTED);
        int one = writer.begin(NLA_F_NESTED);
        writer.attribute(WGPEER_A_PUBLIC_KEY, peer.key().bytes())
                .attributeU32(WGPEER_A_FLAGS, WGPEER_F_REPLACE_ALLOWEDIPS);
        peer.endpoint().ifPresent(each -> writer.attribute(WGPEER_A_ENDPOINT, endpoint(each)));
        writer.attribute(WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL, u16(GREETING));
        int allowed = writer.begin(WGPEER_A_ALLOWEDIPS | NLA_F_NESTED);
        for (WireGuardPeer.Prefix each : peer.allowed()) {
            int prefix = writer.begin(NLA_F_NESTED);
            writer.attribute(WGALLOWEDIP_A_FAMILY, u16(Family.of(each.address())))
                    .attributeAddress(WGALLOWEDIP_A_IPADDR, each.address())
                    .attributeU8(WGALLOWEDIP_A_CIDR_MASK, each.prefixLength())
                    .end(prefix);
        }
        writer.end(allowed).end(one).end(peers);
        return writer.request("WG_CMD_SET_DEVICE " + link + " " + peer.words(), "those addresses are behind that peer");
    }

    /** Greets a peer that is there already: after this end has another key, say. */
    public static NetlinkRequest greet(int family, String link, WireGuardKey key) {
        MessageWriter writer = device(family, link);
        int peers = writer.begin(WGDEVICE_A_PEERS | NLA_F_NESTED);
        for (int interval : new int[] {0, GREETING}) {
            int one = writer.begin(NLA_F_NESTED);
            writer.attribute(WGPEER_A_PUBLIC_KEY, key.bytes())
                    .attributeU32(WGPEER_A_FLAGS, WGPEER_F_UPDATE_ONLY)
                    .attribute(WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL, u16(interval))
                    .end(one);
        }
        return writer.end(peers).request("WG_CMD_SET_DEVICE " + link + " peer " + key + " persistent-keepalive " + GREETING,
                "a session begins before there is anything to send");
    }

    /** Takes a peer away; nothing happens if there is none of that key. */
    public static NetlinkRequest removePeer(int family, String link, WireGuardKey key) {
        MessageWriter writer = device(family, link);
        int peers = writer.begin(WGDEVICE_A_PEERS | NLA_F_NESTED);
        int one = writer.begin(NLA_F_NESTED);
        writer.attribute(WGPEER_A_PUBLIC_KEY, key.bytes())
                .attributeU32(WGPEER_A_FLAGS, WGPEER_F_REMOVE_ME)
                .end(one).end(peers);
        return writer.request("WG_CMD_SET_DEVICE " + link + " peer " + key + " remove", "nobody is known by that key");
    }

    private static MessageWriter device(int family, String link) {
        return header(family, CHANGE, WG_CMD_SET_DEVICE).attributeName(WGDEVICE_A_IFNAME, LinkName.check(link));
    }

    private static MessageWriter header(int family, int flags, int command) {
        return new MessageWriter(family, flags).u8(command).u8(VERSION).u16(0);
    }

    /** In the order of the processor. */
    private static byte[] u16(int value) {
        return new byte[] {(byte) value, (byte) (value >>> 8)};
    }

    /** {@code struct sockaddr_in}, or {@code sockaddr_in6} without flow and scope. */
    private static byte[] endpoint(WireGuardPeer.Endpoint endpoint) {
        byte[] address = endpoint.address().getAddress();
        ByteBuffer bytes = ByteBuffer.allocate(address.length == 4 ? 16 : 28).order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) Family.of(endpoint.address()))
                .put((byte) (endpoint.port() >>> 8)).put((byte) endpoint.port());
        if (address.length != 4) {
            bytes.putInt(0);
        }
        return bytes.put(address).array();
    }
}
