package cli.command;

import api.node.Reason;
import api.node.StatContainerPathRequest;
import api.node.StatContainerPathResponse;
import cli.transport.CallException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import linux.abi.Errno;
import linux.abi.FileFlags;
import linux.syscall.FileStatus;
import linux.syscall.Files;
import linux.syscall.SystemCallException;
import runtime.copy.CopyException;
import runtime.copy.CopyPath;
import runtime.copy.CopyPlan;

/** What is at the two ends of a copy. */
final class CopyEnds {
    private static final int LINKS_LIMIT = 10;

    private CopyEnds() {}

    /** A path of this machine, absolute, its end as the user wrote it. */
    static CopyPath local(String text) {
        if (text.startsWith("/")) {
            return new CopyPath(text);
        }
        return new CopyPath(Path.of("").toAbsolutePath() + "/" + text);
    }

    /** What a path of this machine is. */
    static FileStatus status(int file) throws SystemCallException {
        return Files.statx(file, new byte[0]);
    }

    /** Opens a file of this machine as a mere place. */
    static int open(CopyPath path, boolean follow) throws CopyException, SystemCallException {
        try {
            return Files.openat(FileFlags.AT_FDCWD, Files.name(path.text()),
                    FileFlags.O_PATH | (follow ? 0 : Files.O_NOFOLLOW), 0);
        } catch (SystemCallException e) {
            if (e.is(Errno.ENOENT)) {
                throw new CopyException(path.text() + ": no such file or directory");
            }
            if (e.is(Errno.ENOTDIR)) {
                throw new CopyException(path.text() + ": not a directory");
            }
            throw e;
        }
    }

    /** A destination on this machine, its links followed to their end. */
    static CopyPlan.Destination localDestination(CopyPath wanted)
            throws CopyException, SystemCallException {
        CopyPath path = wanted;
        for (int links = 0; links <= LINKS_LIMIT; links++) {
            Optional<FileStatus> found = find(path);
            if (found.isEmpty()) {
                CopyPath above = new CopyPath(new CopyPath(path.clean()).folder());
                Optional<FileStatus> folder = find(new CopyPath(above.text() + "/"));
                if (folder.isEmpty()) {
                    throw new CopyException(above.text() + ": no such directory; make it first");
                }
                return new CopyPlan.Destination(path, false, false);
            }
            if (!found.get().isSymbolicLink()) {
                return new CopyPlan.Destination(path, true, found.get().isDirectory());
            }
            path = path.linked(new String(Files.readlinkat(FileFlags.AT_FDCWD,
                    Files.name(path.text())), StandardCharsets.UTF_8));
        }
        throw new CopyException(wanted.text() + ": too many symbolic links");
    }

    private static Optional<FileStatus> find(CopyPath path) throws SystemCallException {
        try {
            return Files.find(FileFlags.AT_FDCWD, Files.name(path.text()));
        } catch (SystemCallException e) {
            if (e.is(Errno.ENOTDIR)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** A destination in a container, its links followed to their end as the container has them. */
    static CopyPlan.Destination destination(NodeClient client, String container, CopyPath wanted)
            throws CopyException, CallException, IOException {
        CopyPath path = wanted;
        for (int links = 0; links <= LINKS_LIMIT; links++) {
            StatContainerPathResponse status;
            try {
                status = stat(client, container, path, false);
            } catch (CallException e) {
                if (!e.reason().equals(Reason.PATH_NOT_FOUND.name())) {
                    throw e;
                }
                return new CopyPlan.Destination(path, false, false);
            }
            if (type(status) != FileFlags.S_IFLNK) {
                return new CopyPlan.Destination(path, true, isFolder(status));
            }
            path = path.linked(status.getLinkTarget());
        }
        throw new CopyException(container + ":" + wanted.text() + ": too many symbolic links");
    }

    static StatContainerPathResponse stat(NodeClient client, String container, CopyPath path,
            boolean follow) throws CallException, IOException {
        return client.unary("StatContainerPath", StatContainerPathRequest.newBuilder()
                .setContainer(container).setPath(path.text()).setFollowLink(follow).build(),
                StatContainerPathResponse.parser());
    }

    static boolean isFolder(StatContainerPathResponse status) {
        return type(status) == FileFlags.S_IFDIR;
    }

    private static int type(StatContainerPathResponse status) {
        return status.getMode() & FileFlags.S_IFMT;
    }
}
