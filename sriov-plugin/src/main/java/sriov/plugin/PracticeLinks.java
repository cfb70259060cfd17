package sriov.plugin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import linux.abi.Errno;
import linux.netlink.HardwareAddress;
import linux.netlink.LinkInfo;
import linux.netlink.LinkMessages;
import linux.netlink.MalformedReplyException;
import linux.netlink.NetlinkRequest;
import linux.socket.NetlinkSocket;

/** Bridges and veth pairs of the network namespace in which it was made, whichever thread uses it later. */
final class PracticeLinks implements AutoCloseable {
    /** As an 82576 sends at most; a switch passes all that. */
    static final int MOST_MTU = 9_216;
    private static final int USUAL_MTU = 1_500;
    private static final Path IPV6_LINKS = Path.of("/proc/sys/net/ipv6/conf");

    private final NetlinkSocket socket = NetlinkSocket.route();

    PracticeLinks() throws IOException {
    }

    /**
     * A link that is there.
     *
     * @param otherEnd of a veth, by index; empty if that is in another namespace
     */
    record Found(LinkInfo info, OptionalInt otherEnd, List<String> altNames) {
        String name() {
            return info.name();
        }
    }

    private static Found found(byte[] payload) {
        try {
            return new Found(LinkInfo.decode(payload), LinkInfo.otherEnd(payload), LinkInfo.altNames(payload));
        } catch (MalformedReplyException malformed) {
            throw new UncheckedIOException(new IOException(malformed.getMessage(), malformed));
        }
    }

    /** Names that are none of a link find none. */
    Optional<Found> find(String name) throws IOException {
        return socket.get(LinkMessages.get(name), Errno.ENODEV).map(PracticeLinks::found);
    }

    Optional<Found> find(int index) throws IOException {
        return socket.get(LinkMessages.get(index), Errno.ENODEV).map(PracticeLinks::found);
    }

    List<Found> all() throws IOException {
        List<Found> all = new ArrayList<>();
        for (byte[] each : socket.dump(LinkMessages.dump())) {
            all.add(found(each));
        }
        return all;
    }

    /** One that is up. A container behind it must not pass for a router of its host (CVE-2020-13401), so it has no IPv6 of its own. */
    Found bridge(String name, HardwareAddress address) throws IOException {
        socket.request(LinkMessages.createBridge(name, address, USUAL_MTU));
        Path off = IPV6_LINKS.resolve(name).resolve("disable_ipv6");
        if (Files.exists(off)) {
            Files.writeString(off, "1");
        }
        return find(name).orElseThrow(() -> new IOException("bridge " + name + " was made and is gone again: see who deletes it"));
    }

    /** A cable from a bridge's port, which is up, to another end, which is not. */
    void pair(String port, Found bridge, String other, Optional<HardwareAddress> address) throws IOException {
        socket.request(LinkMessages.createVethPair(port, bridge.info().index(), MOST_MTU, other, address));
    }

    void move(Found port, Found bridge) throws IOException {
        socket.request(LinkMessages.setMaster(port.info().index(), bridge.info().index()));
    }

    /** One that is gone already is gone. */
    void delete(String name) throws IOException {
        socket.requestUnless(Errno.ENODEV, LinkMessages.delete(name));
    }

    void change(NetlinkRequest request) throws IOException {
        socket.request(request);
    }

    /** All links stay. */
    @Override
    public void close() {
        socket.close();
    }
}
