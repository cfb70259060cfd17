package clusterd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.node.NodeGrpc;
import clusterd.credential.Member;
import clusterd.credential.Permissions;
import clusterd.credential.Role;
import io.grpc.MethodDescriptor;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class NodeApiPermissionsTest {
    private final Permissions table = Permissions.of(NodeApiPermissions.rows());

    @Test
    void everyMethodHasARowAndEveryRowAMethod() {
        Set<String> methods = NodeGrpc.getServiceDescriptor().getMethods().stream()
                .map(MethodDescriptor::getFullMethodName).collect(Collectors.toSet());
        methods.forEach(method -> assertTrue(table.names(method), method));
        assertEquals(List.of(), NodeApiPermissions.rows().stream().map(Permissions.Permission::method)
                .filter(row -> !row.endsWith("/*") && !methods.contains(row)).toList());
    }

    @Test
    void aViewerChangesNothingAndANodeCallsNothing() {
        Set<String> viewers = new TreeSet<>();
        for (MethodDescriptor<?, ?> method : NodeGrpc.getServiceDescriptor().getMethods()) {
            String name = method.getFullMethodName();
            if (table.fault(new Member("jo", Role.VIEWER, "c1"), name).isEmpty()) {
                viewers.add(name.substring(name.indexOf('/') + 1));
            }
            assertTrue(table.fault(new Member("w1", Role.WORKER, "c1"), name).isPresent(), name);
            assertTrue(table.fault(new Member("jo", Role.ADMIN, "c1"), name).isEmpty(), name);
        }
        assertEquals(Set.of(), viewers.stream().filter(name -> name.matches(
                "(Create|Start|Stop|Kill|Remove|Run|Exec|Attach|Copy|Export|Save|Import|Load|Pull|Push|Prune|Update).*"))
                .collect(Collectors.toSet()));
        assertTrue(viewers.contains("Logs"), viewers.toString());
    }
}
