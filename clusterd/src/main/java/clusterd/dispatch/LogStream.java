package clusterd.dispatch;

import clusterd.session.LogChunk;
import clusterd.session.LogsRead;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;

/** A stream of a node with what a task wrote. The next chunk is asked for when the last one has been taken. */
final class LogStream implements StreamObserver<LogChunk> {
    private final LogReadings readings;
    private final ServerCallStreamObserver<LogsRead> observer;
    private Optional<LogReadings.Sink> sink = Optional.empty();
    private long chunks;
    private boolean over;

    LogStream(LogReadings readings, ServerCallStreamObserver<LogsRead> observer) {
        this.readings = readings;
        this.observer = observer;
    }

    @Override
    public void onNext(LogChunk chunk) {
        if (over) {
            return;
        }
        if (sink.isEmpty()) {
            sink = readings.sink(chunk.reading());
        }
        boolean wanted = false;
        try {
            wanted = sink.isPresent() && sink.get().accept(chunk);
            chunks++;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!wanted) {
            over = true;
            observer.onError(Status.CANCELLED.withDescription("nobody reads this any more").asRuntimeException());
        }
    }

    @Override
    public void onError(Throwable broken) {
        end();
    }

    @Override
    public void onCompleted() {
        end();
        if (!over) {
            observer.onNext(new LogsRead(chunks));
            observer.onCompleted();
        }
    }

    private void end() {
        sink.ifPresent(LogReadings.Sink::end);
    }
}
