package runtime.launch;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import linux.abi.Errno;
import linux.abi.OpenFlag;
import linux.netlink.AddressMessages;
import linux.netlink.LinkInfo;
import linux.netlink.LinkMessages;
import linux.netlink.MalformedReplyException;
import linux.netlink.PermanentAddress;
import linux.socket.NetlinkException;
import linux.socket.NetlinkSocket;
import linux.syscall.Descriptors;
import linux.syscall.SeparateThread;
import runtime.spec.Linux.NetDevice;

/**
 * Network devices of this process's network namespace that are moved into a container's (OCI
 * runtime-spec config-linux.md, network devices): with their permanent addresses, and up. The container
 * has them until its namespace ends; then the kernel gives hardware back and removes the rest.
 */
public final class NetworkDevices implements AutoCloseable {
    private static final Path OWN = Path.of("/proc/self/ns/net");

    private final int ours;
    private final int theirs;
    private final List<Moved> moved = new ArrayList<>();

    /** A device as it was, and its index inside. */
    private record Moved(LinkInfo link, List<PermanentAddress> addresses, int indexInside) {}

    private NetworkDevices(int ours, int theirs) {
        this.ours = ours;
        this.theirs = theirs;
    }

    /**
     * Moves devices in, all of them or none.
     *
     * @param devices by the name the host has for them
     * @param pid     of a process in the container's network namespace
     * @return what can be undone until it is closed
     * @throws IOException if the host has no such device, the name is taken inside, or the kernel leaves
     *                     no such device go
     */
    public static NetworkDevices moveIn(Map<String, NetDevice> devices, int pid) throws IOException {
        int ours = Descriptors.open(OWN, OpenFlag.O_RDONLY);
        NetworkDevices all = null;
        boolean done = false;
        try {
            all = new NetworkDevices(ours, Descriptors.open(
                    Path.of("/proc", Integer.toString(pid), "ns", "net"), OpenFlag.O_RDONLY));
            all.move(devices);
            done = true;
            return all;
        } finally {
            if (!done) {
                if (all == null) {
                    Descriptors.close(ours);
                } else {
                    try (NetworkDevices unwanted = all) {
                        unwanted.giveBack();
                    }
                }
            }
        }
    }

    private void move(Map<String, NetDevice> devices) throws IOException {
        try (NetlinkSocket here = NetlinkSocket.route(); NetlinkSocket there = inside()) {
            Map<String, LinkInfo> found = new LinkedHashMap<>();
            for (Map.Entry<String, NetDevice> device : devices.entrySet()) {
                found.put(device.getKey(), look(here, device.getKey()).orElseThrow(() ->
                        new IOException("the host has no network device " + device.getKey()
                                + " to move in; ip link lists those it has")));
                String wanted = device.getValue().name().orElse(device.getKey());
                if (look(there, wanted).isPresent()) {
                    throw new IOException("network device " + device.getKey() + " cannot be " + wanted
                            + " in the container, which has one of that name; choose another, or eth%d");
                }
            }
            for (Map.Entry<String, LinkInfo> device : found.entrySet()) {
                move(here, there, device.getValue(),
                        devices.get(device.getKey()).name().orElse(device.getKey()));
            }
        }
    }

    private void move(NetlinkSocket here, NetlinkSocket there, LinkInfo link, String name)
            throws IOException {
        List<PermanentAddress> addresses = addresses(here, link.index());
        Set<Integer> before = indexes(there);
        boolean done = false;
        try {
            here.request(LinkMessages.move(link.index(), theirs, name)
                    .because("the spec moves the host's " + link.name() + " into the container"));
            done = true;
        } catch (NetlinkException refused) {
            throw new IOException("network device " + link.name() + " cannot be moved into the container"
                    + (refused.is(Errno.EINVAL) ? ", its driver ties it to the host" : "") + ": "
                    + refused.getMessage(), refused);
        } finally {
            // What the kernel names only after the move may be there although it could not be named.
            Set<Integer> come = indexes(there);
            come.removeAll(before);
            if (come.size() == 1) {
                moved.add(new Moved(link, addresses, come.iterator().next()));
            } else if (done) {
                throw new IOException("network device " + link.name()
                        + " was moved into the container and cannot be found there");
            }
        }
        int index = moved.getLast().indexInside();
        for (PermanentAddress address : addresses) {
            there.request(address.giveTo(index));
        }
        there.request(LinkMessages.up(index));
    }

