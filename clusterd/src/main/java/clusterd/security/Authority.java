package clusterd.security;

import clusterd.credential.Member;
import clusterd.credential.Refusal;
import clusterd.credential.RootDigest;
import clusterd.credential.RotationStep;
import clusterd.credential.Shown;
import clusterd.credential.Validity;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/**
 * A cluster's certificate authority: a root and its key, and during an exchange the old root. A value: an
 * exchange gives another. For whom it signs, its caller says: a request brings a key and nothing else.
 */
public final class Authority {
    /** How long certificates hold if nothing else is asked for. */
    public static final Duration LIFETIME = Duration.ofDays(90);
    private static final Duration ROOT_LIFETIME = Duration.ofDays(3650);
    private static final String SEALED_KEY = "JCTL SEALED ROOT KEY";
    private static final int MOST_ADDRESSES = 64;

    private final String clusterId;
    private final InstantSource clock;
    private final SecureRandom random;
    private final X509Certificate root;
    private final PrivateKey key;
    private final Optional<Previous> previous;

    /** The root before, and the new one as signed by it. */
    private record Previous(X509Certificate root, X509Certificate cross) {}

    /**
     * A certificate given.
     *
     * @param chain it, and what leads to a root
     * @param roots whom its holder shall trust
     */
    public record Issued(List<X509Certificate> chain, List<X509Certificate> roots) {
        public Issued {
            chain = List.copyOf(chain);
            roots = List.copyOf(roots);
        }

        /** The certificate itself. */
        public X509Certificate certificate() {
            return chain.getFirst();
        }
    }

    private Authority(String clusterId, InstantSource clock, SecureRandom random, X509Certificate root,
            PrivateKey key, Optional<Previous> previous) {
        this.clusterId = clusterId;
        this.clock = clock;
        this.random = random;
        this.root = root;
        this.key = key;
        this.previous = previous;
    }

    /**
     * A new cluster's, whose root holds for ten years.
     *
     * @param clusterId see {@link Member}
     */
    public static Authority create(String clusterId, InstantSource clock, SecureRandom random) {
        Member.checkNode("cluster id", clusterId);
        KeyPair pair = P256.generate(random);
        return new Authority(clusterId, clock, random, selfSigned(clusterId, pair, clock, random),
                pair.getPrivate(), Optional.empty());
    }

    private static X509Certificate selfSigned(String clusterId, KeyPair pair, InstantSource clock,
            SecureRandom random) {
        // Two roots of a cluster are told apart by name, too.
        String mark = Certificates.digest(pair.getPublic()).substring(0, 16);
        X500Principal name = new X500Principal("CN=root " + mark + ",O=" + clusterId);
        return new Issuing(random).root(name, pair.getPublic(), span(clock.instant(), ROOT_LIFETIME),
                new Issuing.Signer(name, pair.getPublic(), pair.getPrivate()));
    }

    /** Certificates know whole seconds. */
    private static Validity span(Instant from, Duration lifetime) {
        Instant start = from.truncatedTo(ChronoUnit.SECONDS);
        return new Validity(start, start.plus(lifetime).truncatedTo(ChronoUnit.SECONDS));
    }

    /** The cluster. */
    public String clusterId() {
        return clusterId;
    }

    /** The root that issues. */
    public X509Certificate root() {
        return root;
    }

    /** Whom to trust: the root that issues and, during an exchange, the old one. */
    public List<X509Certificate> roots() {
        List<X509Certificate> all = new ArrayList<>(List.of(root));
        previous.ifPresent(old -> all.add(old.root()));
        return List.copyOf(all);
    }

    /** Digests of {@link #roots}. */
    public Set<RootDigest> rootDigests() {
        return Certificates.digests(roots());
    }

    /** Whether the root is being exchanged. */
    public RotationStep.Phase phase() {
        return previous.isPresent() ? RotationStep.Phase.BOTH : RotationStep.Phase.ONE;
    }

    /**
     * Issues a certificate for a member of this cluster; never beyond the root's own end.
     *
     * @param request   who holds the key; says nothing about the name
     * @param member    a node, or a person
     * @param addresses IP addresses of a node, as text
     * @param lifetime  at least a second
     * @throws RefusedException with BAD_REQUEST if the member is of another cluster, an address is none, or
     *                          the lifetime is too short
     */
    public Issued issue(SigningRequest request, Member member, List<String> addresses, Duration lifetime)
            throws RefusedException {
        if (!member.clusterId().equals(clusterId)) {
            throw new RefusedException(Refusal.BAD_REQUEST, "the authority of cluster " + clusterId
                    + " issues nothing for cluster " + member.clusterId());
        }
        checkAddresses(addresses);
        Validity validity = span(clock.instant(), lifetime);
        Instant rootEnd = root.getNotAfter().toInstant();
        if (validity.notAfter().isAfter(rootEnd)) {
            validity = new Validity(validity.notBefore(), rootEnd);
        }
        if (!validity.notAfter().isAfter(validity.notBefore())) {
            throw new RefusedException(Refusal.BAD_REQUEST, "a certificate from " + validity.notBefore() + " to "
                    + validity.notAfter() + " would never hold; the root ends at " + rootEnd);
        }
        X509Certificate certificate = new Issuing(random).member(member, addresses, request.publicKey(),
                validity, signer());
        List<X509Certificate> chain = new ArrayList<>(List.of(certificate));
        previous.ifPresent(old -> chain.addAll(List.of(old.cross(), old.root())));
        chain.add(root);
        return new Issued(chain, roots());
    }

