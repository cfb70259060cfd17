package clusterd.control;

import clusterd.agent.EnrollmentClient;
import clusterd.credential.JoinToken;
import clusterd.credential.Member;
import clusterd.credential.Peer;
import clusterd.credential.Permissions;
import clusterd.credential.Permissions.Permission;
import clusterd.credential.Role;
import clusterd.security.Authority;
import clusterd.security.Certificates;
import clusterd.security.ClusterChannel;
import clusterd.security.ClusterServer;
import clusterd.security.CurrentIdentity;
import clusterd.security.Enroller;
import clusterd.security.MemoryAdmissions;
import clusterd.security.NodeIdentity;
import clusterd.security.P256;
import clusterd.security.PeerInterceptor;
import clusterd.security.RefusedException;
import clusterd.security.SetClock;
import clusterd.security.TlsContexts;
import clusterd.security.TokenEnroller;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** An authority, a manager's server on loopback and the clients of its members. */
final class TestCluster implements AutoCloseable {
    static final int SECONDS = 60;
    static final SecureRandom RANDOM = new SecureRandom();
    static final MethodDescriptor<String, String> TALK =
            method("test.Echo/Talk", MethodDescriptor.MethodType.BIDI_STREAMING);
    static final MethodDescriptor<String, String> WHO =
            method("test.Echo/Who", MethodDescriptor.MethodType.UNARY);
    static final MethodDescriptor<String, String> DECIDE =
            method("test.Raft/Decide", MethodDescriptor.MethodType.UNARY);
    private static final Duration TOKEN_LIFETIME = Duration.ofHours(1);

    final SetClock clock = new SetClock();
    final MemoryAdmissions admissions = new MemoryAdmissions();
    final AtomicReference<Authority> authority = new AtomicReference<>();
    final AtomicInteger enrollments = new AtomicInteger();
    final Duration lifetime;
    CurrentIdentity manager;
    private final List<ClusterChannel> opened = new ArrayList<>();
    private Server server;

    TestCluster(String clusterId, Duration lifetime) {
        this.lifetime = lifetime;
        authority.set(Authority.create(clusterId, clock, RANDOM));
    }

    /** With a manager, m1, that serves. */
    static TestCluster serving(String clusterId, Duration lifetime) throws Exception {
        TestCluster cluster = new TestCluster(clusterId, lifetime);
        cluster.manager = new CurrentIdentity(cluster.identity("m1", Role.MANAGER));
        cluster.serve(cluster.manager);
        return cluster;
    }

    void serve(CurrentIdentity identity) throws IOException {
        serve(identity, tls(identity).server());
    }

    /** By somebody else's TLS. */
    void serve(CurrentIdentity identity, SslContext context) throws IOException {
        Permissions permissions = Permissions.of(EnrollmentService.permissions()).and(List.of(
                Permission.of("test.Echo/*", Role.MANAGER, Role.WORKER, Role.VIEWER),
                Permission.of("test.Raft/*", Role.MANAGER)));
        server = ClusterServer.builder(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                tls(identity), permissions).sslContext(context)
                .addService(new EnrollmentService(new Counted(new TokenEnroller(authority::get, admissions, lifetime,
                        clock), enrollments)))
                .addService(ServerServiceDefinition.builder("test.Echo")
                        .addMethod(TALK, ServerCalls.asyncBidiStreamingCall(TestCluster::talk))
                        .addMethod(WHO, ServerCalls.asyncUnaryCall(TestCluster::who)).build())
                .addService(ServerServiceDefinition.builder("test.Raft")
                        .addMethod(DECIDE, ServerCalls.asyncUnaryCall(TestCluster::who)).build())
                .build().start();
    }

    private record Counted(TokenEnroller enroller, AtomicInteger count) implements Enroller {
        @Override
        public Authority.Issued enroll(String token, byte[] request, Facts facts)
                throws RefusedException, IOException {
            count.incrementAndGet();
            return enroller.enroll(token, request, facts);
        }

