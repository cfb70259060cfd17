package clusterd.daemon;

import api.cluster.ClusterGrpc;
import api.cluster.CreateTokenRequest;
import clusterd.agent.HostAndPort;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import testkit.FreePort;

/** A node's part in a cluster on loopback, over a node API that has nothing; and its local socket's calls. */
final class TestNode implements AutoCloseable {
    private static final long AWAIT_SECONDS = 60;

    final List<String> journal = new CopyOnWriteArrayList<>();
    final ClusterSettings settings;
    private final Path memory = Files.createTempDirectory(Path.of("/dev/shm"), "jctl-test-");
    private final Server node;
    private final ManagedChannel nodeChannel;
    private Server local;
    private ManagedChannel localChannel;
    private ClusterEntrance entrance;
    private volatile Optional<ClusterDaemon> daemon = Optional.empty();

    TestNode(Path folder, String name) throws IOException {
        this(folder, name, new HostAndPort("127.0.0.1", FreePort.withNext()));
    }

    TestNode(Path folder, String name, HostAndPort address) throws IOException {
        String api = "node-" + UUID.randomUUID();
        node = InProcessServerBuilder.forName(api).directExecutor()
                .addService(new api.node.NodeGrpc.NodeImplBase() { }).build().start();
        nodeChannel = InProcessChannelBuilder.forName(api).build();
        settings = new ClusterSettings(folder.resolve(name).resolve("cluster"), folder.resolve(name).resolve("run"),
                memory, nodeChannel, "0", address, Duration.ofDays(1), new SecureRandom(),
                InstantSource.system(), line -> journal.add(name + ": " + line));
    }

    /** With the next one free, too: the log's. */
    TestNode start() throws IOException {
        Optional<ClusterDaemon> now = ClusterDaemon.isMember(settings.folder())
                ? Optional.of(ClusterDaemon.resume(settings)) : Optional.empty();
        daemon = now;
        return serve(now);
    }

    TestNode join(TestNode manager, api.cluster.Role role) throws IOException {
        String token = manager.calls().createToken(CreateTokenRequest.newBuilder().setRole(role).build()).getToken();
        return serve(Optional.of(ClusterDaemon.join(settings, manager.settings.address(), token, "host")));
    }

    private TestNode serve(Optional<ClusterDaemon> now) throws IOException {
        String api = "local-" + UUID.randomUUID();
        entrance = new ClusterEntrance(settings.journal());
        local = InProcessServerBuilder.forName(api).fallbackHandlerRegistry(entrance).build().start();
        localChannel = InProcessChannelBuilder.forName(api).build();
        entrance.open(new ClusterEntrance.Source() {
            @Override
            public ClusterDaemon found() throws IOException {
                return ClusterDaemon.found(settings);
            }

            @Override
            public ClusterDaemon restore(clusterd.security.BackupFile.Content content) throws IOException {
                return ClusterDaemon.restore(settings, content);
            }

            @Override
            public clusterd.auditlog.AuditLog audit() {
                return settings.audit();
            }
        }, now);
        return this;
    }

    ClusterGrpc.ClusterBlockingStub calls() {
        return ClusterGrpc.newBlockingStub(localChannel).withDeadlineAfter(AWAIT_SECONDS, TimeUnit.SECONDS);
    }

    ClusterGrpc.ClusterStub streams() {
        return ClusterGrpc.newStub(localChannel);
    }

    /** Its part in the cluster since it was started as a member. */
    ClusterDaemon daemon() {
        return daemon.orElseThrow();
    }

    /** Its own id, as managers know it. */
    String id() throws IOException {
        return NodeFile.load(settings.folder()).orElseThrow().nodeId();
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(AWAIT_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("never: " + what);
            }
            Thread.onSpinWait();
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
        }
    }

    void stop() {
        if (entrance != null) {
            entrance.close();
            localChannel.shutdownNow();
            local.shutdownNow();
            entrance = null;
        }
    }

    @Override
    public void close() {
        stop();
        nodeChannel.shutdownNow();
        node.shutdownNow();
        try {
            Seed.removeAll(memory);
        } catch (IOException stays) {
            throw new UncheckedIOException(memory + " stays", stays);
        }
    }
}
