package clusterd.control;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Semaphore;

/** A stream that waits for a slow reader instead of filling the memory. */
final class Paced<T> {
    private final ServerCallStreamObserver<T> observer;
    private final Semaphore ready = new Semaphore(0);

    Paced(StreamObserver<T> observer) {
        this.observer = (ServerCallStreamObserver<T>) observer;
        this.observer.setOnReadyHandler(ready::release);
        this.observer.setOnCancelHandler(ready::release);
    }

    interface Work {
        void run() throws Exception;
    }

    void start(Work work) {
        Thread.ofVirtual().name("call").start(() -> {
            try {
                work.run();
            } catch (Exception e) {
                if (!observer.isCancelled()) {
                    observer.onError(Answer.status(e));
                }
                return;
            }
            if (!observer.isCancelled()) {
                observer.onCompleted();
            }
        });
    }

    void say(T message) {
        while (!observer.isReady() && !observer.isCancelled()) {
            ready.acquireUninterruptibly();
        }
        if (observer.isCancelled()) {
            throw new IllegalArgumentException("nobody listens any more");
        }
        observer.onNext(message);
    }

    boolean isCancelled() {
        return observer.isCancelled();
    }
}
