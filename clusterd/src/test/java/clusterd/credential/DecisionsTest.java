package clusterd.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.credential.RotationStep.NodeTrust;
import clusterd.credential.RotationStep.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** When to renew, how far an exchange is, who may, who is shut out. */
class DecisionsTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Validity TEN_DAYS = new Validity(NOW, NOW.plus(Duration.ofDays(10)));
    private final RootDigest oldRoot = RootDigest.ofCertificate(new byte[] {1});
    private final RootDigest newRoot = RootDigest.ofCertificate(new byte[] {2});

    @Test
    void renewalsSpreadFromHalfToFourFifthsOfTheLife() {
        assertEquals(NOW.plus(Duration.ofDays(5)), RenewalStep.at(TEN_DAYS, 0));
        assertEquals(NOW.plus(Duration.ofHours(156)), RenewalStep.at(TEN_DAYS, 0.5));
        assertFalse(RenewalStep.at(TEN_DAYS, Math.nextDown(1.0)).isAfter(NOW.plus(Duration.ofDays(8))));
        assertThrows(IllegalArgumentException.class, () -> RenewalStep.at(TEN_DAYS, 1));
        assertThrows(IllegalArgumentException.class, () -> RenewalStep.at(TEN_DAYS, Double.NaN));
    }

    @Test
    void aCertificateRestsIsRenewedAndEnds() {
        assertEquals(new RenewalStep.Rest(NOW.plus(Duration.ofDays(5))),
                RenewalStep.decide("worker w1", TEN_DAYS, 0, NOW));
        assertTrue(RenewalStep.decide("worker w1", TEN_DAYS, 0, NOW.plus(Duration.ofDays(5)))
                instanceof RenewalStep.Renew);
        RenewalStep ended = RenewalStep.decide("worker w1", TEN_DAYS, 0, NOW.plus(Duration.ofDays(13)));
        assertTrue(((RenewalStep.Ended) ended).reason().contains("3 days ago"), ended.toString());
    }

    @Test
    void aCertificateOfAClockThatIsALittleAheadHolds() {
        assertEquals(Optional.empty(), TEN_DAYS.fault("worker w1", NOW.minusSeconds(60)));
        assertTrue(TEN_DAYS.fault("worker w1", NOW.minusSeconds(3600)).orElseThrow().contains("clocks differ"));
    }

    private NodeTrust node(String id, RootDigest issuer, Set<RootDigest> trusted, Instant ends) {
        return new NodeTrust(id, issuer, trusted, ends);
    }

    private RotationStep step(boolean forced, NodeTrust... nodes) {
        return RotationStep.decide(new RotationStep.Facts(Phase.BOTH, newRoot, List.of(nodes), forced), NOW);
    }

    @Test
    void theOldRootStaysUntilTheLastNodeHasTheNewOne() {
        Instant later = NOW.plusSeconds(1);
        NodeTrust done = node("w1", newRoot, Set.of(oldRoot, newRoot), later);
        NodeTrust old = node("w2", oldRoot, Set.of(oldRoot), later);
        NodeTrust half = node("w3", newRoot, Set.of(oldRoot), later);
        NodeTrust gone = node("w4", oldRoot, Set.of(oldRoot), NOW.minusSeconds(1));
        assertEquals(List.of("w2", "w3"), ((RotationStep.RenewNodes) step(false, half, old, done, gone)).nodeIds());
        assertEquals(List.of("w4"), ((RotationStep.RetireOld) step(false, done, gone)).leftBehind());
        assertEquals(List.of(), ((RotationStep.RetireOld) step(false, done)).leftBehind());
        assertEquals(List.of("w2"), ((RotationStep.RetireOld) step(true, done, old)).leftBehind());
        assertTrue(RotationStep.decide(new RotationStep.Facts(Phase.ONE, newRoot, List.of(old), true), NOW)
                instanceof RotationStep.Rest);
    }

    @Test
    void aMethodWithoutARowIsNobodys() {
        Permissions table = Permissions.of(List.of(Permissions.Permission.of("a.B/C", Role.ADMIN),
                Permissions.Permission.of("a.D/*", Role.VIEWER), Permissions.Permission.open("a.E/F")));
        Member admin = new Member("jo", Role.ADMIN, "c1");
        assertTrue(table.fault(admin, "a.B/C").isEmpty());
        assertTrue(table.fault(admin, "a.B/X").orElseThrow().contains("no role may call a.B/X"));
        assertTrue(table.fault(admin, "a.D/X").orElseThrow().contains("it is for viewer"));
        assertTrue(table.fault(admin, "nonsense").isPresent());
        assertTrue(table.isOpen("a.E/F"));
        assertFalse(table.isOpen("a.E/G"));
        assertThrows(IllegalArgumentException.class,
                () -> table.and(List.of(Permissions.Permission.open("a.B/C"))));
    }

    @Test
    void aNodeThatCameBackAfterItWasShutOutIsLetIn() {
        Member member = new Member("w1", Role.WORKER, "c1");
        Revoked revoked = new Revoked(Map.of("w1", NOW), Map.of("abc", NOW));
        assertTrue(revoked.reason(new Peer(member, "1", NOW, NOW)).isPresent());
        assertEquals(Optional.empty(), revoked.reason(new Peer(member, "1", NOW.plusSeconds(1), NOW)));
        assertTrue(revoked.reason(new Peer(member, "abc", NOW.plusSeconds(1), NOW)).orElseThrow()
                .contains("certificate abc of the worker w1 was revoked"));
    }

    @Test
    void aNameThatCouldForgeASubjectIsNone() {
        for (String name : List.of("", "a,OU=admin", "a+b", "A", "-a", "a..b", "a\n", "é", "a".repeat(64) + "b")) {
            assertThrows(CredentialException.class, () -> new Member(name, Role.WORKER, "c1"), name);
        }
        for (String name : List.of("", "a,OU=admin", "a b", "#1", "a\\", "\u202Ea")) {
            assertThrows(CredentialException.class, () -> new Member(name, Role.ADMIN, "c1"), name);
        }
        assertEquals("CN=w1.example,OU=worker,O=c1", new Member("w1.example", Role.WORKER, "c1").distinguishedName());
    }

    @Test
    void foreignTextIsMadeHarmlessInMessages() {
        assertEquals("a?[31m", Shown.of("a\u001b[31m"));
        assertEquals("?", Shown.of("\u202e"));
        assertEquals(81, Shown.of("x".repeat(1000)).length());
    }
}
