package clusterd.executor;

import api.node.Reason;
import clusterd.executor.ContainersException.Kind;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** What the node's statuses mean to a task. */
final class NodeFailures {
    private static final Metadata.Key<String> REASON =
            Metadata.Key.of("jctl-reason", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> EXIT_CODE =
            Metadata.Key.of("jctl-exit-code", Metadata.ASCII_STRING_MARSHALLER);

    private NodeFailures() {
    }

    static ContainersException of(StatusRuntimeException failed) {
        Reason reason = reason(failed);
        String message = failed.getStatus().getDescription() == null ? failed.getStatus().getCode().name()
                : failed.getStatus().getDescription();
        if (reason == Reason.REGISTRY_DENIED) {
            message += "; nodes get your login by `jctl service update --with-registry-auth`";
        }
        return new ContainersException(kind(reason, failed.getStatus().getCode()), message, exitCode(failed),
                failed);
    }

    static boolean saysNotRunning(ContainersException failed) {
        return failed.getCause() instanceof StatusRuntimeException status
                && reason(status) == Reason.CONTAINER_NOT_RUNNING;
    }

    private static Kind kind(Reason reason, Status.Code code) {
        return switch (reason) {
            case REGISTRY_UNAVAILABLE -> Kind.PASSING;
            case INVALID_OPTION, IMAGE_NOT_FOUND, AMBIGUOUS_NAME, HOST_LACKS_FEATURE, REGISTRY_DENIED,
                    BAD_ARCHIVE, PLATFORM_NOT_FOUND, UNSUPPORTED, PORT_IN_USE, NETWORK_NOT_FOUND,
                    VOLUME_NOT_FOUND, PATH_NOT_FOUND, PATH_UNFIT -> Kind.REFUSED;
            case CONTAINER_NOT_FOUND -> Kind.GONE;
            case NAME_IN_USE -> Kind.NAME_TAKEN;
            case CONTAINER_NOT_RUNNING, CONTAINER_RUNNING, IMAGE_IN_USE, START_FAILED, COMMAND_NOT_FOUND,
                    COMMAND_NOT_EXECUTABLE, NO_SPACE, PATH_NOT_SHARED, INTERNAL_ERROR, NETWORK_IN_USE,
                    VOLUME_IN_USE, EVENTS_LOST, OF_THE_CLUSTER -> Kind.FAILED;
            case REASON_UNSPECIFIED, UNRECOGNIZED -> switch (code) {
                case UNAVAILABLE, CANCELLED, DEADLINE_EXCEEDED, UNKNOWN -> Kind.UNANSWERED;
                default -> Kind.FAILED;
            };
        };
    }

    /** A later daemon may know more reasons. */
    private static Reason reason(StatusRuntimeException failed) {
        String name = text(failed, REASON);
        for (Reason reason : Reason.values()) {
            if (reason.name().equals(name)) {
                return reason;
            }
        }
        return Reason.REASON_UNSPECIFIED;
    }

    private static int exitCode(StatusRuntimeException failed) {
        String code = text(failed, EXIT_CODE);
        return code.matches("\\d{1,3}") ? Integer.parseInt(code) : 0;
    }

    private static String text(StatusRuntimeException failed, Metadata.Key<String> key) {
        String value = failed.getTrailers() == null ? null : failed.getTrailers().get(key);
        return value == null ? "" : value;
    }
}
