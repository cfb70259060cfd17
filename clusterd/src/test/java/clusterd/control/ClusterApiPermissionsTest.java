package clusterd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.cluster.ClusterGrpc;
import clusterd.credential.Member;
import clusterd.credential.Permissions;
import clusterd.credential.Role;
import io.grpc.MethodDescriptor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterApiPermissionsTest {
    private static final Permissions TABLE = Permissions.of(ClusterApiPermissions.rows());

    private static List<String> callable(Role role) {
        return ClusterGrpc.getServiceDescriptor().getMethods().stream()
                .filter(each -> TABLE.fault(new Member("m", role, "c"), each.getFullMethodName()).isEmpty())
                .map(MethodDescriptor::getBareMethodName).toList();
    }

    @Test
    void anAdminMayEverythingAndANodeNothingButAskTheLeaderForLogs() {
        assertEquals(ClusterGrpc.getServiceDescriptor().getMethods().size(), callable(Role.ADMIN).size());
        assertEquals(List.of(), callable(Role.WORKER));
        assertEquals(List.of("ServiceLogs"), callable(Role.MANAGER));
    }

    @Test
    void aViewerChangesNothing() {
        for (String method : callable(Role.VIEWER)) {
            assertTrue(method.matches("(List|Inspect|Watch|Plan|Why|ClusterStatus|ServiceLogs).*"), method);
            assertFalse(ClusterApiPermissions.isNoted(method), method);
        }
    }

    @Test
    void anOperatorRunsWorkloadsAndGivesNoAccess() {
        List<String> operator = callable(Role.OPERATOR);
        assertTrue(operator.containsAll(List.of("CreateService", "UpdateNode", "RemoveFile", "Why")), "workloads");
        for (String method : List.of("CreateToken", "UnlockKey", "BackupCluster", "AddUser", "RemoveNode")) {
            assertFalse(operator.contains(method), method);
        }
    }
}
