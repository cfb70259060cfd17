package cli.command;

import api.cluster.LockClusterRequest;
import api.cluster.LockClusterResponse;
import api.cluster.UnlockKeyRequest;
import api.cluster.UnlockKeyResponse;
import cli.transport.CallException;
import java.io.IOException;

/** Shows, or exchanges, the key that opens managers' keys. */
final class ClusterUnlockKeyCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("cluster unlock-key", "Show the key that opens locked managers and backups")
                .flag("rotate", "Make a new one; backups that there are still need the old one")
                .flag('q', "quiet", "Only print the key");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        boolean rotate = arguments.isOn("rotate");
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            UnlockKeyResponse key = client.unary("UnlockKey", UnlockKeyRequest.newBuilder().setFresh(rotate).build(),
                    UnlockKeyResponse.parser());
            print(key.getKey(), arguments.isOn("quiet"), console);
            if (rotate) {
                // Only after it was shown: nobody else has it.
                client.unary("LockCluster", LockClusterRequest.newBuilder().setLocked(key.getLocked())
                        .setKey(key.getKey()).build(), LockClusterResponse.parser());
                if (!arguments.isOn("quiet")) {
                    console.println("The key before it opens older backups alone from now on.");
                }
            }
        }
        return 0;
    }

    static void print(String key, boolean quiet, Console console) throws IOException {
        console.print(quiet ? key + "\n" : "Unlock key of this cluster:\n\n    " + key
                + "\n\nKeep it where the managers' disks are not: with a disk or a backup it is the cluster.\n");
    }
}
