package runtime.node;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the memory of requests that have come in part: clients that send all but the end of large
 * messages would otherwise take the memory that everyone's connections need. One that goes beyond the
 * bound is refused; small requests never are. Safe for several threads.
 */
final class RequestMemory extends ServerStreamTracer.Factory implements ServerInterceptor {
    /** A message this short is always taken: a client has no more than a window of it under way. */
    static final long SMALL_BYTES = 64 << 10;

    private static final Context.Key<Share> SHARE = Context.key("jctl-request-memory");

    private final long mostBytes;
    private final AtomicLong takenBytes = new AtomicLong();

    /** @param mostBytes all unfinished requests together */
    RequestMemory(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        return new Share();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
            ServerCallHandler<Q, A> next) {
        Share share = SHARE.get();
        if (share != null) {
            share.call = call;
        }
        return next.startCall(call, headers);
    }

    /** The bytes of unfinished requests at this moment. */
    long takenBytes() {
        return takenBytes.get();
    }

    /** What one call has sent of its current message; gRPC tells it in the order of the bytes. */
    private final class Share extends ServerStreamTracer {
        private volatile ServerCall<?, ?> call;
        private long bytes;
        private boolean refused;

        @Override
        public Context filterContext(Context context) {
            return context.withValue(SHARE, this);
        }

        @Override
        public synchronized void inboundWireSize(long more) {
            bytes += more;
            long all = takenBytes.addAndGet(more);
            if (all > mostBytes && bytes > SMALL_BYTES && !refused && call != null) {
                refused = true;
                // Not here: gRPC is in the midst of reading this very message.
                Thread.ofVirtual().name("refusal").start(this::refuse);
            }
        }

        private void refuse() {
            call.close(Status.RESOURCE_EXHAUSTED.withDescription("clients are sending this daemon"
                    + " more large requests at once than it has memory for; try again"),
                    new Metadata());
        }

        @Override
        public void inboundMessageRead(int number, long wireBytes, long plainBytes) {
            release();
        }

        @Override
        public void streamClosed(Status status) {
            release();
        }

        private synchronized void release() {
            takenBytes.addAndGet(-bytes);
            bytes = 0;
        }
    }
}
