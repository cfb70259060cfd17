package overlaynet.attach;

import java.io.IOException;
import java.net.Inet4Address;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import overlaynet.link.PortMapping;
import overlaynet.link.TransportProtocol;

/**
 * Ports of the host that slirp4netns listens on and forwards into this network namespace, to the same port of its
 * address there. They stay while slirp4netns runs, which outlives an agent. Inside, a port has lost the host's
 * address it came in by, so two containers cannot have one port of two addresses.
 *
 * <p>Calls come from {@link PortReservations} alone, one at a time.
 */
final class ForwardedPorts implements HostPorts {
    private static final int LAST_OF_ROOT = 1023;
    private static final String EVERYWHERE = "0.0.0.0";

    private final SlirpForwards forwards;
    /** What an agent before this one left; null until somebody asked. */
    private Map<SlirpForwards.Forward, Integer> left;

    ForwardedPorts(SlirpForwards forwards) {
        this.forwards = forwards;
    }

    @Override
    public HostPort take(PortMapping port, boolean ipv6) throws IOException {
        SlirpForwards.Forward wanted = forward(port);
        // Inside, a program of --network host may have the port, or a network's name server.
        BoundPort here = BoundPort.take(inside(port), ipv6);
        boolean done = false;
        try {
            Integer known = left().remove(wanted);
            int id = known != null ? known : add(port, wanted);
            done = true;
            return new ForwardedPort(here, id);
        } finally {
            if (!done) {
                here.close();
            }
        }
    }

    private int add(PortMapping port, SlirpForwards.Forward wanted) throws IOException {
        Optional<Integer> added = forwards.add(wanted);
        if (added.isPresent()) {
            return added.get();
        }
        String where = wanted.hostAddress() + " port " + port.hostPort() + "/" + wanted.protocol();
        throw new AttachException(AttachException.Kind.PORT_IN_USE, "port " + port
                + " cannot be published: slirp4netns cannot listen on " + where + " of this host: "
                + (port.hostPort() <= LAST_OF_ROOT
                        ? "ports below 1024 are root's, unless root lowers that bound with sysctl -w"
                                + " net.ipv4.ip_unprivileged_port_start=" + port.hostPort()
                                + "; take a port above 1023"
                        : "a program has it (`ss -lnp` lists those that listen), or the host has no"
                                + " such address"));
    }

    private static SlirpForwards.Forward forward(PortMapping port) throws AttachException {
        if (port.protocol() == TransportProtocol.SCTP) {
            throw new AttachException(AttachException.Kind.HOST_LACKS_FEATURE, "port " + port
                    + " cannot be published: slirp4netns, an ordinary user's network, forwards TCP and UDP"
                    + " only; publish it with root's agent");
        }
        if (port.hostAddress().isPresent() && !(port.hostAddress().get() instanceof Inet4Address)) {
            throw new AttachException(AttachException.Kind.HOST_LACKS_FEATURE, "port " + port
                    + " cannot be published: slirp4netns, an ordinary user's network, listens on IPv4"
                    + " addresses only; give one, or publish it with root's agent");
        }
        return new SlirpForwards.Forward(port.protocol().lowerCase(),
                port.hostAddress().map(address -> address.getHostAddress()).orElse(EVERYWHERE),
                port.hostPort());
    }

    private Map<SlirpForwards.Forward, Integer> left() throws IOException {
        if (left == null) {
            left = new LinkedHashMap<>(forwards.list());
        }
        return left;
    }

    @Override
    public PortMapping inside(PortMapping port) {
        return new PortMapping(Optional.empty(), port.hostPort(), port.protocol(), port.containerPort());
    }

    @Override
    public void forgetOthers() throws IOException {
        for (int id : left().values()) {
            forwards.remove(id);
        }
        left().clear();
    }

    /** One of them. */
    private final class ForwardedPort implements HostPort {
        private final BoundPort here;
        private final int id;

        private ForwardedPort(BoundPort here, int id) {
            this.here = here;
            this.id = id;
        }

        @Override
        public void leave() throws IOException {
            here.close();
        }

        @Override
        public void close() throws IOException {
            here.close();
            forwards.remove(id);
        }
    }
}
