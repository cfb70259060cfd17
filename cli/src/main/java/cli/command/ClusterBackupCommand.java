package cli.command;

import api.cluster.BackupChunk;
import api.cluster.BackupClusterRequest;
import cli.transport.Call;
import cli.transport.CallException;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Writes the cluster's state and authority into a file. */
final class ClusterBackupCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("cluster backup", "Write the cluster's state and keys, sealed, into a file")
                .positionals("FILE", 1, 1)
                .value("passphrase-file", "file", "Seal by the passphrase in this file (default: by the unlock key,"
                        + " `jctl cluster unlock-key`)");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        BackupClusterRequest.Builder request = BackupClusterRequest.newBuilder();
        boolean byPassphrase = arguments.has("passphrase-file");
        if (byPassphrase) {
            request.setPassphrase(ByteString.copyFrom(KeyInput.ofFile(arguments.value("passphrase-file"), console)));
        }
        Path file = Path.of(arguments.positional(0)).toAbsolutePath();
        Path unfinished = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(unfinished);
        long bytes = 0;
        try (NodeClient client = NodeClient.connectToCluster(console);
                Call call = client.stream("BackupCluster", request.build());
                FileChannel out = FileChannel.open(unfinished, Set.of(StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE), PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")))) {
            for (BackupChunk chunk = NodeClient.next(call, BackupChunk.parser()); chunk != null;
                    chunk = NodeClient.next(call, BackupChunk.parser())) {
                ByteBuffer data = chunk.getData().asReadOnlyByteBuffer();
                while (data.hasRemaining()) {
                    bytes += out.write(data);
                }
            }
            out.force(true);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
        try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
        console.println(file + ": " + bytes + " bytes, sealed by " + (byPassphrase ? "the passphrase"
                : "the unlock key: keep that elsewhere, `jctl cluster unlock-key` shows it"));
        return 0;
    }
}
