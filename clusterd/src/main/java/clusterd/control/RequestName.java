package clusterd.control;

import api.cluster.AddUserRequest;
import api.cluster.CreateClusterNetworkRequest;
import api.cluster.CreateFileRequest;
import api.cluster.CreateServiceRequest;
import api.cluster.CreateTokenRequest;
import api.cluster.LockClusterRequest;
import api.cluster.PutProjectRequest;
import api.cluster.RemoveClusterNetworkRequest;
import api.cluster.RemoveFileRequest;
import api.cluster.RemoveNodeRequest;
import api.cluster.RemoveProjectRequest;
import api.cluster.RemoveServiceRequest;
import api.cluster.RemoveTokenRequest;
import api.cluster.RemoveUserRequest;
import api.cluster.UpdateNodeRequest;
import api.cluster.UpdateServiceRequest;
import api.enrollment.EnrollRequest;
import clusterd.audit.AuditEntry;
import clusterd.explain.Names;
import clusterd.state.ClusterState;

/** What a request is about. */
final class RequestName {
    private RequestName() {
    }

    /** As the state has it before the request is carried out. */
    static AuditEntry.Subject of(Object request, ClusterState state) {
        return switch (request) {
            case CreateServiceRequest each -> named(each.getSpec().getName());
            case UpdateServiceRequest each -> service(each.getName(), state);
            case RemoveServiceRequest each -> service(each.getName(), state);
            case UpdateNodeRequest each -> node(each.getName(), (each.hasRole() ? " " + each.getRole() : "")
                    + (each.hasAvailability() ? " " + each.getAvailability() : ""), state);
            case RemoveNodeRequest each -> node(each.getName(), "", state);
            case CreateFileRequest each -> named((each.getSecret() ? "secret/" : "config/") + each.getName());
            case RemoveFileRequest each -> named((each.getSecret() ? "secret/" : "config/") + each.getName());
            case CreateClusterNetworkRequest each -> named(each.getName());
            case RemoveClusterNetworkRequest each -> named(each.getName());
            case PutProjectRequest each -> named(each.getProject().getName());
            case RemoveProjectRequest each -> named(each.getName());
            case CreateTokenRequest each -> named(each.getRole().toString());
            case RemoveTokenRequest each -> named(each.getId());
            case AddUserRequest each -> named(each.getName() + " " + each.getRole());
            case RemoveUserRequest each -> named(each.getName());
            case LockClusterRequest each -> named(each.getLocked() ? "on" : "off");
            case EnrollRequest each -> new AuditEntry.Subject(each.getFacts().getHostName(),
                    each.getFacts().getNodeId());
            default -> AuditEntry.Subject.NONE;
        };
    }

    private static AuditEntry.Subject named(String name) {
        return new AuditEntry.Subject(name, "");
    }

    private static AuditEntry.Subject service(String name, ClusterState state) {
        try {
            return new AuditEntry.Subject(name, Names.service(name, state).id().value());
        } catch (Names.UnknownNameException nobodys) {
            return named(name);
        }
    }

    private static AuditEntry.Subject node(String name, String how, ClusterState state) {
        try {
            return new AuditEntry.Subject(name + how, Names.node(name, state).id().value());
        } catch (Names.UnknownNameException nobodys) {
            return named(name + how);
        }
    }
}
