package runtime.node;

import api.node.Reason;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import runtime.container.ContainerException;
import runtime.files.UnpackException;
import runtime.image.ImageFormatException;
import runtime.image.TarFormatException;
import runtime.registry.RegistryException;
import runtime.store.BlobException;
import runtime.store.ImageException;

/** Failures as gRPC statuses: the code and the message, and trailers for programs. */
final class Failures {
    /** A name of {@link Reason}. */
    static final Metadata.Key<String> REASON =
            Metadata.Key.of("jctl-reason", Metadata.ASCII_STRING_MARSHALLER);
    /** 125, 126 or 127. */
    static final Metadata.Key<String> EXIT_CODE =
            Metadata.Key.of("jctl-exit-code", Metadata.ASCII_STRING_MARSHALLER);

    private Failures() {}

    /** The status a client sees for a failure. */
    static StatusRuntimeException status(Throwable failure) {
        return switch (failure) {
            case CompletionException wrapped when wrapped.getCause() != null ->
                    status(wrapped.getCause());
            case ExecutionException wrapped when wrapped.getCause() != null ->
                    status(wrapped.getCause());
            case StatusRuntimeException already -> already;
            case ContainerException container -> container(container);
            case ImageException image -> image(image);
            case RegistryException registry -> registry(registry);
            case BlobException blob when blob.reason() == BlobException.Reason.DISK_FULL ->
                    of(Reason.NO_SPACE, blob.getMessage(), OptionalInt.empty());
            case UnpackException unfit ->
                    of(Reason.PATH_UNFIT, unfit.getMessage(), OptionalInt.empty());
            case TarFormatException format ->
                    of(Reason.BAD_ARCHIVE, format.getMessage(), OptionalInt.empty());
            case ImageFormatException format ->
                    of(Reason.BAD_ARCHIVE, format.getMessage(), OptionalInt.empty());
            case IOException io when isNoSpace(io) ->
                    of(Reason.NO_SPACE, io.getMessage() + "; free some space, for example with"
                            + " `jctl image prune`", OptionalInt.empty());
            case IOException io -> of(Reason.INTERNAL_ERROR, plain(io), OptionalInt.empty());
            default -> of(Reason.INTERNAL_ERROR, failure.toString(), OptionalInt.empty());
        };
    }

    /** A status of one's own making. */
    static StatusRuntimeException of(Reason reason, String message, OptionalInt exitCode) {
        Metadata trailers = new Metadata();
        trailers.put(REASON, reason.name());
        exitCode.ifPresent(code -> trailers.put(EXIT_CODE, Integer.toString(code)));
        return code(reason).toStatus().withDescription(message).asRuntimeException(trailers);
    }

    private static Status.Code code(Reason reason) {
        return switch (reason) {
            case INVALID_OPTION, AMBIGUOUS_NAME, BAD_ARCHIVE, PLATFORM_NOT_FOUND ->
                    Status.Code.INVALID_ARGUMENT;
            case CONTAINER_NOT_FOUND, IMAGE_NOT_FOUND, NETWORK_NOT_FOUND, VOLUME_NOT_FOUND,
                    PATH_NOT_FOUND -> Status.Code.NOT_FOUND;
            case NAME_IN_USE -> Status.Code.ALREADY_EXISTS;
            case CONTAINER_NOT_RUNNING, CONTAINER_RUNNING, IMAGE_IN_USE, HOST_LACKS_FEATURE,
                    START_FAILED, COMMAND_NOT_FOUND, COMMAND_NOT_EXECUTABLE, PATH_NOT_SHARED,
                    PORT_IN_USE, NETWORK_IN_USE, VOLUME_IN_USE, PATH_UNFIT, OF_THE_CLUSTER ->
                    Status.Code.FAILED_PRECONDITION;
            case NO_SPACE -> Status.Code.RESOURCE_EXHAUSTED;
            case REGISTRY_UNAVAILABLE -> Status.Code.UNAVAILABLE;
            case REGISTRY_DENIED -> Status.Code.UNAUTHENTICATED;
            case UNSUPPORTED -> Status.Code.UNIMPLEMENTED;
            case EVENTS_LOST -> Status.Code.DATA_LOSS;
            case INTERNAL_ERROR, REASON_UNSPECIFIED, UNRECOGNIZED -> Status.Code.INTERNAL;
        };
    }

