package runtime.container;

import java.util.OptionalInt;

/** An operation on a container that cannot be done; the container is as it was. */
public final class ContainerException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What kind of failure, for programs. */
    public enum Reason {
        /** An option that cannot be right on any host. */
        INVALID_OPTION,
        /** No container of that id or name. */
        NOT_FOUND,
        /** No such image here. */
        IMAGE_NOT_FOUND,
        /** The prefix of an id fits several. */
        AMBIGUOUS_NAME,
        /** The name is taken. */
        NAME_IN_USE,
        /** It would have to run. */
        NOT_RUNNING,
        /** It would have to stand still. */
        RUNNING,
        /** The host lacks a kernel feature, right or tool. */
        HOST_LACKS_FEATURE,
        /** A step of the start failed. */
        START_FAILED,
        /** The program does not exist in the container. */
        COMMAND_NOT_FOUND,
        /** The program cannot be executed. */
        COMMAND_NOT_EXECUTABLE,
        /** No space or inodes left. */
        NO_SPACE,
        /** A port of the host is taken. */
        PORT_IN_USE,
        /** No network of that name or id. */
        NETWORK_NOT_FOUND,
        /** A container uses the network. */
        NETWORK_IN_USE,
        /** It belongs to the cluster, and is changed there. */
        OF_THE_CLUSTER,
        /** Right in itself, but not offered by this version. */
        UNSUPPORTED
    }

    private final Reason reason;
    private final int exitCode;

    /** A failure that is not that of a program's start. */
    public ContainerException(Reason reason, String message) {
        this(reason, message, -1, null);
    }

    /**
     * A failure.
     *
     * @param exitCode what {@code jctl run} exits with: 125, 126 or 127, or -1 if that is not said
     * @param cause    or null
     */
    public ContainerException(Reason reason, String message, int exitCode, Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.exitCode = exitCode;
    }

    /** What kind of failure. */
    public Reason reason() {
        return reason;
    }

    /** 125, 126 or 127 if a program's start failed. */
    public OptionalInt exitCode() {
        return exitCode < 0 ? OptionalInt.empty() : OptionalInt.of(exitCode);
    }
}
