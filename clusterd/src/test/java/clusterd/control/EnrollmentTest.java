package clusterd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.agent.EnrollmentClient;
import clusterd.credential.CredentialException;
import clusterd.credential.JoinToken;
import clusterd.credential.Refusal;
import clusterd.credential.Role;
import clusterd.security.CurrentIdentity;
import clusterd.security.Enroller;
import clusterd.security.LockedException;
import clusterd.security.NodeIdentity;
import clusterd.security.P256;
import clusterd.security.RefusedException;
import clusterd.security.TokenEnroller;
import java.io.IOException;
import java.net.ServerSocket;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Machines that join over real connections on loopback. */
class EnrollmentTest {
    private static final Duration LIFETIME = Duration.ofDays(90);

    @Test
    void aMachineWithATokenBecomesWhatTheTokenIsFor() throws Exception {
        try (TestCluster cluster = TestCluster.serving("c1", LIFETIME)) {
            for (Role role : List.of(Role.WORKER, Role.MANAGER, Role.WITNESS)) {
                String name = role.text() + "-1";
                NodeIdentity node = cluster.join(cluster.token(role, Optional.empty()), name);
                assertEquals(role, node.member().role());
                assertEquals("[[2, " + name + "], [7, 192.0.2.7]]", new ArrayList<>(
                        node.certificate().getSubjectAlternativeNames()).toString());
                assertEquals(cluster.clock.instant().plus(LIFETIME), node.validity().notAfter());
            }
            NodeIdentity worker = cluster.join(cluster.token(Role.WORKER, Optional.empty()), "w2");
            assertEquals("worker w2 " + worker.serial(), TestCluster.ask(
                    cluster.channel(new CurrentIdentity(worker)).channel(), TestCluster.WHO));
        }
    }

    @Test
    void aTokenCutShortIsToldBeforeAnyNetwork() throws Exception {
        try (TestCluster cluster = TestCluster.serving("c1", LIFETIME)) {
            String text = cluster.token(Role.WORKER, Optional.empty()).text();
            for (int length = 0; length < text.length(); length++) {
                String cut = text.substring(0, length);
                CredentialException told = assertThrows(CredentialException.class, () -> JoinToken.parse(cut));
                assertTrue(told.getMessage().contains("cut short") || length == 0, told.getMessage());
            }
            assertEquals(0, cluster.enrollments.get());
        }
    }

    @Test
    void aTokenOfAnotherClusterIsRefused() throws Exception {
        try (TestCluster cluster = TestCluster.serving("c1", LIFETIME);
                TestCluster other = TestCluster.serving("c2", LIFETIME)) {
            JoinToken foreign = other.token(Role.WORKER, Optional.empty());
            IOException refused = assertThrows(IOException.class, () -> cluster.join(foreign, "w1"));
            assertTrue(refused.getMessage().contains("does not have the root " + foreign.root().brief()),
                    refused.getMessage());
            assertEquals(0, cluster.enrollments.get(), "the server was sent the token");
        }
    }

    @Test
    void theJoiningNodeRefusesAServerWithAnotherAuthority() throws Exception {
        try (TestCluster cluster = TestCluster.serving("c1", LIFETIME);
                TestCluster between = new TestCluster("c1", LIFETIME)) {
            JoinToken token = cluster.token(Role.WORKER, Optional.empty());
            NodeIdentity fake = between.identity("m1", Role.MANAGER);
            // Everybody can have the true root's certificate; the key is what counts.
            List<X509Certificate> withTrueRoot = new ArrayList<>(fake.chain());
            withTrueRoot.add(cluster.authority.get().root());
            between.serve(new CurrentIdentity(
                    NodeIdentity.of(fake.key(), withTrueRoot, cluster.authority.get().roots())));
            IOException refused = assertThrows(IOException.class, () -> between.join(token, "w1"));
            assertTrue(refused.getMessage().contains("does not lead to a root this side trusts"),
                    refused.getMessage());
            assertEquals(0, between.enrollments.get(), "who is between was sent the token");
        }
    }

    @Test
    void aWorkerCannotCollectTokens() throws Exception {
        try (TestCluster cluster = new TestCluster("c1", LIFETIME)) {
            cluster.serve(new CurrentIdentity(cluster.identity("w9", Role.WORKER)));
            JoinToken token = cluster.token(Role.MANAGER, Optional.empty());
            IOException refused = assertThrows(IOException.class, () -> cluster.join(token, "m2"));
            assertTrue(refused.getMessage().contains("the worker w9 of cluster c1, and only a manager"),
                    refused.getMessage());
            assertEquals(0, cluster.enrollments.get());
        }
    }

