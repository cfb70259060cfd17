package runtime.node;

import api.node.Chunk;
import api.node.CopyFromContainerRequest;
import api.node.CopyToContainerResponse;
import api.node.CopyToOptions;
import api.node.DiffContainerReply;
import api.node.ExportContainerRequest;
import api.node.PathChange;
import api.node.Reason;
import api.node.StatContainerPathRequest;
import api.node.StatContainerPathResponse;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import linux.abi.Errno;
import linux.syscall.FileStatus;
import linux.syscall.Files;
import linux.syscall.SystemCallException;
import runtime.container.ContainerRecord;
import runtime.copy.CopyPath;
import runtime.files.LayerDiff;
import runtime.files.RootView;
import runtime.files.TreeArchive;
import runtime.files.UnpackRules;
import runtime.files.Unpacked;
import runtime.image.LayerPath;
import runtime.store.Decompression;

/** The calls about files in containers. */
final class FileCalls {
    private static final int CHANGES_PER_REPLY = 500;
    private static final byte[] NOTHING = {};

    private final ContainerViews views;

    FileCalls(ContainerViews views) {
        this.views = views;
    }

    StatContainerPathResponse stat(StatContainerPathRequest request) throws Exception {
        CopyPath path = path(request.getPath());
        return views.view(request.getContainer(), (record, view) -> {
            int file = open(record, view, path, request.getFollowLink());
            try {
                FileStatus status = Files.statx(file, NOTHING);
                StatContainerPathResponse.Builder response = StatContainerPathResponse.newBuilder()
                        .setMode(status.mode()).setSizeBytes(status.sizeBytes())
                        .setModifiedUnixNanos(status.seconds() * 1_000_000_000L
                                + status.nanoseconds());
                if (status.isSymbolicLink()) {
                    response.setLinkTarget(new String(Files.readlinkat(file, NOTHING),
                            StandardCharsets.UTF_8));
                }
                return response.build();
            } finally {
                Files.close(file);
            }
        });
    }

    private static CopyPath path(String text) {
        if (text.isEmpty()) {
            throw Failures.of(Reason.INVALID_OPTION, "an empty path in a container",
                    OptionalInt.empty());
        }
        return CopyPath.inContainer(text);
    }

    private static int open(ContainerRecord record, RootView view, CopyPath path, boolean follow)
            throws SystemCallException {
        try {
            return view.open(path.text(), follow);
        } catch (SystemCallException e) {
            String where = " in container " + record.name() + ": ";
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                throw Failures.of(Reason.PATH_NOT_FOUND, path.text() + where
                        + (e.is(Errno.ENOENT) ? Errno.ENOENT : Errno.ENOTDIR).sentence(),
                        OptionalInt.empty());
            }
            if (e.is(Errno.ELOOP)) {
                throw Failures.of(Reason.PATH_UNFIT, path.text() + where + "links without end, or"
                        + " one of the kernel's own that leads out of the container",
                        OptionalInt.empty());
            }
            throw e;
        }
    }

    void copyFrom(CopyFromContainerRequest request, ReplyStream<Chunk> replies) throws Exception {
        CopyPath path = path(request.getPath());
        String name = request.getName().isEmpty() ? path.name() : request.getName();
        views.view(request.getContainer(), (record, view) -> {
            int file = open(record, view, path, request.getFollowLink());
            try (OutputStream out = ChunkStream.buffered(replies);
                    TreeArchive archive = TreeArchive.ofCopies(out, ContainerViews.ids(record))) {
                archive.add(file, name.getBytes(StandardCharsets.UTF_8));
                return null;
            } finally {
                Files.close(file);
            }
        });
    }

    void copyTo(CopyToOptions options, InputStream data, ReplyStream<CopyToContainerResponse> replies)
            throws Exception {
        CopyPath path = path(options.getPath());
        Unpacked result = views.writableView(options.getContainer(), (record, view) -> {
            int folder = open(record, view, path, true);
            try {
                if (!Files.statx(folder, NOTHING).isDirectory()) {
                    throw Failures.of(Reason.PATH_UNFIT, path.text() + " in container "
                            + record.name() + " is not a directory", OptionalInt.empty());
                }
                if (record.options().readOnlyRoot() && !record.state().isAlive()) {
                    throw Failures.of(Reason.PATH_UNFIT, "the root file system of container "
                            + record.name() + " is read-only", OptionalInt.empty());
                }
                UnpackRules rules = UnpackRules.copy(options.getKeepOwners()
                        ? UnpackRules.Owners.KEPT : UnpackRules.Owners.ROOT,
                        ContainerViews.ids(record));
                try (InputStream tar = Decompression.open(data)) {
                    return Unpacked.into(folder, tar, rules);
                }
            } finally {
                Files.close(folder);
            }
        });
        replies.send(CopyToContainerResponse.newBuilder()
                .setContentBytes(result.contentBytes()).addAllWarnings(result.skipped()).build());
    }

    void diff(String container, ReplyStream<DiffContainerReply> replies) throws Exception {
        List<LayerDiff.Change> changes = views.upper(container,
                (record, upper, diff) -> diff.changes(upper));
        for (int at = 0; at < changes.size(); at += CHANGES_PER_REPLY) {
            DiffContainerReply.Builder reply = DiffContainerReply.newBuilder();
            for (LayerDiff.Change change : changes.subList(at,
                    Math.min(changes.size(), at + CHANGES_PER_REPLY))) {
                reply.addChanges(PathChange.newBuilder()
                        .setKind(switch (change.kind()) {
                            case ADDED -> PathChange.Kind.ADDED;
                            case CHANGED -> PathChange.Kind.CHANGED;
                            case DELETED -> PathChange.Kind.DELETED;
                        })
                        .setPath(ByteString.copyFrom(LayerPath.bytes(change.path()))));
            }
            if (!replies.send(reply.build())) {
                throw new IOException("the client has gone");
            }
        }
    }

    void export(ExportContainerRequest request, ReplyStream<Chunk> replies) throws Exception {
        views.bare(request.getContainer(), (record, view) -> {
            try (OutputStream out = ChunkStream.buffered(replies);
                    TreeArchive archive = TreeArchive.ofRoot(out, ContainerViews.ids(record))) {
                archive.addContent(view.folder());
                return null;
            }
        });
    }
}
