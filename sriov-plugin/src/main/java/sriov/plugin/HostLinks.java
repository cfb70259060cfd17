package sriov.plugin;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import linux.abi.Errno;
import linux.netlink.HardwareAddress;
import linux.netlink.LinkInfo;
import linux.netlink.LinkMessages;
import linux.netlink.MalformedReplyException;
import linux.netlink.NetlinkRequest;
import linux.netlink.VirtualFunctionMessages;
import linux.netlink.VirtualFunctionState;
import linux.socket.NetlinkSocket;
import sriov.grant.Step;

/** Links by rtnetlink, in the calling thread's network namespace, which must be the host's. */
public final class HostLinks implements Links {
    @Override
    public List<String> altNames(String name) throws IOException {
        Optional<byte[]> said = get(LinkMessages.get(name));
        return said.isEmpty() ? List.of() : LinkInfo.altNames(said.get());
    }

    private static Optional<byte[]> get(NetlinkRequest request) throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.route()) {
            return socket.get(request, Errno.ENODEV);
        }
    }

    private static int index(String name) throws IOException {
        try {
            return LinkInfo.decode(get(LinkMessages.get(name)).orElseThrow(() -> new IOException("there is no network device " + name
                    + " (any more)"))).index();
        } catch (MalformedReplyException malformed) {
            throw new IOException(malformed.getMessage(), malformed);
        }
    }

    @Override
    public List<VirtualFunctionState> ports(String physical) throws IOException {
        Optional<byte[]> said = get(VirtualFunctionMessages.get(physical));
        try {
            return said.isEmpty() ? List.of() : VirtualFunctionState.decode(said.get());
        } catch (MalformedReplyException malformed) {
            throw new IOException(malformed.getMessage(), malformed);
        }
    }

    @Override
    public void change(String name, Step step) throws IOException {
        send(request(index(name), step));
    }

    /** What is asked of the kernel for a step that is about network devices. */
    static NetlinkRequest request(int index, Step step) {
        return switch (step) {
            case Step.Rename(String other) -> LinkMessages.rename(index, other);
            case Step.Down() -> LinkMessages.down(index);
            case Step.Up() -> LinkMessages.up(index);
            case Step.Mtu(int bytes) -> LinkMessages.setMtu(index, bytes);
            case Step.NetdevAddress(String address) -> LinkMessages.setAddress(index, HardwareAddress.parse(address));
            default -> throw new IllegalArgumentException(step + " is not about a network device");
        };
    }

    @Override
    public void change(String physical, int index, Step step) throws IOException {
        int link = index(physical);
        send(switch (step) {
            case Step.Address(String address) -> VirtualFunctionMessages.address(link, index, HardwareAddress.parse(address));
            case Step.Tag(var vlan) -> VirtualFunctionMessages.vlan(link, index, vlan.id(), vlan.priority(), vlan.service()
                    ? VirtualFunctionState.SERVICE_VLAN : VirtualFunctionState.VLAN);
            case Step.Rates(int least, int most) -> VirtualFunctionMessages.rates(link, index, least, most);
            case Step.SpoofCheck(boolean on) -> VirtualFunctionMessages.spoofCheck(link, index, on);
            case Step.Trust(boolean on) -> VirtualFunctionMessages.trust(link, index, on);
            case Step.Link(var state) -> VirtualFunctionMessages.link(link, index, VirtualFunctionState.Link.valueOf(state.name()));
            default -> throw new IllegalArgumentException(step + " is not about a port");
        });
    }

    private static void send(NetlinkRequest request) throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.route()) {
            socket.request(request);
        }
    }
}
