package runtime.node;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The replies of one call. {@link #send} waits while the client is slow, so nothing piles up here. To be
 * made within the call's own method, before it returns.
 */
final class ReplyStream<T> {
    private final ServerCallStreamObserver<T> observer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean gone;
    private boolean ended;
    private Runnable onGone = () -> { };

    ReplyStream(StreamObserver<T> observer) {
        this.observer = (ServerCallStreamObserver<T>) observer;
        this.observer.setOnReadyHandler(this::wake);
        this.observer.setOnCancelHandler(this::clientGone);
    }

    /** The call as gRPC has it. */
    ServerCallStreamObserver<T> observer() {
        return observer;
    }

    /** What to do when the client goes away; done at once if it is gone. */
    void onGone(Runnable action) {
        lock.lock();
        try {
            onGone = action;
            if (!gone) {
                return;
            }
        } finally {
            lock.unlock();
        }
        action.run();
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void clientGone() {
        Runnable action;
        lock.lock();
        try {
            gone = true;
            changed.signalAll();
            action = onGone;
        } finally {
            lock.unlock();
        }
        action.run();
    }

    /** Whether the client has gone. */
    boolean isGone() {
        lock.lock();
        try {
            return gone;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sends a reply once the client has taken most of those before.
     *
     * @return false if the client has gone
     */
    boolean send(T reply) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!gone && !ended && !observer.isReady()) {
                changed.await();
            }
            return sendLocked(reply);
        } finally {
            lock.unlock();
        }
    }

    /** Sends a reply without waiting, if the client keeps up or the reply matters. */
    void offer(T reply, boolean matters) {
        lock.lock();
        try {
            if (matters || observer.isReady()) {
                sendLocked(reply);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean sendLocked(T reply) {
        if (gone || ended) {
            return false;
        }
        observer.onNext(reply);
        return true;
    }

    /** Ends the call well. */
    void complete() {
        lock.lock();
        try {
            if (!gone && !ended) {
                ended = true;
                observer.onCompleted();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the call with an error. */
    void fail(Throwable failure) {
        lock.lock();
        try {
            if (!gone && !ended) {
                ended = true;
                observer.onError(Failures.status(failure));
            }
        } finally {
            lock.unlock();
        }
    }
}
