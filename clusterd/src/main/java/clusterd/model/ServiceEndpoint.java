package clusterd.model;

import java.util.List;

/**
 * How a service is reached by others in its networks.
 *
 * @param mode        what its name stands for
 * @param choice      which of its tasks a connection to its virtual address goes to
 * @param ports       of every node that lead to its tasks
 * @param named       of its tasks, found by name, in the order of preference
 * @param preferLocal whether a connection goes to a task of the node it begins at, as long as one there takes any
 */
public record ServiceEndpoint(Mode mode, Choice choice, List<EndpointPort> ports, List<NamedPort> named,
        boolean preferLocal) {
    /** One address for all tasks, each as likely. */
    public static final ServiceEndpoint STANDARD = new ServiceEndpoint(Mode.VIRTUAL, Choice.RANDOM);

    /** Copies the lists. */
    public ServiceEndpoint {
        ports = List.copyOf(ports);
        named = List.copyOf(named);
    }

    /** One whose tasks are as near as each other. */
    public ServiceEndpoint(Mode mode, Choice choice, List<EndpointPort> ports, List<NamedPort> named) {
        this(mode, choice, ports, named, false);
    }

    /** One whose tasks' ports have no names. */
    public ServiceEndpoint(Mode mode, Choice choice, List<EndpointPort> ports) {
        this(mode, choice, ports, List.of());
    }

    /** One without ports of the nodes. */
    public ServiceEndpoint(Mode mode, Choice choice) {
        this(mode, choice, List.of());
    }

    /** The same at other ports. */
    public ServiceEndpoint with(List<EndpointPort> others) {
        return new ServiceEndpoint(mode, choice, others, named, preferLocal);
    }

    /** What a service's name stands for. */
    public enum Mode {
        /** One address that stays, whatever tasks there are. */
        VIRTUAL,
        /** The addresses of all tasks that run. */
        ROUND_ROBIN
    }

    /** How a task is chosen for a connection. */
    public enum Choice {
        /** Each is as likely. */
        RANDOM,
        /** One after the other. */
        IN_TURN,
        /** By the client's address: the same one for the same client, as long as it is there. */
        SOURCE
    }
}
