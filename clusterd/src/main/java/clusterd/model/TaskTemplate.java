package clusterd.model;

import java.util.List;

/**
 * What every task of a service is.
 *
 * @param container   what runs
 * @param reservation what a node must have left; limits are the container's
 * @param placement   where
 * @param restart     what follows its end
 * @param hostPorts   ports of the node it takes
 * @param secrets     files it is given, from memory
 * @param configs     files it is given
 * @param force       counted up to make every task again without another change
 * @param networks    those of the cluster that its container's options name
 */
public record TaskTemplate(ContainerTemplate container, Resources reservation, Placement placement,
        RestartPolicy restart, List<HostPort> hostPorts, List<FileReference> secrets,
        List<FileReference> configs, int force, List<NetworkUse> networks) {
    /** Copies the lists. */
    public TaskTemplate {
        hostPorts = List.copyOf(hostPorts);
        secrets = List.copyOf(secrets);
        configs = List.copyOf(configs);
        networks = List.copyOf(networks);
    }

    /** One that is in no network of the cluster. */
    public TaskTemplate(ContainerTemplate container, Resources reservation, Placement placement,
            RestartPolicy restart, List<HostPort> hostPorts, List<FileReference> secrets,
            List<FileReference> configs, int force) {
        this(container, reservation, placement, restart, hostPorts, secrets, configs, force, List.of());
    }

    /** A container that reserves so much, may be anywhere and is restarted. */
    public static TaskTemplate of(ContainerTemplate container, Resources reservation) {
        return new TaskTemplate(container, reservation, Placement.ANYWHERE, RestartPolicy.STANDARD,
                List.of(), List.of(), List.of(), 0);
    }

    /** The same placed otherwise. */
    public TaskTemplate with(Placement other) {
        return new TaskTemplate(container, reservation, other, restart, hostPorts, secrets, configs, force,
                networks);
    }

    /** The same restarted otherwise. */
    public TaskTemplate with(RestartPolicy other) {
        return new TaskTemplate(container, reservation, placement, other, hostPorts, secrets, configs, force,
                networks);
    }

    /** The same of another container. */
    public TaskTemplate with(ContainerTemplate other) {
        return new TaskTemplate(other, reservation, placement, restart, hostPorts, secrets, configs, force,
                networks);
    }

    /** The same that reserves so much. */
    public TaskTemplate with(Resources other) {
        return new TaskTemplate(container, other, placement, restart, hostPorts, secrets, configs, force,
                networks);
    }

    /** The same that takes these ports of its node. */
    public TaskTemplate withHostPorts(List<HostPort> ports) {
        return new TaskTemplate(container, reservation, placement, restart, ports, secrets, configs, force,
                networks);
    }

    /** The same in these networks of the cluster. */
    public TaskTemplate withNetworks(List<NetworkUse> others) {
        return new TaskTemplate(container, reservation, placement, restart, hostPorts, secrets, configs, force,
                others);
    }
}
