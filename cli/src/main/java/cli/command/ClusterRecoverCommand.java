package cli.command;

import api.cluster.RecoverClusterRequest;
import api.cluster.RecoverClusterResponse;
import cli.transport.CallException;
import java.io.IOException;

/** The way back when most of the managers are gone for good. */
final class ClusterRecoverCommand implements Command {
    private static final String WARNING = """
            WARNING! This makes a cluster of this manager alone, out of what is on its disk.
            - Changes that only the others have are lost.
            - Two managers of the old group that come back together would be a second cluster beside this
              one: make sure that they stay off until this node is reachable for them.
            Do it on one manager, and only if the others do not come back.
            """;

    @Override
    public Syntax syntax() {
        return new Syntax("cluster recover", "Go on with this manager alone after the others were lost")
                .flag('y', "yes", "Do it: the other managers do not come back");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        if (!arguments.isOn("yes")) {
            console.sayText(WARNING);
            throw new UsageException("nothing was done: give --yes if that is what you want");
        }
        RecoverClusterResponse done;
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            done = client.unary("RecoverCluster", RecoverClusterRequest.newBuilder().setConfirmed(true).build(),
                    RecoverClusterResponse.parser());
        }
        console.println("This manager goes on alone, in group " + done.getGroup() + ".");
        if (done.getKeptEntries() > 0) {
            console.println(done.getKeptEntries() + " entries of its log that may not have been accepted are kept.");
        }
        for (String name : done.getDemotedList()) {
            console.println("Node " + name + " is a worker now: once it is back, `jctl node promote " + name + "`.");
        }
        for (String name : done.getRemovedList()) {
            console.println("Witness " + name + " is out: empty its data folder and join it again.");
        }
        return 0;
    }
}
