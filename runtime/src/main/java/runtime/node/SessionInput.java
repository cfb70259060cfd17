package runtime.node;

import api.node.SessionReply;
import api.node.SessionRequest;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import linux.abi.Signal;
import runtime.container.Journal;
import runtime.container.Session;

/**
 * What a client sends to its process. Input is written by a thread of its own, which waits while the
 * program does not read; signals and sizes overtake it. At most about 64 KiB are kept here, then the client
 * has to wait.
 */
final class SessionInput {
    private static final int MAX_QUEUED_BYTES = 64 << 10;

    private final ServerCallStreamObserver<SessionReply> call;
    private final Journal journal;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<SessionRequest> queue = new ArrayDeque<>();
    private int queuedBytes;
    /** A message was taken and the next not asked for, since the queue is full. */
    private boolean owesRequest;
    private boolean ignoreStdin;
    private boolean detached;
    private boolean ended;
    private Session session;
    private Thread server;

    SessionInput(ServerCallStreamObserver<SessionReply> call, Journal journal) {
        this.call = call;
        this.journal = journal;
    }

    /** Standard input is not wanted: what comes is dropped. */
    void ignoreStdin() {
        lock.lock();
        try {
            ignoreStdin = true;
        } finally {
            lock.unlock();
        }
    }

    /** A message from the client; never blocks. */
    void take(SessionRequest message) {
        boolean more;
        lock.lock();
        try {
            boolean control = message.getKindCase() == SessionRequest.KindCase.SIGNAL
                    || message.getKindCase() == SessionRequest.KindCase.RESIZE;
            if (control && session != null) {
                control(session, message);
            } else {
                queue.add(message);
                queuedBytes += message.getStdin().size();
                changed.signalAll();
            }
            more = queuedBytes < MAX_QUEUED_BYTES;
            owesRequest = !more;
        } finally {
            lock.unlock();
        }
        if (more) {
            call.request(1);
        }
    }

    /**
     * Passes input to a session from now on; when the client detaches, the serving thread is interrupted.
     *
     * @return false if it has detached already
     */
    boolean attach(Session opened, Thread serving) {
        lock.lock();
        try {
            if (detached) {
                return false;
            }
            session = opened;
            server = serving;
        } finally {
            lock.unlock();
        }
        Thread.ofVirtual().name("input").start(this::pump);
        return true;
    }

    /** The client wants no more, or is gone. */
    void detach() {
        lock.lock();
        try {
            detached = true;
            changed.signalAll();
            if (server != null) {
                server.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * The process has ended, or nobody serves the session any more. It is let go: a client that leaves its
     * side of the call open keeps this object alive as long as its connection.
     */
    void end() {
        lock.lock();
        try {
            ended = true;
            server = null;
            session = null;
            queue.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        // An interrupt that came too late must not hit what follows.
        Thread.interrupted();
    }

    private void pump() {
        try {
            for (Optional<SessionRequest> next = next(); next.isPresent(); next = next()) {
                write(next.get());
            }
        } catch (IOException closed) {
            drop();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<SessionRequest> next() throws InterruptedException {
        boolean owed;
        SessionRequest message;
        lock.lock();
        try {
            while (queue.isEmpty() && !ended && !detached) {
                changed.await();
            }
            if (queue.isEmpty() || ended) {
                return Optional.empty();
            }
            message = queue.poll();
            queuedBytes -= message.getStdin().size();
            owed = owesRequest && queuedBytes < MAX_QUEUED_BYTES;
            owesRequest &= !owed;
        } finally {
            lock.unlock();
        }
        if (owed) {
            call.request(1);
        }
        return Optional.of(message);
    }

    private void write(SessionRequest message) throws IOException {
        Session to = session();
        if (to == null) {
            return;
        }
        switch (message.getKindCase()) {
            case STDIN -> {
                if (!ignoreStdin) {
                    ByteBuffer bytes = message.getStdin().asReadOnlyByteBuffer();
                    to.writeInput(bytes);
                }
            }
            case CLOSE_STDIN -> {
                if (!ignoreStdin) {
                    to.closeInput();
                }
            }
            case SIGNAL, RESIZE -> control(to, message);
            case RUN, ATTACH, EXEC, KIND_NOT_SET ->
                    journal.say("a client sent " + message.getKindCase() + " twice; ignored");
        }
    }

    /** The program reads no more: what the client still sends goes nowhere, as into a closed pipe. */
    private void drop() {
        ignoreStdin();
        try {
            for (Optional<SessionRequest> next = next(); next.isPresent(); next = next()) {
                write(next.get());
            }
        } catch (IOException failure) {
            journal.say("input of a session: " + failure.getMessage());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Session session() {
        lock.lock();
        try {
            return session;
        } finally {
            lock.unlock();
        }
    }

    private void control(Session to, SessionRequest message) {
        try {
            if (message.getKindCase() == SessionRequest.KindCase.RESIZE) {
                to.resize(message.getResize().getRows(), message.getResize().getColumns());
                return;
            }
            Optional<Integer> number = Signal.parse(message.getSignal());
            if (number.isPresent()) {
                to.signal(number.get());
            } else {
                journal.say("a client sent an unknown signal: " + message.getSignal());
            }
        } catch (IOException failure) {
            journal.say("a session's " + message.getKindCase() + " failed: " + failure.getMessage());
        }
    }
}
