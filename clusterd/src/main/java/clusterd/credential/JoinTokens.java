package clusterd.credential;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The join tokens a cluster has given out. A value: each change gives another. Holds digests of secrets,
 * no secret.
 *
 * @param entries one for each token, in the order they were made
 */
public record JoinTokens(List<Entry> entries) {
    private static final int ID_DIGITS = 10;

    /** No token at all. */
    public static final JoinTokens NONE = new JoinTokens(List.of());

    /**
     * A token given out.
     *
     * @param id           ten hex digits, for people and {@code rm}
     * @param role         what a machine becomes by it: a node's
     * @param root         the root it names
     * @param secretDigest see {@link JoinToken#secretDigest}
     * @param created      when it was made
     * @param expires      from when on it is void
     * @param usesLeft     how many machines may yet join by it; empty = any number
     * @param revoked      since when it has been revoked; kept, so that the reason can be told
     */
    public record Entry(String id, Role role, RootDigest root, String secretDigest, Instant created,
            Instant expires, Optional<Integer> usesLeft, Optional<Instant> revoked) {
        public Entry {
            if (!role.isNode()) {
                throw new CredentialException("no token is for role " + role.text()
                        + ": people get certificates, `jctl cluster user add`");
            }
            if (usesLeft.isPresent() && usesLeft.get() < 0) {
                throw new CredentialException("a token cannot have " + usesLeft.get() + " uses left");
            }
        }

        private Entry used() {
            return new Entry(id, role, root, secretDigest, created, expires,
                    usesLeft.map(left -> left - 1), revoked);
        }

        private Entry revokedAt(Instant now) {
            return new Entry(id, role, root, secretDigest, created, expires, usesLeft,
                    Optional.of(revoked.orElse(now)));
        }
    }

    /** Whether a machine may join. */
    public sealed interface Decision {}

    /**
     * It may.
     *
     * @param entry the token
     * @param after the tokens with this use counted
     */
    public record Admitted(Entry entry, JoinTokens after) implements Decision {}

    /**
     * It may not.
     *
     * @param refusal why, for programs
     * @param reason  why and what to do, a sentence
     */
    public record Refused(Refusal refusal, String reason) implements Decision {}

    public JoinTokens {
        entries = List.copyOf(entries);
    }

    /**
     * With another token.
     *
     * @param expires when it becomes void; after {@code now}
     * @param uses    how many machines may join by it, at least one; empty = any number
     * @throws CredentialException if the role is a person's, or it would be void from the start
     */
    public JoinTokens create(JoinToken token, Role role, Instant now, Instant expires,
            Optional<Integer> uses) {
        if (!expires.isAfter(now)) {
            throw new CredentialException("a token that expires at " + expires + " is void from the start: it is "
                    + now);
        }
        if (uses.isPresent() && uses.get() < 1) {
            throw new CredentialException("a token for " + uses.get() + " machines lets none join;"
                    + " give at least 1");
        }
        String digest = token.secretDigest();
        List<Entry> more = new ArrayList<>(entries);
        more.add(new Entry(digest.substring(0, ID_DIGITS), role, token.root(), digest, now, expires, uses,
                Optional.empty()));
        return new JoinTokens(more);
    }

    /** Those a machine could join by now, those that end first at the front. */
    public List<Entry> valid(Instant now) {
        return entries.stream().filter(entry -> fault(entry, now).isEmpty())
                .sorted(Comparator.comparing(Entry::expires)).toList();
    }

    /**
     * With a token revoked; what joined by it stays.
     *
     * @param id see {@link Entry#id}
     * @throws CredentialException if there is none of that id
     */
    public JoinTokens revoke(String id, Instant now) {
        if (entries.stream().noneMatch(entry -> entry.id().equals(id))) {
            throw new CredentialException("there is no join token '" + Shown.of(id)
                    + "'; `jctl cluster token ls` lists them");
        }
        return new JoinTokens(entries.stream()
                .map(entry -> entry.id().equals(id) ? entry.revokedAt(now) : entry).toList());
    }

    /** Without those that have been void since before that time. */
    public JoinTokens prune(Instant before) {
        return new JoinTokens(entries.stream().filter(entry -> entry.expires().isAfter(before)
                && entry.revoked().map(at -> at.isAfter(before)).orElse(true)).toList());
    }

    /**
     * Whether a machine may join by a token. Takes as long for a secret that is nearly right as for one that
     * is wholly wrong.
     *
     * @param roots the cluster's roots; two while they are being exchanged
     */
    public Decision check(JoinToken token, Set<RootDigest> roots, Instant now) {
        if (!roots.contains(token.root())) {
            return new Refused(Refusal.TOKEN_OF_ANOTHER_CLUSTER, "the join token names root "
                    + token.root().brief() + ", which is not this cluster's: it is another cluster's token, or from"
                    + " before the root was exchanged; make a new one here with `jctl cluster token`");
        }
        byte[] digest = token.secretDigest().getBytes(StandardCharsets.US_ASCII);
        Optional<Entry> found = Optional.empty();
        for (Entry entry : entries) {
            byte[] other = entry.secretDigest().getBytes(StandardCharsets.US_ASCII);
            if (MessageDigest.isEqual(digest, other) && entry.root().equals(token.root())) {
                found = Optional.of(entry);
            }
        }
        if (found.isEmpty()) {
            return new Refused(Refusal.TOKEN_UNKNOWN, "this cluster has no such join token: it was removed, or never"
                    + " made here; make a new one with `jctl cluster token`");
        }
        Entry entry = found.get();
        Optional<Refused> fault = fault(entry, now);
        return fault.isPresent() ? fault.get() : new Admitted(entry, replaced(entry, entry.used()));
    }

    private static Optional<Refused> fault(Entry entry, Instant now) {
        String again = "; make a new one with `jctl cluster token`";
        if (entry.revoked().isPresent()) {
            return Optional.of(new Refused(Refusal.TOKEN_REVOKED, "join token " + entry.id()
                    + " was revoked at " + entry.revoked().get() + again));
        }
        if (!now.isBefore(entry.expires())) {
            return Optional.of(new Refused(Refusal.TOKEN_EXPIRED, "join token " + entry.id() + " expired at "
                    + entry.expires() + ", it is " + now + again));
        }
        if (entry.usesLeft().equals(Optional.of(0))) {
            return Optional.of(new Refused(Refusal.TOKEN_USED_UP, "join token " + entry.id()
                    + " has let in as many machines as it was made for" + again));
        }
        return Optional.empty();
    }

    private JoinTokens replaced(Entry old, Entry with) {
        return new JoinTokens(entries.stream().map(entry -> entry.equals(old) ? with : entry).toList());
    }
}
