package cli.command;

import api.cluster.RestoreClusterRequest;
import api.cluster.RestoreClusterResponse;
import cli.render.Times;
import cli.transport.Call;
import cli.transport.CallException;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes this node the one manager of a cluster that was. */
final class ClusterRestoreCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("cluster restore", "Found a cluster of this node alone from a backup")
                .positionals("FILE", 1, 1)
                .value("passphrase-file", "file", "What the backup was sealed by; - for standard input")
                .value("unlock-key-file", "file", "The same, if that was the unlock key (default: it is asked for)");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        if (arguments.has("passphrase-file") && arguments.has("unlock-key-file")) {
            throw new UsageException("--passphrase-file and --unlock-key-file exclude each other");
        }
        String option = arguments.has("passphrase-file") ? "passphrase-file" : "unlock-key-file";
        Path file = Path.of(arguments.positional(0));
        if (!Files.isReadable(file)) {
            throw new IOException("the backup " + file + " cannot be read");
        }
        byte[] key = arguments.has(option) ? KeyInput.ofFile(arguments.value(option), console)
                : KeyInput.line("Unlock key: ", console).getBytes(StandardCharsets.UTF_8);
        RestoreClusterResponse restored;
        try (NodeClient client = NodeClient.connectToCluster(console); Call call = client.open("RestoreCluster")) {
            call.send(RestoreClusterRequest.newBuilder().setKey(ByteString.copyFrom(key)).build().toByteArray());
            Upload.start(call, file.toString(), console, data ->
                    RestoreClusterRequest.newBuilder().setData(data).build());
            restored = NodeClient.next(call, RestoreClusterResponse.parser());
        }
        if (restored == null) {
            throw new IOException("the agent gave no answer");
        }
        console.println("Cluster " + restored.getClusterId() + " as of "
                + Times.readable(restored.getTakenMillis() * 1_000_000) + ": " + restored.getServices()
                + " services, " + restored.getNodes() + " nodes; this node is its only manager.");
        return 0;
    }
}
