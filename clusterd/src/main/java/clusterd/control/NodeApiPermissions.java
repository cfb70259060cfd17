package clusterd.control;

import clusterd.credential.Permissions.Permission;
import clusterd.credential.Role;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which people may call what of {@code node.proto} over TLS. On its Unix socket the daemon asks nobody: the
 * file's mode says who may. Nodes call none of it on each other.
 *
 * <p>An operator can start privileged containers and mount the host's files: on a node, operator means root.
 */
public final class NodeApiPermissions {
    private static final String SERVICE = "jctl.node.v1.Node/";
    /** They change nothing and show no file of a container. */
    private static final List<String> LOOKING = List.of("Version", "Info", "Explain",
            "ListContainers", "InspectContainer", "WaitContainer", "Logs", "StatsContainers", "TopContainer",
            "ListImages", "InspectImage", "HistoryImage", "ListNetworks", "InspectNetwork",
            "ListVolumes", "InspectVolume", "Events", "DiskUsage", "ListDevices",
            "ListResources", "ListVirtualFunctions");

    private NodeApiPermissions() {}

    /** The rows; everything that is not for looking is for operators and admins. */
    public static List<Permission> rows() {
        return Stream.concat(
                LOOKING.stream().map(method ->
                        Permission.of(SERVICE + method, Role.ADMIN, Role.OPERATOR, Role.VIEWER)),
                Stream.of(Permission.of(SERVICE + "*", Role.ADMIN, Role.OPERATOR))).toList();
    }
}
