package runtime.container;

import static runtime.container.ContainerException.Reason.INVALID_OPTION;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import runtime.spec.Namespace;
import runtime.spec.NamespaceType;

/**
 * Which namespaces a container gets, shares with the host or joins.
 *
 * @param namespaces  as in the OCI spec; one to join has the path {@code /proc/ID/ns/KIND} with the
 *                    other container's id, which {@link #joined} turns into its process at each start
 * @param user        whether the container gets a user namespace of its own
 */
record NamespaceChoice(List<Namespace> namespaces, boolean user) {

    /** Finds another container's id by the name a user gave. */
    interface Lookup {
        String id(String name) throws ContainerException;
    }

    /**
     * Decides.
     *
     * @param userNamespaces whether the daemon gives containers user namespaces
     */
    static NamespaceChoice of(ContainerOptions options, boolean userNamespaces, Lookup lookup)
            throws ContainerException {
        List<Namespace> namespaces = new ArrayList<>();
        ContainerOptions.Namespaces modes = options.namespaces();
        add(namespaces, options, NamespaceType.MOUNT, "mnt", "", lookup);
        add(namespaces, options, NamespaceType.PID, "pid", modes.pid(), lookup);
        add(namespaces, options, NamespaceType.UTS, "uts", modes.uts(), lookup);
        add(namespaces, options, NamespaceType.IPC, "ipc",
                switch (modes.ipc()) {
                    case "private", "shareable", "none" -> "";
                    default -> modes.ipc();
                }, lookup);
        add(namespaces, options, NamespaceType.CGROUP, "cgroup",
                modes.cgroup().equals("private") ? "" : modes.cgroup(), lookup);
        String network = options.network().mode();
        boolean ownNetwork = !network.equals("host") && !network.startsWith("container:");
        add(namespaces, options, NamespaceType.NETWORK, "net", ownNetwork ? "" : network, lookup);
        if (!modes.user().isEmpty() && !modes.user().equals("host")) {
            throw new ContainerException(INVALID_OPTION,
                    "--userns is empty (own) or host, not '" + modes.user() + "'");
        }
        // The kernel ties namespaces to the user namespace they were made in: a process of another one
        // may neither mount the sysfs of the host's network nor join another container's.
        boolean shared = namespaces.stream().anyMatch(each -> each.path().isPresent())
                || network.equals("host") || modes.pid().equals("host")
                || modes.ipc().equals("host");
        boolean user = userNamespaces && !shared && !options.privileged()
                && modes.user().isEmpty() && !Privileges.isOff(options, "user");
        if (!options.timeOffsets().isEmpty() || options.isolate().contains("time")) {
            namespaces.add(new Namespace(NamespaceType.TIME, Optional.empty()));
        }
        if (user) {
            namespaces.add(new Namespace(NamespaceType.USER, Optional.empty()));
        }
        return new NamespaceChoice(List.copyOf(namespaces), user);
    }

    private static void add(List<Namespace> namespaces, ContainerOptions options,
            NamespaceType type, String isolation, String mode, Lookup lookup)
            throws ContainerException {
        if (mode.equals("host") || Privileges.isOff(options, isolation)) {
            return;
        }
        if (mode.isEmpty()) {
            namespaces.add(new Namespace(type, Optional.empty()));
        } else if (mode.startsWith("container:")) {
            String id = lookup.id(mode.substring("container:".length()));
            namespaces.add(new Namespace(type, Optional.of("/proc/" + id + "/ns/"
                    + type.procName())));
        } else {
            throw new ContainerException(INVALID_OPTION, "the " + type.specName()
                    + " namespace is host or container:NAME, not '" + mode + "'");
        }
    }

    /** Finds a container's process. */
    interface Processes {
        int pid(String containerId) throws ContainerException;
    }

    /** The list with the ids of other containers replaced by their processes of now. */
    static List<Namespace> joined(List<Namespace> namespaces, Processes processes)
            throws ContainerException {
        List<Namespace> joined = new ArrayList<>();
        for (Namespace namespace : namespaces) {
            String[] parts = namespace.path().orElse("").split("/");
            if (parts.length == 5 && parts[2].length() == 64) {
                joined.add(new Namespace(namespace.type(), Optional.of(
                        "/proc/" + processes.pid(parts[2]) + "/ns/" + parts[4])));
            } else {
                joined.add(namespace);
            }
        }
        return joined;
    }
}
