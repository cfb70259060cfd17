package overlaynet.attach;

import java.io.Closeable;
import java.io.IOException;

/** A port of the host that a container has; closed, it is everyone's again. */
interface HostPort extends Closeable {
    /** This process ends and the container goes on: the port stays published. */
    void leave() throws IOException;
}
