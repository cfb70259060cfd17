package overlaynet.overlay;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import linux.abi.Errno;
import linux.netlink.LinkInfo;
import linux.netlink.LinkMessages;
import linux.netlink.MalformedReplyException;
import linux.socket.NetlinkException;
import linux.socket.NetlinkSocket;
import overlaynet.attach.BridgeAttacher;
import overlaynet.attach.HostNetworks;
import overlaynet.fastpath.Guard;
import overlaynet.fastpath.Passage;
import overlaynet.link.ContainerLink;
import overlaynet.link.FastPath;
import overlaynet.mesh.Mesh;

/**
 * The fast path of packets through this node, where its kernel has one; without it they take the slow path. Of one thread, but for
 * {@link #counts} and {@link #lacking}.
 */
final class FastPaths implements AutoCloseable {
    /** After so many rounds what stands is made again, in case somebody took it away: it is not worth being looked at. */
    private static final int ROUNDS_UNTIL_MENDED = 15;
    private static final String NONE = "packets between containers of shared networks take no fast path: ";

    private final boolean on;
    private final HostNetworks networks;
    /** By the name of a container's cable on the host. */
    private final Map<String, Guarded> guarded = new HashMap<>();
    /** Links of tunnels by name. */
    private final Map<String, Integer> tunnels = new HashMap<>();
    /** That were looked at and have no programs of an agent before this one. */
    private final Set<String> cleared = new HashSet<>();
    private volatile FastPath kernel;
    private volatile String lacking = "";
    private int rounds;
    private boolean waits;

    /** @param turn of making what stands again in which it was made */
    private record Guarded(int link, Guard guard, int turn) {}

    /**
     * Does nothing until {@link #keep}.
     *
     * @param on whether the operator wants it; if not, programs of an agent that ran before are taken away
     */
    FastPaths(boolean on, HostNetworks networks) {
        this.on = on;
        this.networks = networks;
        this.lacking = on ? "" : "the agent runs with --no-fast-path";
    }

    /** How many packets went by it since the agent began; empty if it is not there. */
    Optional<Map<Passage, Long>> counts() {
        FastPath now = kernel;
        if (now == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(now.counts());
        } catch (IOException closed) {
            return Optional.empty(); // the agent ends
        }
    }

    /** Whether the cable of a container that has a place already is still to come: it is to be looked at soon. */
    boolean waits() {
        return waits;
    }

    /** Why there is none; {@code ""} if there is, or none is needed. */
    String lacking() {
        return lacking;
    }

    /** Everything of it. */
    void keep(List<WantedNetwork> wanted, NetlinkSocket socket) throws IOException {
        if (wanted.stream().noneMatch(WantedNetwork::isHere) || !ready(wanted, socket)) {
            return;
        }
        try {
            keepAll(wanted, socket);
            lacking = "";
        } catch (IOException refused) {
            lacking = refused.toString();
            throw new IOException(NONE + refused, refused);
        }
    }

    private void keepAll(List<WantedNetwork> wanted, NetlinkSocket socket) throws IOException {
        FastPath.keepTracking();
        rounds++;
        if (rounds % ROUNDS_UNTIL_MENDED == 0) {
            tunnels.clear();
        }
        Set<Integer> watched = FastPath.watched(socket);
        tunnels.values().retainAll(watched);
        Set<String> names = new HashSet<>();
        for (WantedNetwork each : wanted) {
            if (each.isHere() && !each.routed() && !each.encryption().on()) {
                String name = Mesh.linkName(each.number());
                names.add(name);
                OptionalInt link = find(socket, name);
                if (link.isPresent() && !Integer.valueOf(link.getAsInt()).equals(tunnels.get(name))) {
                    kernel.tunnel(socket, link.getAsInt());
                    tunnels.put(name, link.getAsInt());
                }
            }
        }
        tunnels.keySet().retainAll(names);
        follow(guards(wanted), watched, socket);
    }

    /** What is new of containers. */
    void follow(List<WantedNetwork> wanted, NetlinkSocket socket) throws IOException {
        if (kernel == null) {
            return;
        }
        Map<String, Guard> guards = guards(wanted);
        follow(guards, guards.isEmpty() ? Set.of() : FastPath.watched(socket), socket);
    }

