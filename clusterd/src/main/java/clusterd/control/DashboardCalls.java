package clusterd.control;

import api.cluster.ClusterGrpc;
import api.cluster.OpenDashboardRequest;
import api.cluster.OpenDashboardResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;

/** Turns this node's dashboard on and off: on its own socket alone, in a cluster or not. */
public final class DashboardCalls extends ClusterGrpc.ClusterImplBase {
    /** The one call. */
    public static final String NAME = "OpenDashboard";

    /** The node's dashboard. */
    public interface Dashboard {
        /**
         * Serves it, unless it is served already.
         *
         * @param address {@code HOST:PORT}; {@code ""}: where it is, or the usual
         * @return the link to it
         */
        String open(String address) throws IOException;

        /** Serves it no more. */
        void shut();
    }

    private final Dashboard dashboard;

    /** Of that one. */
    public DashboardCalls(Dashboard dashboard) {
        this.dashboard = dashboard;
    }

    @Override
    public void openDashboard(OpenDashboardRequest request, StreamObserver<OpenDashboardResponse> observer) {
        OpenDashboardResponse response;
        try {
            if (request.getShut()) {
                dashboard.shut();
                response = OpenDashboardResponse.getDefaultInstance();
            } else {
                response = OpenDashboardResponse.newBuilder().setLink(dashboard.open(request.getAddress())).build();
            }
        } catch (IOException e) {
            observer.onError(Answer.of(Status.FAILED_PRECONDITION, "IN_USE", e.getMessage()));
            return;
        }
        observer.onNext(response);
        observer.onCompleted();
    }
}
