package clusterd.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.credential.Member;
import clusterd.credential.Revoked;
import clusterd.credential.Role;
import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;

/** Keys and trust in the hands of others' TLS, Raft's: everything is said in the handshake. */
class OtherTlsTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int MOST_ROUNDS = 100;
    private static final Set<Role> VOTERS = Set.of(Role.MANAGER, Role.WITNESS);
    private final SetClock clock = new SetClock();
    private final Authority authority = Authority.create("c1", clock, RANDOM);
    private final AtomicReference<Revoked> revoked = new AtomicReference<>(Revoked.NOBODY);

    private TlsContexts tls(String id, Role role) throws Exception {
        KeyPair pair = P256.generate(RANDOM);
        Authority.Issued issued = authority.issue(SigningRequest.read(SigningRequest.create(pair, id)),
                new Member(id, role, "c1"), List.of(), Duration.ofHours(1));
        return new TlsContexts(new CurrentIdentity(NodeIdentity.of(pair.getPrivate(), issued.chain(), issued.roots())),
                revoked::get, clock);
    }

    private static SSLEngine engine(TlsContexts tls, boolean client) throws Exception {
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(new KeyManager[] {tls.keyManager()}, new TrustManager[] {tls.trustManager(VOTERS)}, null);
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(client);
        engine.setNeedClientAuth(!client);
        return engine;
    }

    /** Both ends until they have shaken hands and nothing is left to say; the server's view of the client. */
    private static String shake(SSLEngine client, SSLEngine server) throws SSLException {
        ByteBuffer toServer = ByteBuffer.allocate(1 << 17);
        ByteBuffer toClient = ByteBuffer.allocate(1 << 17);
        client.beginHandshake();
        server.beginHandshake();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            turn(client, toClient, toServer);
            turn(server, toServer, toClient);
        }
        assertEquals(SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING, server.getHandshakeStatus());
        return ((X509Certificate) server.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName();
    }

    private static void turn(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
        ByteBuffer plain = ByteBuffer.allocate(1 << 17);
        in.flip();
        while (in.hasRemaining()) {
            int before = in.remaining();
            engine.unwrap(in, plain);
            work(engine);
            if (in.remaining() == before) {
                break;
            }
        }
        in.compact();
        work(engine);
        while (engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP
                && !engine.isOutboundDone()) {
            engine.wrap(ByteBuffer.allocate(0), out);
            work(engine);
        }
    }

    private static void work(SSLEngine engine) {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    @Test
    void twoManagersShakeHands() throws Exception {
        assertEquals("CN=m2,OU=manager,O=c1", shake(engine(tls("m2", Role.MANAGER), true),
                engine(tls("m1", Role.MANAGER), false)));
    }

    @Test
    void aWorkerDoesNotVote() throws Exception {
        SSLException refused = assertThrows(SSLException.class, () -> shake(engine(tls("w1", Role.WORKER), true),
                engine(tls("m1", Role.MANAGER), false)));
        assertTrue(RefusedPeerException.reason(refused).orElseThrow().contains("the worker w1, and only these"),
                refused.toString());
    }

    @Test
    void whoIsShutOutOrExpiredIsRefusedInTheHandshake() throws Exception {
        TlsContexts gone = tls("m2", Role.MANAGER);
        revoked.set(new Revoked(Map.of(), Map.of(gone.identity().get().serial(), clock.instant())));
        SSLException refused = assertThrows(SSLException.class, () -> shake(engine(gone, true),
                engine(tls("m1", Role.MANAGER), false)));
        assertTrue(RefusedPeerException.reason(refused).orElseThrow().contains("was revoked at"), refused.toString());
        TlsContexts old = tls("m3", Role.MANAGER);
        clock.pass(Duration.ofHours(5));
        SSLException expired = assertThrows(SSLException.class, () -> shake(engine(old, true),
                engine(tls("m1", Role.MANAGER), false)));
        assertTrue(RefusedPeerException.reason(expired).orElseThrow().contains("expired: since"), expired.toString());
    }
}
