package clusterd.security;

import io.grpc.ForwardingServerCall;
import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.Optional;
import java.util.function.Supplier;

/** A call that ends with the first message, either way, after which its peer may no longer call. */
final class WatchedCall<Q, A> extends ForwardingServerCall.SimpleForwardingServerCall<Q, A> {
    private final Supplier<Optional<PeerInterceptor.Fault>> fault;
    /** Messages come and go in different threads, and a call must be closed once. */
    private final Object lock = new Object();
    private boolean ended;

    WatchedCall(ServerCall<Q, A> call, Supplier<Optional<PeerInterceptor.Fault>> fault) {
        super(call);
        this.fault = fault;
    }

    /** Ends the call if there is a fault; whether it has ended. */
    private boolean hasEnded() {
        synchronized (lock) {
            if (!ended) {
                fault.get().ifPresent(found -> {
                    ended = true;
                    super.close(found.status(), found.trailers());
                });
            }
            return ended;
        }
    }

    ServerCall.Listener<Q> watch(ServerCall.Listener<Q> listener) {
        return new ForwardingServerCallListener.SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onMessage(Q message) {
                if (!hasEnded()) {
                    super.onMessage(message);
                }
            }
        };
    }

    @Override
    public void sendHeaders(Metadata headers) {
        synchronized (lock) {
            if (!ended) {
                super.sendHeaders(headers);
            }
        }
    }

    @Override
    public void sendMessage(A message) {
        synchronized (lock) {
            if (!hasEnded()) {
                super.sendMessage(message);
            }
        }
    }

    @Override
    public void close(Status status, Metadata trailers) {
        synchronized (lock) {
            if (!ended) {
                ended = true;
                super.close(status, trailers);
            }
        }
    }
}
