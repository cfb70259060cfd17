package clusterd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.agent.EnrollmentClient;
import clusterd.credential.JoinToken;
import clusterd.credential.Role;
import clusterd.credential.RotationStep;
import clusterd.security.Authority;
import clusterd.security.Certificates;
import clusterd.security.ClusterChannel;
import clusterd.security.CurrentIdentity;
import clusterd.security.NodeIdentity;
import clusterd.security.RefusedPeerException;
import clusterd.security.RenewalLoop;
import clusterd.security.TlsContexts;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSsl;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that talk over real connections on loopback, by a clock that is moved. */
class MutualTlsTest {
    private static final Duration LIFETIME = Duration.ofMinutes(10);
    private static final int GENERATIONS = 4;

    @TempDir
    private Path folder;

    @Test
    void theServiceLearnsWhoCalls() throws Exception {
        try (TestCluster cluster = TestCluster.serving("c1", LIFETIME)) {
            NodeIdentity worker = cluster.identity("w1", Role.WORKER);
            ClusterChannel channel = cluster.channel(new CurrentIdentity(worker));
            assertEquals("worker w1 " + worker.serial(), TestCluster.ask(channel.channel(), TestCluster.WHO));
        }
    }

    @Test
    void aPersonsCertificateIsAPersonInTheCall() throws Exception {
        try (TestCluster cluster = TestCluster.serving("c1", LIFETIME)) {
            NodeIdentity person = cluster.identity("Jo.Doe@example.org", Role.VIEWER);
            ClusterChannel channel = cluster.channel(new CurrentIdentity(person));
            assertEquals("viewer Jo.Doe@example.org " + person.serial(),
                    TestCluster.ask(channel.channel(), TestCluster.WHO));
        }
    }

    @Test
    void aWorkerMayNotCallWhatIsForManagers() throws Exception {
        try (TestCluster cluster = TestCluster.serving("c1", LIFETIME)) {
            ClusterChannel channel = cluster.channel(new CurrentIdentity(cluster.identity("w1", Role.WORKER)));
            StatusRuntimeException refused = refused(channel, TestCluster.DECIDE);
            assertEquals(Status.Code.PERMISSION_DENIED, refused.getStatus().getCode());
            assertEquals("the worker w1 may not call test.Raft/Decide: it is for manager",
                    refused.getStatus().getDescription());
        }
    }

    @Test
    void withoutACertificateOnlyEnrollmentAnswers() throws Exception {
        try (TestCluster cluster = TestCluster.serving("c1", LIFETIME)) {
            JoinToken token = cluster.token(Role.WORKER, Optional.empty());
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", cluster.port())
                    .sslContext(TlsContexts.joining(token, cluster.clock)).build();
            try {
                StatusRuntimeException refused = assertThrows(StatusRuntimeException.class,
                        () -> TestCluster.ask(channel, TestCluster.WHO));
                assertEquals(Status.Code.UNAUTHENTICATED, refused.getStatus().getCode());
                assertTrue(refused.getMessage().contains("a client certificate is needed"), refused.getMessage());
            } finally {
                channel.shutdownNow();
            }
        }
    }

    @Test
    void aRevokedNodeIsRefused() throws Exception {
        try (TestCluster cluster = TestCluster.serving("c1", LIFETIME)) {
            ClusterChannel channel = cluster.channel(new CurrentIdentity(cluster.identity("w1", Role.WORKER)));
            TestCluster.Talk talk = new TestCluster.Talk(channel.channel());
            assertEquals("before", talk.say("before"));
            cluster.clock.pass(Duration.ofSeconds(1));
            cluster.admissions.shutOut("w1", cluster.clock.instant());
            String last = talk.say("after");
            assertTrue(last.startsWith("end: PERMISSION_DENIED: the worker w1 was shut out of cluster c1 at 20"), last);
            StatusRuntimeException refused = refused(channel, TestCluster.WHO);
            assertEquals(Status.Code.PERMISSION_DENIED, refused.getStatus().getCode());
            ClusterChannel another = cluster.channel(new CurrentIdentity(cluster.identity("w2", Role.WORKER)));
            assertTrue(TestCluster.ask(another.channel(), TestCluster.WHO).startsWith("worker w2"));
        }
    }

