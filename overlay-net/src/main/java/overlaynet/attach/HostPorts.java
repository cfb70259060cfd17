package overlaynet.attach;

import java.io.IOException;
import java.nio.file.Path;
import overlaynet.link.PortMapping;

/**
 * How an agent comes by ports of its host. Root's agent is in the host's network namespace, and rules there lead
 * a port's packets to the container. An ordinary user's agent is in a namespace of its own: a program outside
 * listens for it, and what it hands in is led on by the same rules.
 */
public sealed interface HostPorts permits OwnPorts, ForwardedPorts {
    /** Those of this network namespace itself. */
    static HostPorts own() {
        return new OwnPorts();
    }

    /**
     * Those of the namespace outside, had through slirp4netns.
     *
     * @param socket where slirp4netns takes requests ({@code --api-socket}, slirp4netns(1))
     */
    static HostPorts forwarded(Path socket) {
        return new ForwardedPorts(new SlirpForwards(socket));
    }

    /**
     * Takes the port, or takes it over from an agent before this one.
     *
     * @param ipv6 whether the port is published on IPv6 addresses, too
     * @throws AttachException if a program uses it, the host lacks the address, or nobody can forward the
     *                         protocol
     */
    HostPort take(PortMapping port, boolean ipv6) throws IOException;

    /** The port as its packets show it in this network namespace. */
    PortMapping inside(PortMapping port);

    /** Gives back what an agent before this one had taken and nobody has taken over. */
    void forgetOthers() throws IOException;
}
