package clusterd.control;

import clusterd.credential.Peer;
import clusterd.security.PeerInterceptor;
import io.grpc.ForwardingServerCall;
import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import runtime.container.Journal;

/** Writes a line into the journal for each call that changes something: who, what, and what came of it. */
public final class Audit implements ServerInterceptor {
    private static final int MOST_NAME_LETTERS = 100;

    private final Journal journal;

    /** Into that journal. */
    public Audit(Journal journal) {
        this.journal = journal;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
            ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getBareMethodName();
        if (method == null || !ClusterApiPermissions.isNoted(method)) {
            return next.startCall(call, headers);
        }
        Noted<Q, A> noted = new Noted<>(call, method, PeerInterceptor.PEER.get());
        return new ForwardingServerCallListener.SimpleForwardingServerCallListener<>(
                next.startCall(noted, headers)) {
            @Override
            public void onMessage(Q message) {
                noted.name(message);
                super.onMessage(message);
            }

            @Override
            public void onCancel() {
                noted.say(Status.CANCELLED);
                super.onCancel();
            }
        };
    }

    private final class Noted<Q, A> extends ForwardingServerCall.SimpleForwardingServerCall<Q, A> {
        private final String method;
        private final Peer peer;
        private String name = "";
        private boolean said;

        Noted(ServerCall<Q, A> call, String method, Peer peer) {
            super(call);
            this.method = method;
            this.peer = peer;
        }

        /** Requests that are about one thing have its name. */
        synchronized void name(Q message) {
            String found = RequestName.of(message);
            name = found.isEmpty() ? name : " " + found.substring(0, Math.min(found.length(), MOST_NAME_LETTERS));
        }

        synchronized void say(Status status) {
            if (!said) {
                said = true;
                journal.say("audit: " + (peer == null ? "the local socket" : peer.member().toString()) + ": " + method
                        + name + ": " + (status.isOk() ? "done" : status.getCode() + " " + status.getDescription()));
            }
        }

        @Override
        public void close(Status status, Metadata trailers) {
            say(status);
            super.close(status, trailers);
        }
    }
}