        @Override
        public Authority.Issued renew(Peer peer, byte[] request, List<String> addresses)
                throws RefusedException, IOException {
            return enroller.renew(peer, request, addresses);
        }
    }

    private static StreamObserver<String> talk(StreamObserver<String> answers) {
        return new StreamObserver<>() {
            @Override
            public void onNext(String word) {
                answers.onNext(word);
            }

            @Override
            public void onError(Throwable ended) {
                answers.onError(ended);
            }

            @Override
            public void onCompleted() {
                answers.onCompleted();
            }
        };
    }

    private static void who(String question, StreamObserver<String> answer) {
        Peer peer = PeerInterceptor.PEER.get();
        answer.onNext(peer.member() + " " + peer.serial());
        answer.onCompleted();
    }

    int port() {
        return server.getPort();
    }

    TlsContexts tls(CurrentIdentity identity) {
        return new TlsContexts(identity, admissions::revoked, clock);
    }

    /** Issued without a token. */
    NodeIdentity identity(String id, Role role) throws RefusedException {
        admissions.know(id, role);
        return authority.get().issueWithKey(new Member(id, role, authority.get().clusterId()), List.of(), lifetime);
    }

    ClusterChannel channel(CurrentIdentity identity) {
        ClusterChannel channel = ClusterChannel.open("127.0.0.1", port(), tls(identity), Set.of(Role.MANAGER));
        opened.add(channel);
        return channel;
    }

    JoinToken token(Role role, Optional<Integer> uses) {
        byte[] secret = new byte[JoinToken.SECRET_BYTES];
        RANDOM.nextBytes(secret);
        JoinToken token = JoinToken.of(Certificates.digest(authority.get().root()), secret);
        admissions.create(token, role, clock.instant(), clock.instant().plus(TOKEN_LIFETIME), uses);
        return token;
    }

    NodeIdentity join(JoinToken token, String nodeId) throws RefusedException, IOException {
        return join(token, nodeId, P256.generate(RANDOM));
    }

    NodeIdentity join(JoinToken token, String nodeId, KeyPair pair) throws RefusedException, IOException {
        return EnrollmentClient.join("127.0.0.1", port(), token,
                new Enroller.Facts(nodeId, List.of("192.0.2.7"), "host", "0.1.0"), pair, clock);
    }

    static String ask(Channel channel, MethodDescriptor<String, String> method) throws StatusRuntimeException {
        return ClientCalls.blockingUnaryCall(channel, method,
                CallOptions.DEFAULT.withDeadlineAfter(SECONDS, TimeUnit.SECONDS), "?");
    }

    /** A stream that is open: what is said comes back. */
    static final class Talk implements StreamObserver<String> {
        private static final String END = "end: ";
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        private final StreamObserver<String> out;

        Talk(Channel channel) {
            out = ClientCalls.asyncBidiStreamingCall(channel.newCall(TALK, CallOptions.DEFAULT), this);
        }

        /** What comes back: the word, or how the stream ended. */
        String say(String word) throws InterruptedException {
            out.onNext(word);
            return hear();
        }

        String hear() throws InterruptedException {
            return heard.poll(SECONDS, TimeUnit.SECONDS);
        }

        void end() {
            out.onCompleted();
        }

        @Override
        public void onNext(String word) {
            heard.add(word);
        }

        @Override
        public void onError(Throwable failure) {
            heard.add(END + failure.getMessage());
        }

        @Override
        public void onCompleted() {
            heard.add(END + "OK");
        }
    }

    @Override
    public void close() throws IOException {
        opened.forEach(ClusterChannel::close);
        try {
            if (server != null && !server.shutdownNow().awaitTermination(SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("the server at port " + port() + " does not end");
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private static MethodDescriptor<String, String> method(String name, MethodDescriptor.MethodType type) {
        return MethodDescriptor.<String, String>newBuilder().setFullMethodName(name).setType(type)
                .setRequestMarshaller(new Text()).setResponseMarshaller(new Text()).build();
    }

    private static final class Text implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String text) {
            return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream bytes) {
            try {
                return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }
    }
}
