package cli.command;

import api.node.CopyToContainerRequest;
import api.node.CopyToContainerResponse;
import api.node.CopyToOptions;
import cli.render.Sizes;
import cli.transport.Call;
import cli.transport.CallException;
import cli.transport.ProtocolException;
import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import linux.syscall.Files;
import runtime.copy.CopyArgument;
import runtime.copy.CopyException;
import runtime.copy.CopyPath;
import runtime.copy.CopyPlan;
import runtime.files.IdShift;
import runtime.files.TreeArchive;

/** A copy into a container. */
final class CopyIn {
    private final NodeClient client;
    private final Console console;
    private final boolean keepOwners;
    private final boolean followLink;
    private final boolean quiet;

    CopyIn(NodeClient client, Console console, boolean keepOwners, boolean followLink,
            boolean quiet) {
        this.client = client;
        this.console = console;
        this.keepOwners = keepOwners;
        this.followLink = followLink;
        this.quiet = quiet;
    }

    void copy(CopyArgument from, String container, String to)
            throws CopyException, CallException, IOException {
        CopyPlan.Destination destination =
                CopyEnds.destination(client, container, CopyPath.inContainer(to));
        CopyToContainerResponse response;
        if (from.isStream()) {
            if (!destination.exists() || !destination.isFolder()) {
                throw new CopyException("destination " + container + ":" + to
                        + " must be a directory that is there: a tar is unpacked into it");
            }
            response = sendInput(container, destination.path().text());
        } else {
            response = sendFiles(CopyEnds.local(from.path()), container, destination);
        }
        for (String each : response.getWarningsList()) {
            console.say("jctl: " + each);
        }
        if (!quiet) {
            console.say("Successfully copied " + Sizes.decimal(response.getContentBytes()) + " to "
                    + container + ":" + destination.path().text());
        }
    }

    private CopyToContainerResponse sendInput(String container, String folder)
            throws CallException, IOException {
        try (Call call = begin(container, folder)) {
            Upload.start(call, "-", console, new Wrapping());
            return end(call);
        }
    }

    private CopyToContainerResponse sendFiles(CopyPath source, String container,
            CopyPlan.Destination destination) throws CopyException, CallException, IOException {
        int file = CopyEnds.open(source, followLink);
        try {
            CopyPlan plan = CopyPlan.of(
                    new CopyPlan.Source(source, CopyEnds.status(file).isDirectory()), destination);
            try (Call call = begin(container, plan.folder())) {
                send(call, file, plan.name());
                return end(call);
            }
        } finally {
            Files.close(file);
        }
    }

    private static void send(Call call, int file, String name) throws IOException {
        try (OutputStream out = Upload.stream(call, new Wrapping());
                TreeArchive archive = TreeArchive.ofCopies(out, IdShift.NONE)) {
            archive.add(file, name.getBytes(StandardCharsets.UTF_8));
        } catch (Upload.Refused refused) {
            // The call's end says why.
            return;
        }
        call.closeInput();
    }

    private Call begin(String container, String folder) throws IOException {
        Call call = client.open("CopyToContainer");
        call.send(CopyToContainerRequest.newBuilder().setOptions(CopyToOptions.newBuilder()
                .setContainer(container).setPath(folder).setKeepOwners(keepOwners)).build()
                .toByteArray());
        return call;
    }

    private static CopyToContainerResponse end(Call call) throws CallException, IOException {
        CopyToContainerResponse response =
                NodeClient.next(call, CopyToContainerResponse.parser());
        if (response == null || call.receive() != null) {
            throw new ProtocolException("CopyToContainer: the daemon must answer with one message");
        }
        return response;
    }

    private static final class Wrapping implements Upload.Wrapping {
        @Override
        public MessageLite message(ByteString data) {
            return CopyToContainerRequest.newBuilder().setData(data).build();
        }
    }
}