    @Test
    void anExpiredCertificateIsRefusedAndTheReasonSaysSince() throws Exception {
        try (TestCluster cluster = TestCluster.serving("c1", LIFETIME)) {
            CurrentIdentity worker = new CurrentIdentity(cluster.identity("w1", Role.WORKER));
            String end = worker.get().validity().notAfter().toString();
            cluster.clock.pass(LIFETIME.plusHours(3));
            cluster.manager.replace(cluster.identity("m1", Role.MANAGER));
            StatusRuntimeException refused = refused(cluster.channel(worker), TestCluster.WHO);
            assertEquals(Status.Code.UNAUTHENTICATED, refused.getStatus().getCode());
            assertTrue(refused.getMessage().contains("of the worker w1 expired: since " + end + ", 3 hours ago"),
                    refused.getMessage());
        }
    }

    @Test
    void anExpiredServerIsRefusedAndTheReasonSaysSince() throws Exception {
        try (TestCluster cluster = TestCluster.serving("c1", LIFETIME)) {
            String end = cluster.manager.get().validity().notAfter().toString();
            cluster.clock.pass(LIFETIME.plusHours(3));
            CurrentIdentity worker = new CurrentIdentity(cluster.identity("w1", Role.WORKER));
            StatusRuntimeException refused = refused(cluster.channel(worker), TestCluster.WHO);
            assertEquals(Status.Code.UNAVAILABLE, refused.getStatus().getCode());
            String reason = RefusedPeerException.reason(refused).orElseThrow();
            assertTrue(reason.contains("of the manager m1 expired: since " + end), reason);
        }
    }

    @Test
    void aWorkerThatServesIsNoManager() throws Exception {
        try (TestCluster cluster = new TestCluster("c1", LIFETIME)) {
            cluster.serve(new CurrentIdentity(cluster.identity("w9", Role.WORKER)));
            ClusterChannel channel = cluster.channel(new CurrentIdentity(cluster.identity("w1", Role.WORKER)));
            String reason = RefusedPeerException.reason(refused(channel, TestCluster.WHO)).orElseThrow();
            assertTrue(reason.contains("the worker w9, and only these are spoken to here: manager"), reason);
        }
    }

    @Test
    void aMemberOfAnotherClusterOfTheSameNameIsRefused() throws Exception {
        try (TestCluster cluster = TestCluster.serving("c1", LIFETIME);
                TestCluster other = new TestCluster("c1", LIFETIME)) {
            NodeIdentity stranger = other.identity("w1", Role.WORKER);
            NodeIdentity credulous = NodeIdentity.of(stranger.key(), stranger.chain(), cluster.authority.get().roots());
            StatusRuntimeException refused =
                    refused(cluster.channel(new CurrentIdentity(credulous)), TestCluster.WHO);
            assertEquals(Status.Code.UNAVAILABLE, refused.getStatus().getCode());
            assertTrue(RefusedPeerException.reason(refused).isPresent(), () -> refused.toString());
        }
    }

    @Test
    void certificatesAreRenewedWhileCallsGoOn() throws Exception {
        try (TestCluster cluster = TestCluster.serving("c1", LIFETIME)) {
            CurrentIdentity worker = new CurrentIdentity(cluster.identity("w1", Role.WORKER));
            ClusterChannel channel = cluster.channel(worker);
            ClusterChannel managers = cluster.channel(cluster.manager);
            TestCluster.Talk talk = new TestCluster.Talk(channel.channel());
            try (Renewed ofWorker = new Renewed(cluster, worker, channel, folder.resolve("w/identity.pem"));
                    Renewed ofManager =
                            new Renewed(cluster, cluster.manager, managers, folder.resolve("m/identity.pem"))) {
                for (int generation = 0; generation < GENERATIONS; generation++) {
                    assertEquals("word " + generation, talk.say("word " + generation));
                    assertEquals("worker w1 " + worker.get().serial(),
                            TestCluster.ask(channel.channel(), TestCluster.WHO));
                    cluster.clock.pass(LIFETIME.multipliedBy(8).dividedBy(10));
                    ofManager.awaitNext();
                    ofWorker.awaitNext();
                }
            }
            assertEquals("last word", talk.say("last word"));
            assertEquals(worker.get().serial(),
                    NodeIdentity.load(folder.resolve("w/identity.pem")).orElseThrow().serial());
            talk.end();
            assertEquals("end: OK", talk.hear());
        }
    }

