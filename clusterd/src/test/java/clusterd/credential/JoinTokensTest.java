package clusterd.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JoinTokensTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant LATER = NOW.plus(Duration.ofDays(1));
    private final RootDigest root = RootDigest.ofCertificate(new byte[] {1});
    private final Set<RootDigest> roots = Set.of(root);
    private final JoinToken token = token(1);

    private JoinToken token(int mark) {
        byte[] secret = new byte[JoinToken.SECRET_BYTES];
        secret[0] = (byte) mark;
        return JoinToken.of(root, secret);
    }

    private static Refusal refusal(JoinTokens.Decision decision) {
        return ((JoinTokens.Refused) decision).refusal();
    }

    @Test
    void aTokenGivesItsRoleUntilItIsUsedUp() {
        JoinTokens tokens = JoinTokens.NONE.create(token(2), Role.WITNESS, NOW, LATER, Optional.empty())
                .create(token, Role.WORKER, NOW, LATER, Optional.of(2));
        for (int use = 0; use < 2; use++) {
            JoinTokens.Admitted admitted = (JoinTokens.Admitted) tokens.check(token, roots, NOW);
            assertEquals(Role.WORKER, admitted.entry().role());
            tokens = admitted.after();
        }
        assertEquals(Refusal.TOKEN_USED_UP, refusal(tokens.check(token, roots, NOW)));
        assertEquals(1, tokens.valid(NOW).size());
    }

    @Test
    void aTokenIsRefusedForItsOwnReason() {
        JoinTokens tokens = JoinTokens.NONE.create(token, Role.WORKER, NOW, LATER, Optional.empty());
        String id = tokens.entries().getFirst().id();
        assertEquals(Refusal.TOKEN_UNKNOWN, refusal(tokens.check(token(9), roots, NOW)));
        assertEquals(Refusal.TOKEN_EXPIRED, refusal(tokens.check(token, roots, LATER)));
        assertEquals(Refusal.TOKEN_OF_ANOTHER_CLUSTER, refusal(tokens.check(token, Set.of(), NOW)));
        assertEquals(Refusal.TOKEN_REVOKED, refusal(tokens.revoke(id, NOW).check(token, roots, NOW)));
        assertTrue(tokens.check(token, roots, LATER.minusMillis(1)) instanceof JoinTokens.Admitted);
    }

    @Test
    void whatIsKeptLetsNobodyJoin() {
        JoinTokens tokens = JoinTokens.NONE.create(token, Role.WORKER, NOW, LATER, Optional.empty());
        assertFalse(tokens.toString().contains(token.text().substring(60)));
        assertEquals(token.secretDigest(), tokens.entries().getFirst().secretDigest());
    }

    @Test
    void voidTokensAreNotMade() {
        assertThrows(CredentialException.class,
                () -> JoinTokens.NONE.create(token, Role.WORKER, NOW, NOW, Optional.empty()));
        assertThrows(CredentialException.class,
                () -> JoinTokens.NONE.create(token, Role.WORKER, NOW, LATER, Optional.of(0)));
        assertThrows(CredentialException.class,
                () -> JoinTokens.NONE.create(token, Role.ADMIN, NOW, LATER, Optional.empty()));
        assertThrows(CredentialException.class, () -> JoinTokens.NONE.revoke("0123456789", NOW));
    }

    @Test
    void pruningKeepsWhatMayStillBeUsed() {
        JoinTokens tokens = JoinTokens.NONE.create(token, Role.WORKER, NOW, LATER, Optional.empty())
                .create(token(2), Role.WORKER, NOW, NOW.plusSeconds(1), Optional.empty());
        assertEquals(List.of(tokens.entries().getFirst()), tokens.prune(NOW.plusSeconds(1)).entries());
    }

    @Test
    void theSecondOfTwoMachinesDoesNotGetTheLastUse() {
        Membership membership = Membership.NONE.with(
                JoinTokens.NONE.create(token, Role.WORKER, NOW, LATER, Optional.of(1)));
        Membership.Admitted first = (Membership.Admitted) membership.admit(token, roots, "w1", "key1", NOW);
        assertEquals(Refusal.TOKEN_USED_UP,
                ((Membership.Refused) first.after().admit(token, roots, "w2", "key2", NOW)).refusal());
        assertTrue(first.after().admit(token, roots, "w1", "key1", NOW) instanceof Membership.Admitted);
        assertEquals(Refusal.TOKEN_EXPIRED,
                ((Membership.Refused) first.after().admit(token, roots, "w1", "key1", LATER)).refusal());
        assertEquals(Set.of(), first.after().without("w1").joined().keySet());
    }
}