    /** A device's own index inside may be another, where that was taken. */
    private static Set<Integer> indexes(NetlinkSocket socket) throws IOException {
        Set<Integer> indexes = new HashSet<>();
        for (byte[] payload : socket.dump(LinkMessages.dump())) {
            indexes.add(link(payload).index());
        }
        return indexes;
    }

    private static Optional<LinkInfo> look(NetlinkSocket socket, String name) throws IOException {
        // A pattern is no device's name, and the kernel would say so.
        if (name.contains("%")) {
            return Optional.empty();
        }
        Optional<byte[]> payload = socket.get(LinkMessages.get(name), Errno.ENODEV);
        return payload.isEmpty() ? Optional.empty() : Optional.of(link(payload.get()));
    }

    private static List<PermanentAddress> addresses(NetlinkSocket socket, int index)
            throws IOException {
        List<PermanentAddress> addresses = new ArrayList<>();
        try {
            for (byte[] payload : socket.dump(AddressMessages.dump())) {
                PermanentAddress.decode(payload).filter(each -> each.linkIndex() == index)
                        .ifPresent(addresses::add);
            }
        } catch (MalformedReplyException malformed) {
            throw new IOException(malformed.getMessage(), malformed);
        }
        return addresses;
    }

    private static LinkInfo link(byte[] payload) throws IOException {
        try {
            return LinkInfo.decode(payload);
        } catch (MalformedReplyException malformed) {
            throw new IOException(malformed.getMessage(), malformed);
        }
    }

    /** The socket stays inside. */
    private NetlinkSocket inside() throws IOException {
        return SeparateThread.inNetwork(theirs, NetlinkSocket::route);
    }

    /**
     * Gives one that was moved in an address more, as the container's namespace has it.
     *
     * @param device       by the name the host had for it
     * @param prefixLength bits of the address that name its network
     * @throws IOException if none of that name was moved in, or the kernel refuses the address
     */
    public void give(String device, InetAddress address, int prefixLength) throws IOException {
        Moved found = moved.stream().filter(each -> each.link().name().equals(device)).findFirst().orElseThrow(() ->
                new IOException("no network device " + device + " was moved in that could have the address " + address.getHostAddress()));
        try (NetlinkSocket there = inside()) {
            there.request(AddressMessages.add(address, prefixLength, found.indexInside()));
        }
    }

    /**
     * Moves all back and gives them what they had, for a container that cannot be made after all.
     *
     * @throws IOException if one stays where it is, or has not all it had
     */
    public void giveBack() throws IOException {
        if (moved.isEmpty()) {
            return;
        }
        try (NetlinkSocket here = NetlinkSocket.route(); NetlinkSocket there = inside()) {
            for (Moved device : moved.reversed()) {
                there.request(LinkMessages.move(device.indexInside(), ours, device.link().name())
                        .because("the container is not made after all"));
                LinkInfo back = look(here, device.link().name()).orElseThrow(() -> new IOException(
                        "network device " + device.link().name() + " did not come back"));
                for (PermanentAddress address : device.addresses()) {
                    here.request(address.giveTo(back.index()));
                }
                if (device.link().up()) {
                    here.request(LinkMessages.up(back.index()));
                }
            }
        }
        moved.clear();
    }

    /** The devices stay where they are. */
    @Override
    public void close() {
        Descriptors.close(ours);
        Descriptors.close(theirs);
    }
}
