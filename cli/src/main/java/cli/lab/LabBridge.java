package cli.lab;

import cli.lab.plan.FaultRules;
import cli.lab.plan.LabDescription;
import cli.lab.plan.LabRefusal;
import cli.lab.plan.VirtualHost;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import linux.abi.Errno;
import linux.netlink.LinkInfo;
import linux.netlink.LinkMessages;
import linux.netlink.NetlinkRequest;
import linux.netlink.QueueMessages;
import linux.socket.NetlinkSocket;
import linux.syscall.Descriptors;
import overlaynet.ipam.Subnet;
import overlaynet.link.Bridge;
import overlaynet.link.BridgeSettings;
import overlaynet.link.ContainerLink;
import overlaynet.link.HostBridge;
import overlaynet.link.HostNetwork;
import overlaynet.link.Nftables;
import overlaynet.link.NftablesMissingException;
import overlaynet.link.SharedNftables;

/** The network of a lab: its bridge on this machine, the cables, and what is wrong with them. */
record LabBridge(LabDescription lab) {

    /** The networks this machine reaches. */
    static Collection<Subnet> taken() throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.route()) {
            return HostNetwork.read(socket).taken();
        }
    }

    /**
     * Looks whether a name the lab needs is somebody else's.
     *
     * @throws LabRefusal naming it
     */
    void checkNames() throws IOException, LabRefusal {
        try (NetlinkSocket socket = NetlinkSocket.route()) {
            HostNetwork network = HostNetwork.read(socket);
            for (LinkInfo link : network.links()) {
                if (link.name().equals(lab.bridgeName())
                        || lab.hosts().stream().anyMatch(host -> link.name().equals(lab.linkName(host)))) {
                    throw new LabRefusal("this machine has a link " + link.name() + " already, which the lab "
                            + lab.name() + " would need: choose another --name, or delete it (ip link delete "
                            + link.name() + ")");
                }
            }
        }
        for (VirtualHost host : lab.hosts()) {
            if (NamespaceNames.isTaken(lab.hostName(host))) {
                throw new LabRefusal("this machine has a network namespace " + lab.hostName(host)
                        + " already: choose another --name, or delete it (ip netns delete "
                        + lab.hostName(host) + ")");
            }
        }
    }

    /** Makes the bridge; returns what will not work, a sentence each. */
    List<String> make() throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.route(); SharedNftables nftables = SharedNftables.open()) {
            return bridge(socket, nftables).ensure(Optional.of(lab.subnet()), List.of(), List.of()).warnings();
        }
    }

    /** Deletes the bridge and its rules, if they are there. */
    void remove() throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.route(); SharedNftables nftables = SharedNftables.open()) {
            bridge(socket, nftables).remove();
        }
    }

    private HostBridge bridge(NetlinkSocket socket, SharedNftables nftables) {
        return new HostBridge(new BridgeSettings(lab.bridgeName(), lab.tableName(), Optional.of(lab.subnet()),
                Optional.of(lab.gateway()), Optional.empty(), false, OptionalInt.empty(), Optional.empty()), socket,
                nftables);
    }

    /** Joins a host to the bridge. */
    void plugIn(VirtualHost host, LabProcess init) throws IOException {
        int namespace = InsideHost.open(init, "net");
        try (NetlinkSocket socket = NetlinkSocket.route()) {
            LinkInfo link = HostNetwork.read(socket).link(lab.bridgeName()).orElseThrow(() -> new IOException(
                    "the bridge " + lab.bridgeName() + " of the lab is gone: remove the lab and make it anew"));
            ContainerLink cable = new ContainerLink(new Bridge(lab.bridgeName(), link.index(), lab.subnet(),
                    lab.gateway(), link.mtuBytes()), lab.linkName(host), host.address());
            for (NetlinkRequest request : cable.hostSide(namespace)) {
                socket.request(request);
            }
            InsideHost.network(init, () -> {
                try (NetlinkSocket inside = NetlinkSocket.route()) {
                    inside.request(LinkMessages.loopbackUp());
                    for (NetlinkRequest request : cable.containerSide()) {
                        inside.request(request);
                    }
                }
                return null;
            });
        } finally {
            Descriptors.close(namespace);
        }
    }

    /** Deletes a host's cable, if it is there. */
    void unplug(VirtualHost host) throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.route()) {
            socket.requestUnless(Errno.ENODEV, LinkMessages.delete(lab.linkName(host)));
        }
    }

    /** Makes the host's queues and rules those of its faults. */
    void applyFaults(VirtualHost host, LabProcess init) throws IOException {
        InsideHost.network(init, () -> {
            applyDelays(FaultRules.delays(lab, host));
            try (Nftables nftables = Nftables.open()) {
                return nftables.run(FaultRules.of(lab, host));
            } catch (NftablesMissingException missing) {
                throw new IOException("the network between hosts cannot be broken: " + missing.getMessage(),
                        missing);
            }
        });
    }

    /** In the host's network. */
    private static void applyDelays(List<Long> delaysNanos) throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.route()) {
            int link = HostNetwork.read(socket).link(LabDescription.LINK_IN_HOST).orElseThrow(() ->
                    new IOException("the host has no link " + LabDescription.LINK_IN_HOST)).index();
            NetlinkRequest none = QueueMessages.delete(link);
            socket.requestUnless(Errno.ENOENT, none);
            if (delaysNanos.isEmpty()) {
                return;
            }
            require("netem", socket.requestUnless(Errno.ENOENT, QueueMessages.netemAtRoot(link)));
            socket.request(none);
            require("prio", socket.requestUnless(Errno.ENOENT, QueueMessages.prio(link)));
            for (int i = 0; i < delaysNanos.size(); i++) {
                socket.request(QueueMessages.netem(link, FaultRules.FIRST_DELAYED_BAND + i, delaysNanos.get(i)));
            }
        }
    }

    private static void require(String discipline, boolean there) throws IOException {
        if (!there) {
            throw new IOException("this kernel cannot delay packets: it has no " + discipline + " (CONFIG_NET_SCH_"
                    + discipline.toUpperCase(Locale.ROOT) + ", module sch_" + discipline
                    + "); `cut` and `loss` work without");
        }
    }
}
