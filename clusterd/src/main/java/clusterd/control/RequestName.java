package clusterd.control;

import api.cluster.AddUserRequest;
import api.cluster.CreateFileRequest;
import api.cluster.CreateServiceRequest;
import api.cluster.CreateTokenRequest;
import api.cluster.LockClusterRequest;
import api.cluster.PutProjectRequest;
import api.cluster.RemoveFileRequest;
import api.cluster.RemoveNodeRequest;
import api.cluster.RemoveProjectRequest;
import api.cluster.RemoveServiceRequest;
import api.cluster.RemoveTokenRequest;
import api.cluster.RemoveUserRequest;
import api.cluster.UpdateNodeRequest;
import api.cluster.UpdateServiceRequest;

/** What a request is about. */
final class RequestName {
    private RequestName() {
    }

    /** {@code ""} if it is about nothing that has a name. */
    static String of(Object request) {
        return switch (request) {
            case CreateServiceRequest each -> each.getSpec().getName();
            case UpdateServiceRequest each -> each.getName();
            case RemoveServiceRequest each -> each.getName();
            case UpdateNodeRequest each -> each.getName() + (each.hasRole() ? " " + each.getRole() : "")
                    + (each.hasAvailability() ? " " + each.getAvailability() : "");
            case RemoveNodeRequest each -> each.getName();
            case CreateFileRequest each -> each.getName();
            case RemoveFileRequest each -> each.getName();
            case PutProjectRequest each -> each.getProject().getName();
            case RemoveProjectRequest each -> each.getName();
            case CreateTokenRequest each -> each.getRole().toString();
            case RemoveTokenRequest each -> each.getId();
            case AddUserRequest each -> each.getName() + " " + each.getRole();
            case RemoveUserRequest each -> each.getName();
            case LockClusterRequest each -> each.getLocked() ? "on" : "off";
            default -> "";
        };
    }
}
