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
    void anAdminMayEverythingAndANodeOnlyWhatManagersAskEachOther() {
        assertEquals(ClusterGrpc.getServiceDescriptor().getMethods().size(), callable(Role.ADMIN).size());
        assertEquals(List.of(), callable(Role.WORKER));
        assertEquals(List.of("ServiceLogs", "ReadAudit", "ClusterUsage"), callable(Role.MANAGER));
        assertEquals(List.of(), callable(Role.WITNESS));
    }

    @Test
    void aViewerChangesNothing() {
        for (String method : callable(Role.VIEWER)) {
            assertTrue(method.matches("(List|Inspect|Watch|Plan|Why|ClusterStatus|ServiceLogs|ClusterUsage|ShowAuthority).*"), method);
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

    /** Written out here once more, so that a change of the table is one of this, too. */
    private static final List<String> FOR_VIEWERS = List.of("ListServices", "InspectService", "WatchService",
            "ListTasks", "ServiceLogs", "PlanService", "Why", "ListNodes", "InspectNode", "ListFiles", "ListProjects",
            "ListQueue", "ClusterStatus", "ClusterUsage", "ShowAuthority", "PlanServices", "ListClusterNetworks");
    private static final List<String> FOR_MANAGERS = List.of("ServiceLogs", "ReadAudit", "ClusterUsage");
    private static final List<String> FOR_OPERATORS = List.of("CreateService", "UpdateService", "RemoveService",
            "CreateFile", "RemoveFile", "UpdateNode", "CreateClusterNetwork",
            "UpdateClusterNetwork", "RemoveClusterNetwork");

    private static final List<String> FOR_ADMINS = List.of("RemoveNode", "PutProject", "RemoveProject",
            "CreateToken", "ListTokens", "RemoveToken", "BackupCluster", "RestoreCluster", "RecoverCluster",
            "ClusterLog", "UnlockKey", "LockCluster", "UnlockCluster", "AddUser", "ListUsers", "RemoveUser",
            "ReadAudit", "OpenDashboard", "RotateAuthority");

    @Test
    void eachCallIsRefusedToEachRoleThatItIsNotForWithASentence() {
        for (MethodDescriptor<?, ?> method : ClusterGrpc.getServiceDescriptor().getMethods()) {
            String name = method.getBareMethodName();
            boolean listed = FOR_VIEWERS.contains(name) || FOR_OPERATORS.contains(name) || FOR_ADMINS.contains(name);
            for (Role role : Role.values()) {
                boolean may = role == Role.ADMIN
                        || (role == Role.OPERATOR || role == Role.VIEWER) && FOR_VIEWERS.contains(name)
                        || role == Role.OPERATOR && FOR_OPERATORS.contains(name)
                        || role == Role.MANAGER && FOR_MANAGERS.contains(name);
                String fault = TABLE.fault(new Member("somebody", role, "c"), method.getFullMethodName()).orElse("");
                assertTrue(listed, name);
                assertEquals(may, fault.isEmpty(), role + " " + name + ": " + fault);
                assertTrue(may || fault.contains("somebody") && fault.contains(name) && fault.contains("it is for"),
                        fault);
            }
        }
    }
}
