package clusterd.agent;

import clusterd.model.NetworkId;
import clusterd.model.TaskAddress;
import clusterd.session.NetworkDelta;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import overlaynet.ipam.Subnet;

/** The cluster's networks as this node has them. */
public interface NodeNetworks {
    /** Of a node that takes no part in them. */
    NodeNetworks NONE = new NodeNetworks() {
        @Override
        public void join(String nodeId, Consumer<String> want) { }

        @Override
        public void hear(NetworkDelta delta) { }

        @Override
        public void refused(String name, String why) { }

        @Override
        public Optional<String> lacking(List<NetworkId> networks) {
            return networks.isEmpty() ? Optional.empty() : Optional.of("this node shares no networks");
        }

        @Override
        public List<TaskAddress> addresses(String containerId) {
            return List.of();
        }

        @Override
        public String underlay(String ownAddress, List<String> managers) {
            return "";
        }

        @Override
        public String tunnelKey() {
            return "";
        }

        @Override
        public List<String> troubles() {
            return List.of();
        }

        @Override
        public Collection<Subnet> reached() {
            return List.of();
        }

        @Override
        public void leave() { }
    };

    /**
     * The node is in a cluster.
     *
     * @param nodeId what it is called there
     * @param want   asks a manager, by name or id, for a part of a network; returns at once
     */
    void join(String nodeId, Consumer<String> want);

    /** Something of them has changed; returns once it is noted, and before it is done. */
    void hear(NetworkDelta delta);

    /** A network that was asked for cannot be had. */
    void refused(String name, String why);

    /** Why a task cannot be in all of these yet; empty if it can. */
    Optional<String> lacking(List<NetworkId> networks);

    /** Where a container is found. */
    List<TaskAddress> addresses(String containerId);

    /**
     * Where other nodes' tunnels reach this one; {@code ""} = nowhere.
     *
     * @param ownAddress what it was told to be reached at; an unspecified one says nothing
     * @param managers   {@code HOST:PORT} of those it reaches
     */
    String underlay(String ownAddress, List<String> managers);

    /** The public key that managers are to tell other nodes for encrypted networks; {@code ""} = this node needs none. */
    String tunnelKey();

    /** Which ways to other nodes do not hold although the nodes answer, and what to do about it, a sentence each. */
    List<String> troubles();

    /** What this host reaches by other ways than the cluster's networks. */
    Collection<Subnet> reached();

    /** The node is in no cluster any more: its part of the networks goes. */
    void leave();
}