    private static StatusRuntimeException container(ContainerException failure) {
        return of(switch (failure.reason()) {
            case INVALID_OPTION -> Reason.INVALID_OPTION;
            case NOT_FOUND -> Reason.CONTAINER_NOT_FOUND;
            case IMAGE_NOT_FOUND -> Reason.IMAGE_NOT_FOUND;
            case AMBIGUOUS_NAME -> Reason.AMBIGUOUS_NAME;
            case NAME_IN_USE -> Reason.NAME_IN_USE;
            case NOT_RUNNING -> Reason.CONTAINER_NOT_RUNNING;
            case RUNNING -> Reason.CONTAINER_RUNNING;
            case HOST_LACKS_FEATURE -> Reason.HOST_LACKS_FEATURE;
            case START_FAILED -> Reason.START_FAILED;
            case COMMAND_NOT_FOUND -> Reason.COMMAND_NOT_FOUND;
            case COMMAND_NOT_EXECUTABLE -> Reason.COMMAND_NOT_EXECUTABLE;
            case NO_SPACE -> Reason.NO_SPACE;
            case PORT_IN_USE -> Reason.PORT_IN_USE;
            case NETWORK_NOT_FOUND -> Reason.NETWORK_NOT_FOUND;
            case NETWORK_IN_USE -> Reason.NETWORK_IN_USE;
            case OF_THE_CLUSTER -> Reason.OF_THE_CLUSTER;
            case UNSUPPORTED -> Reason.UNSUPPORTED;
        }, failure.getMessage(), failure.exitCode());
    }

    private static StatusRuntimeException image(ImageException failure) {
        return of(switch (failure.reason()) {
            case NOT_FOUND -> Reason.IMAGE_NOT_FOUND;
            case AMBIGUOUS -> Reason.AMBIGUOUS_NAME;
            case IN_USE -> Reason.IMAGE_IN_USE;
            case MALFORMED, LIMIT, WRONG_DIGEST -> Reason.BAD_ARCHIVE;
            case DISK_FULL -> Reason.NO_SPACE;
            case HOST -> Reason.HOST_LACKS_FEATURE;
        }, failure.getMessage(), OptionalInt.empty());
    }

    private static StatusRuntimeException registry(RegistryException failure) {
        return of(switch (failure.reason()) {
            case NOT_FOUND -> Reason.IMAGE_NOT_FOUND;
            case UNAUTHORIZED, DENIED -> Reason.REGISTRY_DENIED;
            case PLATFORM -> Reason.PLATFORM_NOT_FOUND;
            case INVALID -> Reason.BAD_ARCHIVE;
            case UNREACHABLE, TLS, LIMITED, SERVER -> Reason.REGISTRY_UNAVAILABLE;
        }, failure.getMessage(), OptionalInt.empty());
    }

    /** Whether it says that the disk takes no more. */
    static boolean saysFull(Throwable failure) {
        return reason(failure) == Reason.NO_SPACE;
    }

    private static Reason reason(Throwable failure) {
        Metadata trailers = status(failure).getTrailers();
        String reason = trailers == null ? null : trailers.get(REASON);
        return reason == null ? Reason.REASON_UNSPECIFIED : Reason.valueOf(reason);
    }

    private static boolean isNoSpace(IOException failure) {
        String text = String.valueOf(failure.getMessage());
        return text.contains("No space left on device") || text.contains("Disk quota exceeded")
                || text.contains("Read-only file system");
    }

    /** The JDK's file exceptions have no more than the path as their message. */
    private static String plain(IOException failure) {
        return failure instanceof FileSystemException ? failure.toString()
                : String.valueOf(failure.getMessage());
    }
}
