package clusterd.dispatch;

import clusterd.credential.Peer;
import clusterd.credential.Permissions.Permission;
import clusterd.credential.Role;
import clusterd.model.NodeId;
import clusterd.security.PeerInterceptor;
import clusterd.session.FromNode;
import clusterd.session.LogChunk;
import clusterd.session.LogsRead;
import clusterd.session.ToNode;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Streams of nodes to the dispatcher; of a manager that does not lead, to the one that does. */
public final class SessionService implements BindableService {
    /** What a node may say before the dispatcher has come to it: more waits at the node. */
    private static final int UNHEARD_MESSAGES = 16;
    /** What a node may leave unread: more, and it begins anew with what there is then. */
    private static final int UNREAD_MESSAGES = 256;

    private final Supplier<Optional<Dispatcher>> dispatcher;
    private final Supplier<String> leader;
    private final LogReadings readings;
    private final Consumer<Peer> seen;

    /**
     * Serves.
     *
     * @param dispatcher there while this manager leads
     * @param leader     {@code HOST:PORT} of who leads otherwise; {@code ""} if nobody knows
     * @param readings   where the logs go that nodes send
     */
    public SessionService(Supplier<Optional<Dispatcher>> dispatcher, Supplier<String> leader,
            LogReadings readings) {
        this(dispatcher, leader, readings, peer -> { });
    }

    /** The same; {@code seen} is told by which certificate a node opens a stream. */
    public SessionService(Supplier<Optional<Dispatcher>> dispatcher, Supplier<String> leader,
            LogReadings readings, Consumer<Peer> seen) {
        this.seen = seen;
        this.readings = readings;
        this.dispatcher = dispatcher;
        this.leader = leader;
    }

    /** Who may call: nodes. */
    public static List<Permission> permissions() {
        return List.of(Permission.of(SessionMethod.OPEN.getFullMethodName(), Role.MANAGER, Role.WORKER),
                Permission.of(SessionMethod.LOGS.getFullMethodName(), Role.MANAGER, Role.WORKER));
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerServiceDefinition.builder(SessionMethod.SERVICE)
                .addMethod(SessionMethod.OPEN, ServerCalls.asyncBidiStreamingCall(this::open))
                .addMethod(SessionMethod.LOGS, ServerCalls.asyncClientStreamingCall(this::logs)).build();
    }

    private StreamObserver<LogChunk> logs(StreamObserver<LogsRead> observer) {
        return new LogStream(readings, (ServerCallStreamObserver<LogsRead>) observer);
    }

    private StreamObserver<FromNode> open(StreamObserver<ToNode> observer) {
        Optional<Dispatcher> here = dispatcher.get();
        Link link = new Link((ServerCallStreamObserver<ToNode>) observer);
        if (here.isEmpty()) {
            link.say(new ToNode.Elsewhere(leader.get()));
            link.close();
            return new Ignored();
        }
        link.hearSlowly();
        seen.accept(PeerInterceptor.PEER.get());
        Dispatcher.Incoming incoming =
                here.get().open(new NodeId(PeerInterceptor.PEER.get().id()), link);
        return new StreamObserver<>() {
            @Override
            public void onNext(FromNode message) {
                incoming.hear(message);
            }

            @Override
            public void onError(Throwable broken) {
                link.close();
                incoming.end();
            }

            @Override
            public void onCompleted() {
                link.close();
                incoming.end();
            }
        };
    }

    /** What a node says to a manager that does not lead. */
    private static final class Ignored implements StreamObserver<FromNode> {
        @Override
        public void onNext(FromNode message) {
            // It was told where to go.
        }

        @Override
        public void onError(Throwable broken) {
            // It went.
        }

        @Override
        public void onCompleted() {
            // It went.
        }
    }

    private static final class Link implements NodeLink {
        private final ServerCallStreamObserver<ToNode> observer;
        private int unread;
        private boolean closed;

        Link(ServerCallStreamObserver<ToNode> observer) {
            this.observer = observer;
            observer.setOnCancelHandler(this::close);
        }

        /** What is said comes only as it is asked for. */
        void hearSlowly() {
            observer.disableAutoRequest();
            observer.request(UNHEARD_MESSAGES);
        }

        @Override
        public void heard() {
            observer.request(1);
        }

        @Override
        public synchronized void say(ToNode message) {
            if (closed || observer.isCancelled()) {
                return;
            }
            unread = observer.isReady() ? 0 : unread + 1;
            if (unread > UNREAD_MESSAGES) {
                closed = true;
                observer.onError(Status.RESOURCE_EXHAUSTED.withDescription("this node reads too slowly what its manager"
                        + " says: it begins anew").asRuntimeException());
                return;
            }
            observer.onNext(message);
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                if (!observer.isCancelled()) {
                    observer.onCompleted();
                }
            }
        }
    }
}
