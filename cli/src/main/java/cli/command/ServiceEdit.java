package cli.command;

import api.cluster.InspectServiceRequest;
import api.cluster.Service;
import api.cluster.ServiceSpec;
import api.cluster.ServiceView;
import api.cluster.UpdateServiceRequest;
import api.cluster.UpdateServiceResponse;
import cli.transport.CallException;
import java.io.IOException;

/** Changes a service as it is: looks, changes, and looks again if somebody was quicker. */
final class ServiceEdit {
    private static final int TRIES = 5;
    private static final String OUT_OF_DATE = "OUT_OF_DATE";

    private final Console console;
    private final NodeClient client;
    private final String name;
    private final Change change;

    /** What is changed. */
    interface Change {
        /** @return everything of the request but the name and the version */
        UpdateServiceRequest.Builder of(ServiceSpec spec) throws UsageException, IOException;
    }

    ServiceEdit(Console console, NodeClient client, String name, Change change) {
        this.console = console;
        this.client = client;
        this.name = name;
        this.change = change;
    }

    /** @return the service as it was before */
    Service run() throws UsageException, CallException, IOException {
        for (int tries = 1; ; tries++) {
            Service service = client.unary("InspectService",
                    InspectServiceRequest.newBuilder().setName(name).build(),
                    ServiceView.parser()).getService();
            UpdateServiceRequest request = change.of(service.getSpec())
                    .setName(service.getId()).setExpectedVersion(service.getVersion()).build();
            try {
                UpdateServiceResponse response =
                        client.unary("UpdateService", request, UpdateServiceResponse.parser());
                for (String warning : response.getWarningsList()) {
                    console.say("WARNING: " + warning);
                }
                return service;
            } catch (CallException e) {
                if (!e.reason().equals(OUT_OF_DATE) || tries == TRIES) {
                    throw e;
                }
            }
        }
    }

    /** What one who waits for the change must know of the service before it. */
    static Convergence.Before before(Service service) {
        return new Convergence.Before(service.getVersion(), service.getUpdate().getStartedMillis());
    }
}
