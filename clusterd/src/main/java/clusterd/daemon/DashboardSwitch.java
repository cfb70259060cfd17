package clusterd.daemon;

import clusterd.control.DashboardCalls;
import clusterd.dashboard.DashboardServer;
import clusterd.dashboard.Situation;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.function.Supplier;
import runtime.container.Journal;

/** The node's dashboard, on or off. While it is off nothing of it is loaded. */
final class DashboardSwitch implements DashboardCalls.Dashboard, AutoCloseable {
    private static final String USUAL = "127.0.0.1:2380";

    private final Supplier<Situation> situation;
    private final Journal journal;
    private DashboardServer server;

    DashboardSwitch(Supplier<Situation> situation, Journal journal) {
        this.situation = situation;
        this.journal = journal;
    }

    @Override
    public synchronized String open(String address) throws IOException {
        if (server != null && !address.isEmpty() && !parse(address).equals(server.address())) {
            throw new IOException("the dashboard is at " + place() + " already: `jctl dashboard --off` ends that");
        }
        if (server == null) {
            server = DashboardServer.open(parse(address.isEmpty() ? USUAL : address), situation,
                    new SecureRandom(), journal);
            journal.say("the dashboard is at http://" + place() + "/, and `jctl dashboard` prints the link to it");
            if (!server.address().getAddress().isLoopbackAddress()) {
                journal.say("the dashboard's link goes over the network in the clear: whoever reads along can look,"
                        + " too; a loopback address and `ssh -L` are safer");
            }
        }
        return server.link();
    }

    private String place() {
        return server.address().getAddress().getHostAddress() + ":" + server.address().getPort();
    }

    private static InetSocketAddress parse(String address) throws IOException {
        int colon = address.lastIndexOf(':');
        String host = colon < 0 ? "" : address.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            InetSocketAddress parsed = host.isEmpty() ? null
                    : new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1)));
            if (parsed != null && !parsed.isUnresolved()) {
                return parsed;
            }
        } catch (IllegalArgumentException noPort) {
            throw new IOException(noAddress(address), noPort);
        }
        throw new IOException(noAddress(address));
    }

    private static String noAddress(String address) {
        return "the dashboard cannot be served at '" + address + "': give an address and a port, like " + USUAL;
    }

    @Override
    public synchronized void shut() {
        if (server != null) {
            server.close();
            server = null;
            journal.say("the dashboard is off");
        }
    }

    @Override
    public synchronized void close() {
        if (server != null) {
            server.close();
            server = null;
        }
    }
}
