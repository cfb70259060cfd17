package clusterd.control;

import clusterd.credential.Permissions.Permission;
import clusterd.credential.Role;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which people may call what of {@code cluster.proto} over TLS. On a manager's Unix socket nobody is asked: the
 * file's mode says who may.
 */
public final class ClusterApiPermissions {
    private static final String SERVICE = "jctl.cluster.v1.Cluster/";
    private static final List<String> LOOKING = List.of("ListServices", "InspectService", "WatchService",
            "ListTasks", "PlanService", "Why", "ListNodes", "InspectNode", "ListFiles",
            "ListProjects", "ListQueue", "ClusterStatus", "ShowAuthority", "PlanServices",
            "ListClusterNetworks");
    /** For looking too; another manager passes such calls on to the one that leads. */
    private static final List<String> PASSED_ON = List.of("ServiceLogs", "ClusterUsage");
    private static final List<String> OPERATING = List.of("CreateService", "UpdateService", "RemoveService",
            "CreateFile", "RemoveFile", "UpdateNode", "CreateClusterNetwork",
            "UpdateClusterNetwork", "RemoveClusterNetwork");

    private ClusterApiPermissions() {
    }

    /** The rows; everything that is neither for looking nor for operating is for admins. */
    public static List<Permission> rows() {
        return Stream.of(
                LOOKING.stream().map(method ->
                        Permission.of(SERVICE + method, Role.ADMIN, Role.OPERATOR, Role.VIEWER)),
                PASSED_ON.stream().map(method -> Permission.of(SERVICE + method, Role.ADMIN, Role.OPERATOR, Role.VIEWER,
                        Role.MANAGER)),
                OPERATING.stream().map(method -> Permission.of(SERVICE + method, Role.ADMIN, Role.OPERATOR)),
                // Managers read each other's, for an admin who asks one of them.
                Stream.of(Permission.of(SERVICE + "ReadAudit", Role.ADMIN, Role.MANAGER)),
                Stream.of(Permission.of(SERVICE + "*", Role.ADMIN))).flatMap(each -> each).toList();
    }

    /**
     * Whether a method changes something, or shows a secret: such calls are written down. That nodes renew their
     * certificates goes on all the time.
     */
    public static boolean isNoted(String method) {
        return !LOOKING.contains(method) && !PASSED_ON.contains(method)
                && !Set.of("ListTokens", "ListUsers", "ReadAudit", "Renew").contains(method);
    }
}
