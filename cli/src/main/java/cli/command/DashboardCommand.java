package cli.command;

import api.cluster.OpenDashboardRequest;
import api.cluster.OpenDashboardResponse;
import cli.transport.CallException;
import java.io.IOException;

/** Turns this node's dashboard on, and prints the link to it. A browser is not started: it would be root's. */
final class DashboardCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("dashboard", "Turn this node's dashboard on, and print the link to it")
                .value("addr", "address", "Serve it at this address (default 127.0.0.1:2380, or where it is)")
                .flag("off", "Turn it off; the link holds no more");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CallException, IOException {
        if (arguments.isOn("off") && arguments.has("addr")) {
            throw new UsageException("--off takes no --addr: a node has one dashboard");
        }
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            OpenDashboardResponse response = client.unary("OpenDashboard", OpenDashboardRequest.newBuilder()
                    .setAddress(arguments.value("addr", "")).setShut(arguments.isOn("off")).build(),
                    OpenDashboardResponse.parser());
            if (!response.getLink().isEmpty()) {
                console.println(response.getLink());
            }
        }
        return 0;
    }
}
