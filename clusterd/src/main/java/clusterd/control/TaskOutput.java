package clusterd.control;

import api.cluster.ServiceLogEntry;
import api.cluster.ServiceLogsRequest;
import api.node.OutputStream;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;

/** What tasks wrote, for another part of this manager than its API. */
public final class TaskOutput {
    /** So many pieces wait before whoever sends them is told to wait. */
    private static final int MOST_WAITING = 64;

    /**
     * What is wanted.
     *
     * @param name           of a service or task
     * @param follow         whether what is written from now on is wanted, too
     * @param tail           lines from the end of each task's; negative: all
     * @param sinceUnixNanos 0: from the beginning
     */
    public record Wanted(String name, boolean follow, long tail, long sinceUnixNanos) {
    }

    /**
     * Bytes that a task wrote, cut anywhere.
     *
     * @param task      {@code NAME.ID}
     * @param node      its host name
     * @param unixNanos when, by the node's clock
     * @param error     whether to standard error
     */
    public record Piece(String task, String node, long unixNanos, boolean error, byte[] data) {
    }

    private final BiConsumer<ServiceLogsRequest, ServerCallStreamObserver<ServiceLogEntry>> calls;

    /** As those calls answer. */
    public TaskOutput(BiConsumer<ServiceLogsRequest, ServerCallStreamObserver<ServiceLogEntry>> calls) {
        this.calls = calls;
    }

    /** Begins to read. */
    public Reading read(Wanted wanted) {
        Reading reading = new Reading();
        calls.accept(ServiceLogsRequest.newBuilder().setName(wanted.name()).setFollow(wanted.follow())
                .setTail(wanted.tail()).setSinceUnixNanos(wanted.sinceUnixNanos()).build(), reading.observer);
        return reading;
    }

    /** One reading; by one thread at a time. */
    public static final class Reading implements AutoCloseable {
        private final LinkedBlockingQueue<Optional<Piece>> waiting = new LinkedBlockingQueue<>();
        private final Observer observer = new Observer();
        private volatile String problem = "";
        private boolean over;

        private Reading() {
        }

        /** The next piece; blocks. Empty after the last. */
        public Optional<Piece> next() throws InterruptedException {
            if (over) {
                return Optional.empty();
            }
            Optional<Piece> next = waiting.take();
            over = next.isEmpty();
            if (waiting.size() == MOST_WAITING - 1) {
                observer.ready.run();
            }
            return next;
        }

        /** Why it ended before its end; {@code ""} if it did not. */
        public String problem() {
            return problem;
        }

        /** Reads no more: nodes are told. */
        @Override
        public void close() {
            observer.cancel();
            waiting.add(Optional.empty());
        }

        /** What the calls write to; there is no call of gRPC behind it. */
        private final class Observer extends ServerCallStreamObserver<ServiceLogEntry> {
            private volatile Runnable ready = () -> { };
            private volatile Runnable cancelled = () -> { };
            private volatile boolean isCancelled;

            private void cancel() {
                isCancelled = true;
                cancelled.run();
            }

            @Override
            public boolean isCancelled() {
                return isCancelled;
            }

            @Override
            public void setOnCancelHandler(Runnable handler) {
                cancelled = handler;
            }

            @Override
            public void setCompression(String compression) {
                // Nothing goes over a wire here.
            }

            @Override
            public void setMessageCompression(boolean enable) {
                // Nothing goes over a wire here.
            }

            @Override
            public boolean isReady() {
                return waiting.size() < MOST_WAITING;
            }

            @Override
            public void setOnReadyHandler(Runnable handler) {
                ready = handler;
            }

            @Override
            public void request(int count) {
                // The one request has been taken.
            }

            @Override
            public void disableAutoInboundFlowControl() {
                // The one request has been taken.
            }

            @Override
            public void onNext(ServiceLogEntry entry) {
                waiting.add(Optional.of(new Piece(entry.getTaskName(), entry.getNodeName(),
                        entry.getEntry().getUnixNanos(),
                        entry.getEntry().getStream() == OutputStream.STDERR,
                        entry.getEntry().getData().toByteArray())));
            }

            @Override
            public void onError(Throwable failed) {
                String description = Status.fromThrowable(failed).getDescription();
                problem = description == null ? failed.toString() : description;
                waiting.add(Optional.empty());
            }

            @Override
            public void onCompleted() {
                waiting.add(Optional.empty());
            }
        }
    }
}
