package runtime.container;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import linux.netlink.NetlinkRequest;
import runtime.network.Endpoint;

/** What connects containers: implemented over the overlay network, which this module does not know. */
public interface ContainerNetwork extends NetworkAdministration {

    /**
     * A container's place in a network, reserved but not yet wired: the messages do that as a part of the
     * launch.
     *
     * @param containerId whose it is
     * @param addresses   with prefix length, for example {@code 10.88.0.5/16}; the first is shown in
     *                    /etc/hosts
     * @param gateway     the host's address in the network; empty without one
     * @param nameServers for resolv.conf; empty for the host's
     * @param resolver    whether these know the names of the network and the user's own name servers
     * @param hostSide    messages the launch sends in the host's network namespace
     * @param containerSide messages it sends in the container's, then
     * @param warnings    what does not work, a sentence each
     */
    record Attachment(
            String containerId,
            List<String> addresses,
            String gateway,
            List<String> nameServers,
            boolean resolver,
            List<NetlinkRequest> hostSide,
            List<NetlinkRequest> containerSide,
            List<String> warnings) {
        public Attachment {
            addresses = List.copyOf(addresses);
            nameServers = List.copyOf(nameServers);
            hostSide = List.copyOf(hostSide);
            containerSide = List.copyOf(containerSide);
            warnings = List.copyOf(warnings);
        }

        /** A place in a network without names. */
        public Attachment(String containerId, List<String> addresses, String gateway,
                List<String> nameServers, List<NetlinkRequest> hostSide,
                List<NetlinkRequest> containerSide, List<String> warnings) {
            this(containerId, addresses, gateway, nameServers, false, hostSide, containerSide,
                    warnings);
        }
    }

    /**
     * Who wants a place, and where.
     *
     * @param containerId whose it is
     * @param names       what others may call it in networks that have names: its own, its short id
     * @param options     the networks, addresses and ports asked for
     * @param labels      its own
     */
    record PlaceRequest(String containerId, List<String> names, ContainerOptions.Network options,
            Map<String, String> labels) {
        public PlaceRequest {
            names = List.copyOf(names);
            labels = Map.copyOf(labels);
        }

        static PlaceRequest of(ContainerRecord record) {
            return new PlaceRequest(record.id(), List.of(record.name(), record.shortId()),
                    record.options().network(), record.options().labels());
        }
    }

    /**
     * Whether what was asked for needs a place reserved: false for {@code none} and {@code host}.
     *
     * @throws ContainerException with reason NETWORK_NOT_FOUND if there is no such network,
     *     INVALID_OPTION if the options do not go together
     */
    boolean attaches(ContainerOptions.Network options) throws ContainerException;

    /**
     * Reserves addresses and publishes ports; the same addresses if the container has some.
     *
     * @throws ContainerException if a port or an address is taken, or what was asked for cannot be
     * @throws IOException        if the network cannot be set up; nothing is reserved then
     */
    Attachment reserve(PlaceRequest request) throws ContainerException, IOException;

    /**
     * Whether these networks take a container that is there already: by {@link #wire}, after all of its
     * namespaces are made and before its program runs, in place of {@link #reserve}.
     */
    default boolean wiresCreated(ContainerOptions.Network options) {
        return false;
    }

    /**
     * Wires a created container whose program does not run yet; there are no messages left to send.
     *
     * @param pid its first process, as the host numbers it
     * @throws ContainerException if it cannot be had; {@link #release} takes back what was made
     */
    default Attachment wire(PlaceRequest request, int pid) throws ContainerException, IOException {
        throw new ContainerException(ContainerException.Reason.UNSUPPORTED,
                "networks wire no container that is there already");
    }

    /**
     * What a wired container's resolv.conf is to hold: the user's options and, where these say nothing
     * of search domains and resolver options, the networks' own.
     */
    default ContainerOptions.Network completed(String containerId,
            ContainerOptions.Network options) {
        return options;
    }

    /**
     * A container has another name, by which others find it from now on in networks that have names.
     *
     * @throws IOException if that cannot be written down: the old name is found until its next start
     */
    default void rename(String containerId, String before, String after) throws IOException {
        // Only networks that have names have anything to do.
    }

    /** The places of a container that runs, the first network's first; empty if it has none. */
    List<Endpoint> endpoints(String containerId);

    /**
     * What {@link #reserve} gives, with addresses that stand for some; nothing is reserved or made.
     *
     * @throws ContainerException if there is no such network
     */
    Attachment example(String containerId, ContainerOptions.Network options)
            throws ContainerException;

    /** Takes link and addresses back; no error if there are none. */
    void release(String containerId) throws IOException;

    /**
     * Takes back everything of containers that are not among those alive, as a crash may have left it.
     *
     * @return what was taken back, a sentence each
     */
    List<String> reconcile(Set<String> aliveIds) throws IOException;
}
