package cli.command;

import api.cluster.UnlockClusterRequest;
import api.cluster.UnlockClusterResponse;
import cli.transport.CallException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Gives a locked manager its key. */
final class ClusterUnlockCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("cluster unlock", "Give the unlock key to this manager, which waits for it")
                .value("key-file", "file", "File with the key (default: it is asked for)");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        String key = arguments.has("key-file")
                ? new String(KeyInput.ofFile(arguments.value("key-file"), console), StandardCharsets.UTF_8).strip()
                : KeyInput.line("Unlock key: ", console);
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            client.unary("UnlockCluster", UnlockClusterRequest.newBuilder().setKey(key).build(),
                    UnlockClusterResponse.parser());
        }
        console.println("This manager is unlocked.");
        return 0;
    }
}
