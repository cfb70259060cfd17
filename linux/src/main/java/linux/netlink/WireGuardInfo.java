package linux.netlink;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a WireGuard link has, as the kernel tells it. Its private key, which the kernel tells as well, is not read.
 *
 * @param publicKey of this end; empty if it has no key yet
 * @param port      of UDP it listens at; 0 = none yet
 * @param peers     in the kernel's order
 */
public record WireGuardInfo(Optional<WireGuardKey> publicKey, int port, List<WireGuardPeer> peers) {
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;
    private static final int PORT_OFFSET = 2;
    private static final int IPV4_OFFSET = 4;
    private static final int IPV6_OFFSET = 8;

    /** Copies the list. */
    public WireGuardInfo {
        peers = List.copyOf(peers);
    }

    /**
     * Reads the payloads of the answers to {@link WireGuardMessages#get}: what does not fit into one message goes on in
     * the next, a peer that is cut as well ({@code linux/wireguard.h}). What cannot be read is left out.
     */
    public static WireGuardInfo decode(List<byte[]> payloads) {
        Optional<WireGuardKey> own = Optional.empty();
        int port = 0;
        Map<WireGuardKey, WireGuardPeer> peers = new LinkedHashMap<>();
        for (byte[] payload : payloads) {
            Attributes device = Attributes.read(payload, WireGuardMessages.HEADER_BYTES);
            own = own.or(() -> key(device, WireGuardMessages.WGDEVICE_A_PUBLIC_KEY));
            port = device.bytes(WireGuardMessages.WGDEVICE_A_LISTEN_PORT).filter(each -> each.length >= Short.BYTES)
                    .map(WireGuardInfo::u16).orElse(port);
            for (Attributes each : device.nested(WireGuardMessages.WGDEVICE_A_PEERS).each(0)) {
                key(each, WireGuardMessages.WGPEER_A_PUBLIC_KEY).ifPresent(key -> {
                    List<WireGuardPeer.Prefix> allowed = new ArrayList<>(peers.containsKey(key) ? peers.get(key).allowed()
                            : List.of());
                    allowed.addAll(allowed(each));
                    peers.put(key, new WireGuardPeer(key, endpoint(each).or(() -> Optional.ofNullable(peers.get(key))
                            .flatMap(WireGuardPeer::endpoint)), allowed));
                });
            }
        }
        return new WireGuardInfo(own, port, List.copyOf(peers.values()));
    }

    /** One of zeros alone is none. */
    private static Optional<WireGuardKey> key(Attributes attributes, int type) {
        return attributes.bytes(type).filter(each -> each.length == WireGuardKey.BYTES
                && !Arrays.equals(each, new byte[WireGuardKey.BYTES])).map(WireGuardKey::of);
    }

    private static int u16(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getShort() & 0xffff;
    }

    private static List<WireGuardPeer.Prefix> allowed(Attributes peer) {
        List<WireGuardPeer.Prefix> allowed = new ArrayList<>();
        for (Attributes each : peer.nested(WireGuardMessages.WGPEER_A_ALLOWEDIPS).each(0)) {
            Optional<InetAddress> address = each.address(WireGuardMessages.WGALLOWEDIP_A_IPADDR);
            int length = each.bytes(WireGuardMessages.WGALLOWEDIP_A_CIDR_MASK).filter(bytes -> bytes.length > 0)
                    .map(bytes -> bytes[0] & 0xff).orElse(0);
            address.filter(its -> length <= its.getAddress().length * Byte.SIZE)
                    .ifPresent(its -> allowed.add(new WireGuardPeer.Prefix(its, length)));
        }
        return allowed;
    }

    /** {@code struct sockaddr_in} or {@code sockaddr_in6}. */
    private static Optional<WireGuardPeer.Endpoint> endpoint(Attributes peer) {
        byte[] bytes = peer.bytes(WireGuardMessages.WGPEER_A_ENDPOINT).orElse(new byte[0]);
        boolean ipv4 = bytes.length >= IPV4_OFFSET + IPV4_BYTES && u16(bytes) == Family.INET;
        boolean ipv6 = bytes.length >= IPV6_OFFSET + IPV6_BYTES && u16(bytes) == Family.INET6;
        if (!ipv4 && !ipv6) {
            return Optional.empty();
        }
        byte[] address = ipv4 ? Arrays.copyOfRange(bytes, IPV4_OFFSET, IPV4_OFFSET + IPV4_BYTES)
                : Arrays.copyOfRange(bytes, IPV6_OFFSET, IPV6_OFFSET + IPV6_BYTES);
        try {
            return Optional.of(new WireGuardPeer.Endpoint(InetAddress.getByAddress(address),
                    (bytes[PORT_OFFSET] & 0xff) << 8 | bytes[PORT_OFFSET + 1] & 0xff));
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("an address of " + address.length + " bytes", impossible);
        }
    }
}
