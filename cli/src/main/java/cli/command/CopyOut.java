package cli.command;

import api.node.CopyFromContainerRequest;
import cli.render.Sizes;
import cli.transport.Call;
import cli.transport.CallException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import linux.abi.FileFlags;
import linux.syscall.Files;
import runtime.copy.CopyArgument;
import runtime.copy.CopyException;
import runtime.copy.CopyPath;
import runtime.copy.CopyPlan;
import runtime.files.IdShift;
import runtime.files.UnpackRules;
import runtime.files.Unpacked;

/** A copy out of a container. What the container put into it is not trusted. */
final class CopyOut {
    private final NodeClient client;
    private final Console console;
    private final boolean keepOwners;
    private final boolean followLink;
    private final boolean quiet;

    CopyOut(NodeClient client, Console console, boolean keepOwners, boolean followLink,
            boolean quiet) {
        this.client = client;
        this.console = console;
        this.keepOwners = keepOwners;
        this.followLink = followLink;
        this.quiet = quiet;
    }

    void copy(String container, String from, CopyArgument to)
            throws CopyException, CallException, IOException {
        CopyPath path = CopyPath.inContainer(from);
        CopyFromContainerRequest.Builder request = CopyFromContainerRequest.newBuilder()
                .setContainer(container).setPath(path.text()).setFollowLink(followLink);
        if (to.isStream()) {
            try (Call call = client.stream("CopyFromContainer", request.build())) {
                Download.to(call, "", console);
            }
            return;
        }
        boolean folder = CopyEnds.isFolder(CopyEnds.stat(client, container, path, followLink));
        CopyPlan.Destination destination =
                CopyEnds.localDestination(CopyEnds.local(to.path()));
        CopyPlan plan = CopyPlan.of(new CopyPlan.Source(path, folder), destination);
        int into = Files.openat(FileFlags.AT_FDCWD,
                plan.folder().getBytes(StandardCharsets.UTF_8),
                FileFlags.O_RDONLY | Files.O_DIRECTORY, 0);
        try (Call call = client.stream("CopyFromContainer",
                request.setName(plan.name()).build())) {
            Unpacked unpacked = unpack(call, into);
            for (String each : unpacked.skipped()) {
                console.say("jctl: " + each);
            }
            if (!quiet) {
                console.say("Successfully copied " + Sizes.decimal(unpacked.contentBytes())
                        + " to " + destination.path().text());
            }
        } finally {
            Files.close(into);
        }
    }

    private Unpacked unpack(Call call, int into) throws CallException, IOException {
        UnpackRules rules = UnpackRules.copy(keepOwners ? UnpackRules.Owners.KEPT
                : UnpackRules.Owners.CALLER, IdShift.NONE);
        try (InputStream data = Download.stream(call)) {
            Unpacked unpacked = Unpacked.into(into, data, rules);
            // What comes after the archive's end is the call's own end, or why it failed.
            data.transferTo(OutputStream.nullOutputStream());
            return unpacked;
        } catch (Download.Broken broken) {
            throw broken.failure();
        }
    }
}
