package cli.command;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import overlaynet.attach.AttachException;
import overlaynet.attach.BridgeAttacher;
import overlaynet.attach.HostNetworks;
import overlaynet.attach.Lease;
import overlaynet.attach.NameServers;
import overlaynet.dns.Directory;
import overlaynet.dns.NameServer;
import overlaynet.ipam.Subnet;
import overlaynet.network.NetworkNames;
import overlaynet.overlay.Overlay;
import runtime.container.Journal;

/**
 * A name server for each network that has names, on the host's address in it. Containers are told of it
 * in resolv.conf and ask it by way of their bridge.
 */
final class NetworkResolvers implements AutoCloseable {
    private final HostNetworks networks;
    private final Overlay overlay;
    private final Journal journal;
    /** By the network's id; guarded by this. */
    private final Map<String, NameServer> servers = new HashMap<>();
    private final Map<String, InetAddress> gateways = new HashMap<>();
    private final Map<String, String> failures = new HashMap<>();

    NetworkResolvers(HostNetworks networks, Overlay overlay, Journal journal) {
        this.networks = networks;
        this.overlay = overlay;
        this.journal = journal;
    }

    /** Serves every network whose bridge stands, and no other any more. */
    synchronized void update() {
        List<HostNetworks.Network> all = networks.list();
        servers.entrySet().removeIf(entry -> {
            boolean gone = all.stream().noneMatch(network -> network.id().equals(entry.getKey()));
            if (gone) {
                close(entry.getValue());
                failures.remove(entry.getKey());
            }
            return gone;
        });
        for (HostNetworks.Network network : all) {
            Optional<InetAddress> gateway = network.bridge().map(each -> each.gateway());
            NameServer there = servers.get(network.id());
            if (there != null && gateway.isPresent() && !gateway.get().equals(gateways.get(network.id()))) {
                close(servers.remove(network.id())); // a node's part of a shared network has become another
            }
            if (network.hasNames() && network.bridge().isPresent()
                    && !servers.containsKey(network.id())) {
                open(network, network.bridge().get().gateway());
            }
        }
    }

    /** Whether a network's containers can ask for names. */
    synchronized boolean serves(HostNetworks.Network network) {
        return servers.containsKey(network.id());
    }

    private void open(HostNetworks.Network network, InetAddress gateway) {
        try {
            gateways.put(network.id(), gateway);
            servers.put(network.id(),
                    NameServer.open(gateway, client -> view(network, client)));
            failures.remove(network.id());
        } catch (IOException taken) {
            String failure = "containers of the network " + network.name() + " do not find each other"
                    + " by name: port 53 of " + gateway.getHostAddress() + " cannot be served: "
                    + taken.getMessage() + "; a name server of the host that listens on every"
                    + " address is in the way: let it listen on those it needs";
            if (!failure.equals(failures.put(network.id(), failure))) {
                journal.say(failure);
            }
        }
    }

    /** What a client of a network may know: its own networks, the one it asks in first. */
    private Optional<Directory.View> view(HostNetworks.Network asked, InetAddress client) {
        try {
            Optional<Lease> lease = networks.members(asked).stream()
                    .map(BridgeAttacher.Attached::lease)
                    .filter(each -> each.address().equals(client)
                            || each.address6().filter(client::equals).isPresent()).findFirst();
            if (lease.isEmpty()) {
                return Optional.empty();
            }
            List<NetworkNames> names = new ArrayList<>();
            overlay.names(asked.id()).ifPresent(names::add);
            names.add(names(asked));
            boolean out = !asked.internal();
            for (HostNetworks.Place place : networks.places(lease.get().containerId())) {
                out |= !place.network().internal();
                if (place.network().hasNames() && !place.network().id().equals(asked.id())) {
                    overlay.names(place.network().id()).ifPresent(names::add);
                    names.add(names(place.network()));
                }
            }
            List<InetAddress> others = lease.get().nameServers().isEmpty()
                    ? NameServers.ofHostItself() : lease.get().nameServers();
            return Optional.of(new Directory.View(names, out ? others : List.of()));
        } catch (AttachException removed) {
            return Optional.empty(); // in this very moment
        } catch (IOException unreadable) {
            journal.say("the host's name servers cannot be learned: " + unreadable.getMessage());
            return Optional.empty();
        }
    }

    private NetworkNames names(HostNetworks.Network network) throws AttachException {
        List<Subnet> subnets = new ArrayList<>();
        network.definition().ifPresent(definition -> {
            subnets.add(definition.subnet());
            definition.ipv6().ifPresent(ipv6 -> subnets.add(ipv6.subnet()));
        });
        List<NetworkNames.Member> members = new ArrayList<>();
        for (BridgeAttacher.Attached attached : networks.members(network)) {
            List<InetAddress> addresses = new ArrayList<>();
            addresses.add(attached.lease().address());
            attached.lease().address6().ifPresent(addresses::add);
            members.add(new NetworkNames.Member(attached.lease().names(), addresses));
        }
        return new NetworkNames(network.name(), subnets, members);
    }

    private void close(NameServer server) {
        try {
            server.close();
        } catch (IOException failed) {
            journal.say("a name server was not closed: " + failed.getMessage());
        }
    }

    @Override
    public synchronized void close() {
        servers.values().forEach(this::close);
        servers.clear();
    }
}
