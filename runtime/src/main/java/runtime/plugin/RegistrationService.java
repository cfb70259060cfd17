package runtime.plugin;

import api.deviceplugin.Empty;
import api.deviceplugin.RegisterRequest;
import api.deviceplugin.RegistrationGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import runtime.device.ResourceRequest;

/** What plug-ins call when they are there, as they call a kubelet. */
final class RegistrationService extends RegistrationGrpc.RegistrationImplBase {
    private static final String VERSION = "v1beta1";
    private static final String KUBERNETES = "kubernetes.io/";

    private final Registered registered;

    /** Who is told of it. */
    @FunctionalInterface
    interface Registered {
        /** A plug-in offers a kind of device at a socket of that name. */
        void accept(String resource, String endpoint);
    }

    RegistrationService(Registered registered) {
        this.registered = registered;
    }

    @Override
    public void register(RegisterRequest request, StreamObserver<Empty> observer) {
        Optional<String> problem = problem(request);
        if (problem.isPresent()) {
            observer.onError(Status.INVALID_ARGUMENT.withDescription(problem.get()).asRuntimeException());
            return;
        }
        registered.accept(request.getResourceName(), request.getEndpoint());
        observer.onNext(Empty.getDefaultInstance());
        observer.onCompleted();
    }

    private static Optional<String> problem(RegisterRequest request) {
        if (!request.getVersion().equals(VERSION)) {
            return Optional.of("version \"" + request.getVersion() + "\" of the device plugin API is not spoken here: " + VERSION + " is");
        }
        String resource = request.getResourceName();
        boolean taken = resource.substring(0, Math.max(0, resource.indexOf('/')) + 1).endsWith(KUBERNETES);
        if (!ResourceRequest.isName(resource) || taken) {
            return Optional.of("\"" + resource + "\" is no name of a resource: DOMAIN/NAME, and the domain is not kubernetes.io");
        }
        String endpoint = request.getEndpoint();
        boolean name = !endpoint.isEmpty() && endpoint.indexOf('/') < 0 && !endpoint.startsWith(".") && !endpoint.equals(RegisteredPlugins.KUBELET)
                && endpoint.indexOf('\0') < 0;
        return name ? Optional.empty() : Optional.of("endpoint \"" + endpoint + "\" is no name of a socket in the daemon's folder");
    }
}
