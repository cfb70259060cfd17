package clusterd.control;

import clusterd.explain.Names;
import clusterd.raft.LogException;
import clusterd.state.Result;
import clusterd.wire.MalformedRecordException;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;

/** Answers calls: each on a thread of its own, with a status that says what went wrong. */
final class Answer {
    private static final Metadata.Key<String> REASON =
            Metadata.Key.of("jctl-reason", Metadata.ASCII_STRING_MARSHALLER);

    private Answer() {
    }

    /** A call that may block. */
    static <T> void with(StreamObserver<T> observer, Callable<T> call) {
        Thread.ofVirtual().name("call").start(Context.current().wrap(() -> {
            T answer;
            try {
                answer = call.call();
            } catch (Exception e) {
                observer.onError(status(e));
                return;
            }
            observer.onNext(answer);
            observer.onCompleted();
        }));
    }

    /** What the client is told of a failure. */
    static StatusRuntimeException status(Exception failure) {
        return switch (failure) {
            case StatusRuntimeException known -> known;
            case RefusedCommandException refused -> of(code(refused.refused().reason()),
                    refused.refused().reason().name(), refused.getMessage());
            case Names.UnknownNameException unknown -> of(Status.NOT_FOUND, "NOT_FOUND", unknown.getMessage());
            case MalformedRecordException malformed ->
                of(Status.INVALID_ARGUMENT, "INVALID", malformed.getMessage());
            case IllegalArgumentException wrong -> of(Status.INVALID_ARGUMENT, "INVALID", wrong.getMessage());
            case LogException log -> log(log);
            case InterruptedException interrupted ->
                of(Status.UNAVAILABLE, "NO_LEADER", "the agent ends: ask again in a moment");
            case IOException io -> of(Status.UNAVAILABLE, "NO_LEADER", io.getMessage());
            default -> of(Status.INTERNAL, "INTERNAL_ERROR", "a mistake in the agent: " + failure);
        };
    }

    private static StatusRuntimeException log(LogException failure) {
        String more = failure.mayBeDone() ? "; it may be done all the same: look before trying again" : "";
        return switch (failure.kind()) {
            case TOO_LARGE -> of(Status.INVALID_ARGUMENT, "INVALID", failure.getMessage());
            case BUSY -> of(Status.RESOURCE_EXHAUSTED, "BUSY", failure.getMessage());
            default -> of(Status.UNAVAILABLE, "NO_LEADER", failure.getMessage() + more);
        };
    }

    private static Status code(Result.Reason reason) {
        return switch (reason) {
            case NOT_FOUND -> Status.NOT_FOUND;
            case EXISTS -> Status.ALREADY_EXISTS;
            case OUT_OF_DATE -> Status.ABORTED;
            case IN_USE -> Status.FAILED_PRECONDITION;
            case INVALID -> Status.INVALID_ARGUMENT;
            case LATE -> Status.ABORTED;
            case EXHAUSTED -> Status.RESOURCE_EXHAUSTED;
        };
    }

    static StatusRuntimeException of(Status status, String reason, String message) {
        Metadata trailers = new Metadata();
        trailers.put(REASON, reason);
        return status.withDescription(message).asRuntimeException(trailers);
    }

    /** The first of these that was refused, as an exception. */
    static void check(List<Result> results) throws RefusedCommandException {
        for (Result each : results) {
            if (each instanceof Result.Refused refused) {
                throw new RefusedCommandException(refused);
            }
        }
    }
}
