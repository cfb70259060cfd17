package clusterd.executor;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import runtime.container.ContainerException;
import runtime.container.ContainerNetwork;
import runtime.container.ContainerOptions;
import runtime.network.Endpoint;

/** No network but none and host. */
final class NoNetwork implements ContainerNetwork {
    @Override
    public boolean attaches(ContainerOptions.Network options) throws ContainerException {
        if (!Set.of("none", "host").contains(options.mode())) {
            throw new ContainerException(ContainerException.Reason.INVALID_OPTION,
                    "no network " + options.mode());
        }
        return false;
    }

    @Override
    public Attachment reserve(PlaceRequest request) throws IOException {
        throw new IOException("no network");
    }

    @Override
    public List<Endpoint> endpoints(String containerId) {
        return List.of();
    }

    @Override
    public Attachment example(String containerId, ContainerOptions.Network options) {
        throw new IllegalStateException("no network to show");
    }

    @Override
    public void release(String containerId) {
        // There is none.
    }

    @Override
    public List<String> reconcile(Set<String> aliveIds) {
        return List.of();
    }
}