    /** A member's renewals, waited for one by one. */
    private static final class Renewed implements AutoCloseable {
        private final BlockingQueue<String> serials = new LinkedBlockingQueue<>();
        private final RenewalLoop loop;

        Renewed(TestCluster cluster, CurrentIdentity identity, ClusterChannel channel, Path file) {
            identity.onChange(() -> serials.add(identity.get().serial()));
            loop = new RenewalLoop(identity, file, EnrollmentClient.renewer(channel::channel, List::of,
                    TestCluster.RANDOM), cluster.clock, new Random(1));
            loop.start();
        }

        void awaitNext() throws InterruptedException {
            loop.wake();
            assertTrue(serials.poll(TestCluster.SECONDS, TimeUnit.SECONDS) != null, "no certificate was renewed");
        }

        void renewNow() throws InterruptedException {
            loop.renewNow();
            awaitNext();
        }

        @Override
        public void close() {
            loop.close();
        }
    }

    @Test
    void theRootIsExchangedWhileCallsGoOn() throws Exception {
        try (TestCluster cluster = TestCluster.serving("c1", LIFETIME)) {
            CurrentIdentity worker = new CurrentIdentity(cluster.identity("w1", Role.WORKER));
            CurrentIdentity late = new CurrentIdentity(cluster.identity("w2", Role.WORKER));
            NodeIdentity leftBehind = cluster.identity("w3", Role.WORKER);
            ClusterChannel channel = cluster.channel(worker);
            ClusterChannel managers = cluster.channel(cluster.manager);
            TestCluster.Talk talk = new TestCluster.Talk(channel.channel());
            assertEquals("old root", talk.say("old root"));
            JoinToken oldToken = cluster.token(Role.WORKER, Optional.empty());
            Authority old = cluster.authority.get();
            TestCluster.Talk later;

            cluster.authority.set(old.introduceRoot());
            assertEquals(List.of("m1", "w1", "w2"), assertRenew(cluster, cluster.manager, worker, late));
            try (Renewed ofManager =
                    new Renewed(cluster, cluster.manager, managers, folder.resolve("m/identity.pem"));
                    Renewed ofWorker = new Renewed(cluster, worker, channel, folder.resolve("w/identity.pem"))) {
                ofManager.renewNow();
                assertEquals(2, cluster.manager.get().roots().size());
                // The one trusts the old root alone, and the server shows a certificate of the new one.
                assertEquals(old.roots(), late.get().roots());
                assertTrue(TestCluster.ask(cluster.channel(late).channel(), TestCluster.WHO).startsWith("worker w2"));
                assertEquals("w4", cluster.join(oldToken, "w4").member().id());
                assertEquals("w5", cluster.join(cluster.token(Role.WORKER, Optional.empty()), "w5").member().id());
                ofWorker.renewNow();
                later = new TestCluster.Talk(channel.channel());
                assertEquals("both roots", later.say("both roots"));
                assertEquals(List.of("w2"), assertRenew(cluster, cluster.manager, worker, late));
                late.replace(cluster.identity("w2", Role.WORKER));
            }
            assertTrue(step(cluster, cluster.manager, worker, late) instanceof RotationStep.RetireOld);

            cluster.authority.updateAndGet(Authority::retireRoot);
            List<X509Certificate> roots = cluster.authority.get().roots();
            for (CurrentIdentity each : List.of(cluster.manager, worker, late)) {
                each.replace(each.get().trusting(roots));
            }
            String ended = talk.say("begun by the old root");
            assertTrue(ended.startsWith("end: UNAUTHENTICATED: the certificate of the worker w1 is by a root that"), ended);
            assertEquals("new root", later.say("new root"));
            for (CurrentIdentity each : List.of(worker, late)) {
                assertTrue(TestCluster.ask(cluster.channel(each).channel(), TestCluster.WHO)
                        .endsWith(each.get().serial()));
            }
            assertEquals(Status.Code.UNAVAILABLE, refused(cluster.channel(new CurrentIdentity(leftBehind)),
                    TestCluster.WHO).getStatus().getCode());
            later.end();
            assertEquals("end: OK", later.hear());
        }
    }