    /** @throws RefusedException with BAD_REQUEST if one is none */
    static void checkAddresses(List<String> addresses) throws RefusedException {
        if (addresses.size() > MOST_ADDRESSES) {
            throw new RefusedException(Refusal.BAD_REQUEST, "a node has " + addresses.size()
                    + " addresses; at most " + MOST_ADDRESSES + " go into a certificate");
        }
        for (String address : addresses) {
            if (!Issuing.isAddress(address)) {
                throw new RefusedException(Refusal.BAD_REQUEST, "'" + Shown.of(address)
                        + "' is no IP address; give 192.0.2.1 or 2001:db8::1");
            }
        }
    }

    /**
     * Issues a certificate with a new key: for the first manager, which has nobody to ask, and for people,
     * whom `jctl cluster user add` hands both.
     *
     * @throws RefusedException as {@link #issue}
     */
    public NodeIdentity issueWithKey(Member member, List<String> addresses, Duration lifetime)
            throws RefusedException {
        KeyPair pair = P256.generate(random);
        Issued issued = issue(new SigningRequest(pair.getPublic()), member, addresses, lifetime);
        return new NodeIdentity(pair.getPrivate(), issued.chain(), issued.roots());
    }

    private Issuing.Signer signer() {
        return new Issuing.Signer(root.getSubjectX500Principal(), root.getPublicKey(), key);
    }

    /**
     * Begins an exchange of the root: the answer issues by a new one, signed across by this one's.
     *
     * @throws IllegalStateException if one has begun
     */
    public Authority introduceRoot() {
        checkNoneBegun();
        KeyPair pair = P256.generate(random);
        return introduced(selfSigned(clusterId, pair, clock, random), pair.getPrivate());
    }

    /**
     * The same with a root that the operator has.
     *
     * @throws IllegalStateException    if an exchange has begun
     * @throws IllegalArgumentException if it is no root, or the key is not its own: a sentence with all that is wrong
     */
    public Authority introduceRoot(GivenRoot next) {
        checkNoneBegun();
        List<String> problems = next.problems(root, clock.instant());
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("the given root cannot be used: " + String.join("; ", problems));
        }
        return introduced(next.certificate(), next.key());
    }

    private void checkNoneBegun() {
        if (previous.isPresent()) {
            throw new IllegalStateException("root " + Certificates.digest(previous.get().root()).brief()
                    + " is being exchanged already; `jctl cluster ca --rotate` without another option follows it, and"
                    + " `jctl cluster ca --finish` ends it without the nodes that are behind");
        }
    }

    private Authority introduced(X509Certificate next, PrivateKey nextKey) {
        Instant oldEnd = root.getNotAfter().toInstant();
        Instant newEnd = next.getNotAfter().toInstant();
        X509Certificate cross = new Issuing(random).root(next.getSubjectX500Principal(), next.getPublicKey(),
                new Validity(next.getNotBefore().toInstant(), oldEnd.isBefore(newEnd) ? oldEnd : newEnd), signer());
        return new Authority(clusterId, clock, random, next, nextKey,
                Optional.of(new Previous(root, cross)));
    }

    /**
     * Ends an exchange: the answer trusts and sends the new root alone.
     *
     * @throws IllegalStateException if none has begun
     */
    public Authority retireRoot() {
        if (previous.isEmpty()) {
            throw new IllegalStateException("no root is being exchanged");
        }
        return new Authority(clusterId, clock, random, root, key, Optional.empty());
    }

    /** All of it as text, the key sealed: safe to keep and to replicate. */
    public String toText(Seal seal) {
        List<Pem> blocks = new ArrayList<>(List.of(new Pem(Pem.CERTIFICATE, Certificates.encode(root))));
        previous.ifPresent(old -> blocks.addAll(List.of(
                new Pem(Pem.CERTIFICATE, Certificates.encode(old.root())),
                new Pem(Pem.CERTIFICATE, Certificates.encode(old.cross())))));
        blocks.add(new Pem(SEALED_KEY, seal.seal(key.getEncoded(), context(clusterId, root))));
        return Pem.write(blocks);
    }

    /**
     * What {@link #toText} wrote.
     *
     * @throws SealException if it cannot be opened, or is broken
     */
    public static Authority fromText(String text, String clusterId, Seal seal, InstantSource clock,
            SecureRandom random) throws SealException {
        try {
            List<Pem> blocks = Pem.read(text);
            List<byte[]> ders = blocks.stream().filter(b -> b.label().equals(Pem.CERTIFICATE)).map(Pem::bytes)
                    .toList();
            List<byte[]> keys = blocks.stream().filter(b -> b.label().equals(SEALED_KEY)).map(Pem::bytes)
                    .toList();
            if (keys.size() != 1 || ders.size() != 1 && ders.size() != 3) {
                throw new SealException("the authority's text has " + ders.size() + " certificates and "
                        + keys.size() + " keys; restore it from a backup");
            }
            List<X509Certificate> certificates = Certificates.decode(ders);
            X509Certificate root = certificates.getFirst();
            PrivateKey key = P256.privateKey(seal.open(keys.getFirst(), context(clusterId, root)));
            if (!P256.areOnePair(key, root.getPublicKey())) {
                throw new SealException("the authority's key is not that of its root; restore it from a backup");
            }
            return new Authority(clusterId, clock, random, root, key, ders.size() == 1 ? Optional.empty()
                    : Optional.of(new Previous(certificates.get(1), certificates.get(2))));
        } catch (SealException told) {
            throw told;
        } catch (GeneralSecurityException | IllegalArgumentException broken) {
            throw new SealException("the authority's text is broken: " + broken.getMessage()
                    + "; restore it from a backup", broken);
        }
    }

    private static String context(String clusterId, X509Certificate root) {
        return "root key/" + clusterId + "/" + Certificates.digest(root).hex();
    }
}
