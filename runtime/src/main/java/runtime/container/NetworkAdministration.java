package runtime.container;

import java.io.IOException;
import java.util.List;
import runtime.network.NetworkFlows;
import runtime.network.NetworkSpec;
import runtime.network.NetworkView;
import runtime.network.TraceHop;

/**
 * Making and unmaking networks, and moving running containers between them. A host whose networks are
 * given once and for all has none of it.
 */
public interface NetworkAdministration {

    /** All networks. */
    default List<NetworkView> networks() {
        return List.of();
    }

    /**
     * The network of that name, id, or beginning of an id.
     *
     * @throws ContainerException with reason NETWORK_NOT_FOUND or AMBIGUOUS_NAME
     */
    default NetworkView network(String name) throws ContainerException {
        throw new ContainerException(ContainerException.Reason.NETWORK_NOT_FOUND,
                "network " + name + " not found");
    }

    /**
     * Makes a network.
     *
     * @throws ContainerException if it cannot be had as wished; nothing was made
     */
    default NetworkView createNetwork(NetworkSpec spec) throws ContainerException, IOException {
        throw unsupported();
    }

    /**
     * Removes a network.
     *
     * @throws ContainerException if it is jctl's own, or containers run in it
     */
    default void removeNetwork(String name) throws ContainerException, IOException {
        throw unsupported();
    }

    /**
     * Puts a container that runs into a further network.
     *
     * @param request the container; its options name that network alone
     * @param pid     its first process, as the host numbers it
     */
    default void connect(ContainerNetwork.PlaceRequest request, int pid)
            throws ContainerException, IOException {
        throw unsupported();
    }

    /**
     * Takes a container that runs out of a network.
     *
     * @param pid its first process, as the host numbers it
     */
    default void disconnect(String containerId, String network, int pid)
            throws ContainerException, IOException {
        throw unsupported();
    }

    /**
     * Looks at each hop from a container that runs to another, and tries it.
     *
     * @param pid    its first process, as the host numbers it
     * @param target a name or an address
     * @param port   of TCP, to try; 0 = none
     */
    default List<TraceHop> trace(String containerId, int pid, String target, int port)
            throws ContainerException, IOException {
        throw new ContainerException(ContainerException.Reason.UNSUPPORTED, "networks cannot be traced here");
    }

    /**
     * What policies of networks have done on this host.
     *
     * @param network of that name, id or beginning of an id; {@code ""} = all that have a policy
     */
    default List<NetworkFlows> flows(String network) throws ContainerException, IOException {
        throw new ContainerException(ContainerException.Reason.UNSUPPORTED, "networks have no policies here");
    }

    /**
     * Looks at all that networks of several nodes need of this one, and tries the ways to the others.
     *
     * @param network name or beginning of the id; {@code ""} = all of them
     */
    default List<TraceHop> examine(String network) throws ContainerException, IOException {
        throw new ContainerException(ContainerException.Reason.UNSUPPORTED, "networks cannot be examined here");
    }

    /** Whether networks have names, so that a container in one of these asks the network. */
    default boolean hasNames(ContainerOptions.Network options) throws ContainerException {
        return false;
    }

    /** Gives a container that runs another name. */
    default void rename(String containerId, String before, String after) throws IOException {
        // Nobody is called by a name here.
    }

    private static ContainerException unsupported() {
        return new ContainerException(ContainerException.Reason.UNSUPPORTED,
                "networks cannot be changed here");
    }
}