    private static RotationStep step(TestCluster cluster, CurrentIdentity... identities) {
        List<RotationStep.NodeTrust> nodes = Arrays.stream(identities).map(CurrentIdentity::get)
                .map(node -> new RotationStep.NodeTrust(node.member().id(), node.issuer().orElseThrow(),
                        Certificates.digests(node.roots()), node.validity().notAfter())).toList();
        Authority authority = cluster.authority.get();
        return RotationStep.decide(new RotationStep.Facts(authority.phase(),
                Certificates.digest(authority.root()), nodes, false), cluster.clock.instant());
    }

    private static List<String> assertRenew(TestCluster cluster, CurrentIdentity... identities) {
        RotationStep step = step(cluster, identities);
        assertTrue(step instanceof RotationStep.RenewNodes, step.toString());
        return ((RotationStep.RenewNodes) step).nodeIds();
    }

    @Test
    void aNewConnectionShowsTheNewCertificate() throws Exception {
        try (TestCluster cluster = TestCluster.serving("c1", LIFETIME)) {
            CurrentIdentity worker = new CurrentIdentity(cluster.identity("w1", Role.WORKER));
            ClusterChannel channel = cluster.channel(worker);
            String first = TestCluster.ask(channel.channel(), TestCluster.WHO);
            worker.replace(cluster.identity("w1", Role.WORKER));
            String second = TestCluster.ask(channel.channel(), TestCluster.WHO);
            assertNotEquals(first, second);
            assertFalse(second.isEmpty());
        }
    }

    @Test
    void olderTlsIsRefused() throws Exception {
        try (TestCluster cluster = TestCluster.serving("c1", LIFETIME)) {
            TlsContexts tls = cluster.tls(new CurrentIdentity(cluster.identity("m2", Role.MANAGER)));
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {tls.keyManager()},
                    new TrustManager[] {tls.trustManager(Set.of(Role.MANAGER))}, null);
            for (String version : List.of("TLSv1.3", "TLSv1.2")) {
                try (SSLSocket socket =
                        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", cluster.port())) {
                    socket.setEnabledProtocols(new String[] {version});
                    if (version.equals("TLSv1.3")) {
                        socket.startHandshake();
                        assertEquals(version, socket.getSession().getProtocol());
                    } else {
                        assertThrows(IOException.class, socket::startHandshake);
                    }
                }
            }
        }
    }

    /** Raft's gRPC may come with it, and takes the same keys and trust. */
    @Test
    void keysAndTrustWorkWithBoringSslToo() throws Exception {
        Assumptions.assumeTrue(OpenSsl.isAvailable(), "netty's BoringSSL is not for this machine");
        try (TestCluster cluster = TestCluster.serving("c1", LIFETIME);
                TestCluster boring = new TestCluster("c1", LIFETIME)) {
            boring.authority.set(cluster.authority.get());
            TlsContexts ofServer = cluster.tls(cluster.manager);
            boring.serve(cluster.manager, GrpcSslContexts.configure(
                    SslContextBuilder.forServer(ofServer.keyManager())
                            .trustManager(ofServer.trustManager(Set.of(Role.MANAGER)))
                            .clientAuth(ClientAuth.REQUIRE), SslProvider.OPENSSL)
                    .protocols("TLSv1.3").build());
            TlsContexts ofClient = cluster.tls(new CurrentIdentity(cluster.identity("m2", Role.MANAGER)));
            SslContext client = GrpcSslContexts.configure(SslContextBuilder.forClient()
                    .keyManager(ofClient.keyManager()).trustManager(ofClient.trustManager(Set.of(Role.MANAGER))),
                    SslProvider.OPENSSL).protocols("TLSv1.3").build();
            for (int port : List.of(cluster.port(), boring.port())) {
                ManagedChannel channel =
                        NettyChannelBuilder.forAddress("127.0.0.1", port).sslContext(client).build();
                try {
                    assertTrue(TestCluster.ask(channel, TestCluster.DECIDE).startsWith("manager m2 "));
                } finally {
                    channel.shutdownNow();
                }
            }
            ClusterChannel worker = boring.channel(new CurrentIdentity(cluster.identity("w1", Role.WORKER)));
            assertEquals(Status.Code.UNAVAILABLE, refused(worker, TestCluster.WHO).getStatus().getCode());
        }
    }

    private static StatusRuntimeException refused(ClusterChannel channel,
            MethodDescriptor<String, String> method) {
        return assertThrows(StatusRuntimeException.class, () -> TestCluster.ask(channel.channel(), method));
    }
}
