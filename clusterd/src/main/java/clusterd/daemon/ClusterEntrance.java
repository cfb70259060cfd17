package clusterd.daemon;

import clusterd.auditlog.AuditLog;
import clusterd.control.Audit;
import clusterd.control.DashboardCalls;
import clusterd.control.LocalCalls;
import clusterd.dashboard.Situation;
import clusterd.security.BackupFile;
import clusterd.state.ClusterState;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptors;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.Optional;
import runtime.container.Journal;
import runtime.metrics.MetricsSink;

/**
 * The cluster's API on the node's own socket. A node that is in no cluster founds one of itself with the first
 * call; until then nothing of the cluster is loaded.
 */
public final class ClusterEntrance extends HandlerRegistry implements AutoCloseable {
    private static final String SERVICE = "jctl.cluster.v1.Cluster/";
    private static final Metadata.Key<String> REASON =
            Metadata.Key.of("jctl-reason", Metadata.ASCII_STRING_MARSHALLER);

    /** Where a part in a cluster comes from. */
    public interface Source {
        /** Founds one. */
        ClusterDaemon found() throws IOException;

        /** Goes on with one that was. */
        ClusterDaemon restore(BackupFile.Content content) throws IOException;

        /** Where calls are written down that no manager answers. */
        AuditLog audit();
    }

    private final Journal journal;
    private final DashboardSwitch dashboard;
    private Source source;
    private volatile ClusterDaemon daemon;
    private boolean closed;

    /** Closed until {@link #open}. */
    public ClusterEntrance(Journal journal) {
        this.journal = journal;
        this.dashboard = new DashboardSwitch(this::situation, journal);
    }

    /** The node's dashboard, which can be served before there is a cluster. */
    public DashboardCalls.Dashboard dashboard() {
        return dashboard;
    }

    /** What this node is just now. */
    private synchronized Situation situation() {
        return daemon == null ? new Situation.Alone() : daemon.situation();
    }

    /**
     * Calls are answered from now on.
     *
     * @param now the part this node has already, if it has
     */
    public synchronized void open(Source source, Optional<ClusterDaemon> now) {
        this.source = source;
        this.daemon = now.orElse(null);
        notifyAll();
    }

    private synchronized ClusterDaemon daemon() throws IOException {
        awaitOpen();
        if (daemon == null) {
            daemon = source.found();
            journal.say("this node is a cluster of one now");
        }
        return daemon;
    }

    /** For calls that found nothing. */
    private final class Now implements LocalCalls.Parts {
        @Override
        public Optional<ClusterDaemon> now() throws IOException {
            synchronized (ClusterEntrance.this) {
                awaitOpen();
                return Optional.ofNullable(daemon);
            }
        }

        @Override
        public void restore(BackupFile.Content content) throws IOException {
            synchronized (ClusterEntrance.this) {
                awaitOpen();
                if (daemon != null) {
                    throw new IOException("this node is in a cluster");
                }
                daemon = source.restore(content);
                journal.say("this node is the manager of cluster " + content.clusterId() + ", from a backup");
            }
        }
    }

    /** Gives the values of the part this node has in a cluster; none if it has none. */
    public void measure(MetricsSink sink) {
        ClusterDaemon now = daemon;
        if (now != null) {
            now.measure(sink);
        }
    }

    private synchronized Audit audit() throws IOException {
        awaitOpen();
        return new Audit(source.audit(), () -> ClusterState.EMPTY, InstantSource.system());
    }

    private void awaitOpen() throws IOException {
        try {
            while (source == null && !closed) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the agent ends", e);
        }
        if (closed) {
            throw new IOException("the agent ends: ask again in a moment");
        }
    }

    @Override
    public ServerMethodDefinition<?, ?> lookupMethod(String name, String authority) {
        if (!name.startsWith(SERVICE)) {
            return null;
        }
        MethodDescriptor<byte[], byte[]> method = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNKNOWN).setFullMethodName(name)
                .setRequestMarshaller(new Bytes()).setResponseMarshaller(new Bytes()).build();
        ServerCallHandler<byte[], byte[]> handler = (call, headers) -> {
            DeferredListener listener = new DeferredListener();
            Thread.ofVirtual().name("cluster-call").start(() -> begin(name, call, headers, listener));
            return listener;
        };
        return ServerMethodDefinition.create(method, handler);
    }

    private void begin(String name, ServerCall<byte[], byte[]> call, Metadata headers,
            DeferredListener listener) {
        try {
            if (LocalCalls.NAMES.contains(name.substring(SERVICE.length()))) {
                listener.tell(start(ServerInterceptors.intercept(new LocalCalls(new Now()), audit()),
                        name, call, headers));
                return;
            }
            if (name.equals(SERVICE + DashboardCalls.NAME)) {
                listener.tell(start(ServerInterceptors.intercept(new DashboardCalls(dashboard), audit()),
                        name, call, headers));
                return;
            }
            ClusterDaemon part = daemon();
            if (part.isLocked()) {
                refuse(call, listener, Status.FAILED_PRECONDITION, "LOCKED", "this manager is locked since its start:"
                        + " give it the unlock key by `jctl cluster unlock`; another manager shows the key by `jctl"
                        + " cluster unlock-key`");
                return;
            }
            Optional<ServerServiceDefinition> service = part.service();
            if (service.isEmpty()) {
                refuse(call, listener, Status.FAILED_PRECONDITION, "NOT_A_MANAGER", "this node is a "
                        + part.role().text() + ", and only managers answer that: ask one of "
                        + String.join(", ", part.managers()));
                return;
            }
            listener.tell(start(service.get(), name, call, headers));
        } catch (IOException e) {
            refuse(call, listener, Status.UNAVAILABLE, "NO_LEADER", e.getMessage());
        } catch (RuntimeException | Error e) {
            refuse(call, listener, Status.INTERNAL, "INTERNAL_ERROR", "a mistake in the agent: " + e);
            throw e;
        }
    }

    @SuppressWarnings("unchecked")
    private static ServerCall.Listener<byte[]> start(ServerServiceDefinition service, String name,
            ServerCall<byte[], byte[]> call, Metadata headers) {
        ServerMethodDefinition<?, ?> method =
                ServerInterceptors.useMarshalledMessages(service, new Bytes()).getMethod(name);
        if (method == null) {
            call.close(Status.UNIMPLEMENTED.withDescription("this agent knows no " + name
                    + ": it is of another version than the command"), new Metadata());
            return new ServerCall.Listener<>() { };
        }
        return ((ServerMethodDefinition<byte[], byte[]>) method).getServerCallHandler().startCall(call, headers);
    }

    private static void refuse(ServerCall<byte[], byte[]> call, DeferredListener listener, Status status,
            String reason, String message) {
        Metadata trailers = new Metadata();
        trailers.put(REASON, reason);
        call.close(status.withDescription(message), trailers);
        listener.tell(new ServerCall.Listener<>() { });
    }

    /** Messages as they are. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw Status.INTERNAL.withDescription("a message cannot be read").withCause(e)
                        .asRuntimeException();
            }
        }
    }

    /** The node's part in the cluster ends in order. */
    @Override
    public void close() {
        dashboard.close();
        ClusterDaemon ending;
        synchronized (this) {
            closed = true;
            ending = daemon;
            daemon = null;
            notifyAll();
        }
        if (ending != null) {
            ending.close();
        }
    }
}
