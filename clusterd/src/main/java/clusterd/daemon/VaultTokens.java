package clusterd.daemon;

import clusterd.control.ClusterService;
import clusterd.credential.CredentialException;
import clusterd.credential.JoinToken;
import clusterd.credential.Role;
import clusterd.credential.RootDigest;
import clusterd.security.Certificates;
import clusterd.security.SealException;
import clusterd.security.TokenEnroller;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Join tokens, made here and kept in the vault. */
final class VaultTokens implements ClusterService.Tokens {
    private static final Duration USUAL = Duration.ofDays(1);
    private static final Duration LONGEST = Duration.ofDays(365);

    private final Vault vault;
    private final TokenEnroller.Source authority;
    private final String address;
    private final SecureRandom random;
    private final InstantSource clock;

    VaultTokens(Vault vault, TokenEnroller.Source authority, String address, SecureRandom random,
            InstantSource clock) {
        this.vault = vault;
        this.authority = authority;
        this.address = address;
        this.random = random;
        this.clock = clock;
    }

    @Override
    public Made create(clusterd.model.Role role, long lifetimeSeconds, int uses)
            throws IOException {
        if (lifetimeSeconds < 0 || lifetimeSeconds > LONGEST.toSeconds() || uses < 0) {
            throw new IllegalArgumentException("a token lives for 1 second to 365 days and has 1 or more uses, not "
                    + lifetimeSeconds + " s and " + uses);
        }
        byte[] secret = new byte[JoinToken.SECRET_BYTES];
        random.nextBytes(secret);
        RootDigest root = root();
        JoinToken token = JoinToken.of(root, secret);
        Instant now = clock.instant();
        Instant expires = now.plus(lifetimeSeconds == 0 ? USUAL : Duration.ofSeconds(lifetimeSeconds));
        Role its = Roles.ofCertificate(role);
        try {
            vault.putTokens(tokens -> tokens.create(token, its, now, expires,
                    uses == 0 ? Optional.empty() : Optional.of(uses)));
        } catch (CredentialException wrong) {
            throw new IllegalArgumentException(wrong.getMessage(), wrong);
        }
        return new Made(token.text(), address, expires.toEpochMilli());
    }

    private RootDigest root() throws IOException {
        try {
            return Certificates.digest(authority.authority().root());
        } catch (SealException locked) {
            throw new IOException(locked.getMessage(), locked);
        }
    }

    @Override
    public List<Given> list() throws IOException {
        return vault.membership().tokens().valid(clock.instant()).stream().map(each -> new Given(each.id(),
                Roles.ofModel(each.role()), each.expires().toEpochMilli(),
                each.usesLeft().map(OptionalInt::of).orElse(OptionalInt.empty()))).toList();
    }

    @Override
    public void remove(String id) throws IOException {
        try {
            vault.putTokens(tokens -> tokens.revoke(id, clock.instant()));
        } catch (CredentialException wrong) {
            throw new IllegalArgumentException(wrong.getMessage(), wrong);
        }
    }
}
