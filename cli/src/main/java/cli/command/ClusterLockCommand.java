package cli.command;

import api.cluster.LockClusterRequest;
import api.cluster.LockClusterResponse;
import api.cluster.UnlockKeyRequest;
import api.cluster.UnlockKeyResponse;
import cli.transport.CallException;
import java.io.IOException;

/** Has managers ask for the unlock key after each start, or not. */
final class ClusterLockCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("cluster lock", "Have managers need the unlock key after each start, or not")
                .positionals("on|off", 1, 1);
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        boolean on = switch (arguments.positional(0)) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new UsageException("\"" + arguments.positional(0) + "\": expected on or off");
        };
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            if (on) {
                ClusterUnlockKeyCommand.print(client.unary("UnlockKey", UnlockKeyRequest.getDefaultInstance(),
                        UnlockKeyResponse.parser()).getKey(), false, console);
            }
            client.unary("LockCluster", LockClusterRequest.newBuilder().setLocked(on).build(),
                    LockClusterResponse.parser());
        }
        console.println(on ? "After its next start a manager waits for `jctl cluster unlock`."
                : "Managers start by themselves.");
        return 0;
    }
}