    @Test
    void anExpiredTokenIsRefused() throws Exception {
        try (TestCluster cluster = TestCluster.serving("c1", LIFETIME)) {
            JoinToken token = cluster.token(Role.WORKER, Optional.empty());
            cluster.clock.pass(Duration.ofHours(1));
            assertRefused(Refusal.TOKEN_EXPIRED, "expired at 2026-03-01T13:00:00Z", () -> cluster.join(token, "w1"));
        }
    }

    @Test
    void aTokenForOneMachineLetsInOne() throws Exception {
        try (TestCluster cluster = TestCluster.serving("c1", LIFETIME)) {
            JoinToken token = cluster.token(Role.WORKER, Optional.of(1));
            cluster.join(token, "w1");
            assertRefused(Refusal.TOKEN_USED_UP, "as many machines", () -> cluster.join(token, "w2"));
        }
    }

    @Test
    void aMachineWhoseAnswerWasLostAsksAgain() throws Exception {
        try (TestCluster cluster = TestCluster.serving("c1", LIFETIME)) {
            JoinToken token = cluster.token(Role.WORKER, Optional.of(1));
            KeyPair pair = P256.generate(TestCluster.RANDOM);
            NodeIdentity first = cluster.join(token, "w1", pair);
            NodeIdentity second = cluster.join(token, "w1", pair);
            assertEquals(first.member(), second.member());
            assertNotEquals(first.serial(), second.serial());
        }
    }

    @Test
    void aMachineCannotTakeAnothersName() throws Exception {
        try (TestCluster cluster = TestCluster.serving("c1", LIFETIME)) {
            JoinToken token = cluster.token(Role.WORKER, Optional.empty());
            cluster.join(token, "w1");
            assertRefused(Refusal.NAME_TAKEN, "`jctl node rm w1`", () -> cluster.join(token, "w1"));
        }
    }

    @Test
    void aNameThatIsNoneIsRefusedBeforeTheTokenIsSpent() throws Exception {
        try (TestCluster cluster = TestCluster.serving("c1", LIFETIME)) {
            JoinToken token = cluster.token(Role.WORKER, Optional.of(1));
            assertThrows(CredentialException.class, () -> cluster.join(token, "w1,OU=manager"));
            assertRefused(Refusal.BAD_REQUEST, "is no IP address", () -> EnrollmentClient.join("127.0.0.1",
                    cluster.port(), token, new Enroller.Facts("w1", List.of("example.org"), "h", "0"),
                    P256.generate(TestCluster.RANDOM), cluster.clock));
            assertEquals(Role.WORKER, cluster.join(token, "w1").member().role());
        }
    }

    @Test
    void aLockedAuthorityTellsTheMachine() {
        TestCluster cluster = new TestCluster("c1", LIFETIME);
        JoinToken token = cluster.token(Role.WORKER, Optional.empty());
        TokenEnroller locked = new TokenEnroller(() -> {
            throw new LockedException("the authority of cluster c1");
        }, cluster.admissions, LIFETIME, cluster.clock);
        assertRefused(Refusal.LOCKED, "`jctl cluster unlock`",
                () -> locked.enroll(token.text(), new byte[0], new Enroller.Facts("w1", List.of(), "h", "0")));
    }

    @Test
    void aPortWhereNobodyListensIsToldPlainly() throws Exception {
        int port;
        try (ServerSocket taken = new ServerSocket(0)) {
            port = taken.getLocalPort();
        }
        TestCluster cluster = new TestCluster("c1", LIFETIME);
        JoinToken token = cluster.token(Role.WORKER, Optional.empty());
        IOException refused = assertThrows(IOException.class, () -> EnrollmentClient.join("127.0.0.1", port, token,
                new Enroller.Facts("w1", List.of(), "h", "0"), P256.generate(TestCluster.RANDOM),
                cluster.clock));
        assertTrue(refused.getMessage().contains("127.0.0.1:" + port), refused.getMessage());
    }

    private interface Attempt {
        void make() throws Exception;
    }

    private static void assertRefused(Refusal refusal, String says, Attempt attempt) {
        RefusedException refused = assertThrows(RefusedException.class, attempt::make);
        assertEquals(refusal, refused.refusal(), refused.getMessage());
        assertTrue(refused.getMessage().contains(says), refused.getMessage());
    }
}
