package runtime.node;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.nio.channels.ClosedByInterruptException;
import runtime.container.Journal;
import runtime.trace.Span;
import runtime.trace.Trail;

/**
 * Runs calls on virtual threads of their own, since they block and gRPC's event loop must not; turns what
 * they throw into statuses.
 */
final class Calls {
    private final Journal journal;
    private final DiskGuard guard;

    Calls(Journal journal, DiskGuard guard) {
        this.journal = journal;
        this.guard = guard;
    }

    /** A call with one reply. */
    @FunctionalInterface
    interface Unary<T> {
        T answer() throws Exception;
    }

    /** A call with a stream of replies. */
    @FunctionalInterface
    interface Streaming<T> {
        void answer(ReplyStream<T> replies) throws Exception;
    }

    /**
     * For what a session turns out to be once it is looked at.
     *
     * @throws StatusRuntimeException if it writes and there is no room
     */
    void admit(String what) {
        guard.admit(what);
    }

    <T> void unary(String name, StreamObserver<T> observer, Unary<T> call) {
        stream(name, new ReplyStream<>(observer), replies -> replies.send(call.answer()));
    }

    <T> void streaming(String name, StreamObserver<T> observer, Streaming<T> call) {
        stream(name, new ReplyStream<>(observer), call);
    }

    <T> Thread stream(String name, ReplyStream<T> replies, Streaming<T> call) {
        Span span = CallSpans.current();
        return Thread.ofVirtual().name(name).start(() -> {
            try {
                Trail.within(span, () -> {
                    guard.admit(name);
                    call.answer(replies);
                    return null;
                });
                replies.complete();
            } catch (InterruptedException | ClosedByInterruptException detached) {
                // The second is what a thread interrupted while it reads the log gets.
                replies.complete();
            } catch (Exception failure) {
                guard.heed(failure);
                note(name, failure);
                replies.fail(failure);
            } catch (Error failure) {
                note(name, failure);
                replies.fail(failure);
                throw failure;
            }
        });
    }

    /** What nobody foresaw is for the operator to see, with its trace. */
    private void note(String name, Throwable failure) {
        boolean foreseen = failure instanceof StatusRuntimeException;
        if (!foreseen && failure instanceof RuntimeException || failure instanceof Error) {
            java.io.StringWriter trace = new java.io.StringWriter();
            failure.printStackTrace(new java.io.PrintWriter(trace));
            journal.say(name + " failed: " + trace);
        }
    }
}
