package overlaynet.attach;

import java.io.IOException;
import overlaynet.link.PortMapping;

/** The ports of the agent's own network namespace. */
final class OwnPorts implements HostPorts {

    @Override
    public HostPort take(PortMapping port, boolean ipv6) throws IOException {
        return BoundPort.take(port, ipv6);
    }

    @Override
    public PortMapping inside(PortMapping port) {
        return port;
    }

    @Override
    public void forgetOthers() {
        // Sockets went with the process that had them.
    }
}
