package runtime.node;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import runtime.container.ContainerException;
import runtime.container.ContainerNetwork;

/** No network but none and host. */
final class NoNetwork implements ContainerNetwork {
    @Override
    public boolean attaches(String mode) throws ContainerException {
        if (!mode.equals("none") && !mode.equals("host") && !mode.startsWith("container:")) {
            throw new ContainerException(ContainerException.Reason.INVALID_OPTION,
                    "no network " + mode);
        }
        return false;
    }

    @Override
    public Attachment reserve(String containerId, String mode) throws IOException {
        throw new IOException("no network");
    }

    @Override
    public Attachment example(String containerId) {
        throw new IllegalStateException("no network to show");
    }

    @Override
    public void release(String containerId) {}

    @Override
    public List<String> reconcile(Set<String> aliveIds) {
        return List.of();
    }
}
