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
            "ListTasks", "ServiceLogs", "PlanService", "Why", "ListNodes", "InspectNode", "ListFiles",
            "ListProjects", "ClusterStatus", "ShowAuthority", "PlanServices");
    private static final List<String> OPERATING = List.of("CreateService", "UpdateService", "RemoveService",
            "CreateFile", "RemoveFile", "UpdateNode");

    private ClusterApiPermissions() {
    }

    /** The rows; everything that is neither for looking nor for operating is for admins. */
    public static List<Permission> rows() {
        return Stream.of(
                LOOKING.stream().map(method ->
                        Permission.of(SERVICE + method, Role.ADMIN, Role.OPERATOR, Role.VIEWER)),
                OPERATING.stream().map(method -> Permission.of(SERVICE + method, Role.ADMIN, Role.OPERATOR)),
                Stream.of(Permission.of(SERVICE + "*", Role.ADMIN))).flatMap(each -> each).toList();
    }

    /** Whether a method changes something, or shows a secret: such calls are written down. */
    public static boolean isNoted(String method) {
        return !LOOKING.contains(method) && !Set.of("ListTokens", "ListUsers").contains(method);
    }
}