    /** @param watched links that programs may be looking at: a container that starts again has a cable of the same name and index */
    private void follow(Map<String, Guard> guards, Set<Integer> watched, NetlinkSocket socket) throws IOException {
        forgetContainers(guards.keySet());
        waits = false;
        IOException failed = null;
        for (Map.Entry<String, Guard> each : guards.entrySet()) {
            Guarded before = guarded.get(each.getKey());
            if (before == null || !before.guard().equals(each.getValue()) || before.turn() != rounds / ROUNDS_UNTIL_MENDED
                    || !watched.contains(before.link())) {
                OptionalInt link = find(socket, each.getKey());
                if (before != null && (link.isEmpty() || link.getAsInt() != before.link())) {
                    kernel.forget(before.link());
                    guarded.remove(each.getKey());
                }
                waits |= link.isEmpty();
                if (link.isPresent()) { // otherwise its container is about to start, or has just ended
                    try {
                        container(socket, each.getKey(), new Guarded(link.getAsInt(), each.getValue(),
                                rounds / ROUNDS_UNTIL_MENDED));
                    } catch (IOException refused) {
                        failed = refused; // the others are guarded all the same
                    }
                }
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    private void container(NetlinkSocket socket, String name, Guarded now) throws IOException {
        try {
            kernel.container(socket, now.link(), now.guard());
            guarded.put(name, now);
        } catch (NetlinkException refused) {
            kernel.forget(now.link());
            if (!refused.is(Errno.ENODEV)) {
                throw refused;
            }
        }
    }

    private void forgetContainers(Set<String> kept) throws IOException {
        for (String name : Set.copyOf(guarded.keySet())) {
            if (!kept.contains(name)) {
                kernel.forget(guarded.remove(name).link());
            }
        }
    }

    private Map<String, Guard> guards(List<WantedNetwork> wanted) throws IOException {
        Set<String> here = new HashSet<>();
        wanted.stream().filter(WantedNetwork::isHere).forEach(each -> here.add(each.id()));
        Map<String, Guard> guards = new HashMap<>();
        for (HostNetworks.Network network : networks.list()) {
            if (here.contains(network.id())) {
                for (BridgeAttacher.Attached each : networks.members(network)) {
                    guards.put(ContainerLink.hostName(each.lease().containerId(), network.id()), new Guard(each.bridge().index(),
                            each.bridge().gateway(), each.lease().address(), each.lease().address6(), each.bridge().mtuBytes()));
                }
            }
        }
        return guards;
    }

    /** Whether there are programs; they are loaded once something is to be looked at. */
    private boolean ready(List<WantedNetwork> wanted, NetlinkSocket socket) throws IOException {
        if (!on) {
            clear(wanted, socket);
            return false;
        }
        if (kernel == null && lacking.isEmpty()) {
            try {
                FastPath.keepTracking();
                kernel = FastPath.open();
            } catch (IOException refused) {
                lacking = refused.toString();
                throw new IOException(NONE + refused, refused);
            }
        }
        return kernel != null;
    }

    private void clear(List<WantedNetwork> wanted, NetlinkSocket socket) throws IOException {
        Set<String> names = new HashSet<>(guards(wanted).keySet());
        wanted.stream().filter(WantedNetwork::isHere).forEach(each -> names.add(Mesh.linkName(each.number())));
        for (String name : names) {
            if (!cleared.contains(name)) {
                OptionalInt link = find(socket, name);
                if (link.isPresent()) {
                    FastPath.remove(socket, link.getAsInt());
                    cleared.add(name);
                }
            }
        }
        cleared.retainAll(names);
    }

    private static OptionalInt find(NetlinkSocket socket, String name) throws IOException {
        Optional<byte[]> answer = socket.get(LinkMessages.get(name), Errno.ENODEV);
        try {
            return answer.isEmpty() ? OptionalInt.empty() : OptionalInt.of(LinkInfo.decode(answer.get()).index());
        } catch (MalformedReplyException malformed) {
            throw new IOException(malformed.getMessage(), malformed);
        }
    }

    /** Programs stay where they are: what they learnt is asked about again each second, also while no agent runs. */
    @Override
    public void close() {
        FastPath now = kernel;
        kernel = null;
        if (now != null) {
            now.close();
        }
    }
}
