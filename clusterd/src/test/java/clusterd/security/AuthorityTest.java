package clusterd.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.credential.Member;
import clusterd.credential.Refusal;
import clusterd.credential.Role;
import clusterd.credential.RotationStep;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;

class AuthorityTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final long SEED = 20260301;
    private static final int ROUNDS = 3000;
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    private final SetClock clock = new SetClock();
    private final Authority authority = Authority.create("c1", clock, RANDOM);

    private Authority.Issued issue(Authority by, String id, Role role) throws RefusedException {
        KeyPair pair = P256.generate(RANDOM);
        return by.issue(SigningRequest.read(SigningRequest.create(pair, id)), new Member(id, role, "c1"),
                List.of("192.0.2.1", "2001:db8::1"), Duration.ofHours(1));
    }

    private static byte[] request(KeyPair keyInside, KeyPair signer, String algorithm, String subject)
            throws Exception {
        return new JcaPKCS10CertificationRequestBuilder(new X500Principal(subject), keyInside.getPublic())
                .build(new JcaContentSignerBuilder(algorithm).build(signer.getPrivate())).getEncoded();
    }

    private static void assertRefused(String says, byte[] request) {
        RefusedException refused = assertThrows(RefusedException.class, () -> SigningRequest.read(request));
        assertEquals(Refusal.BAD_REQUEST, refused.refusal());
        assertTrue(refused.getMessage().contains(says), refused.getMessage());
    }

    @Test
    void theRequestsOwnSubjectIsIgnored() throws Exception {
        KeyPair pair = P256.generate(RANDOM);
        SigningRequest greedy = SigningRequest.read(
                request(pair, pair, P256.SIGNATURE, "CN=m1,OU=manager,O=c1"));
        X509Certificate certificate = authority.issue(greedy, new Member("w1", Role.WORKER, "c1"), List.of(),
                Duration.ofHours(1)).certificate();
        assertEquals(new Member("w1", Role.WORKER, "c1"), Certificates.member(certificate));
    }

    @Test
    void aKeyThatIsTooWeakOrOfAnotherKindIsRefused() throws Exception {
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(1024);
        KeyPair weak = rsa.generateKeyPair();
        assertRefused("its key is RSA, and only ECDSA", request(weak, weak, "SHA256withRSA", "CN=w1"));
        KeyPairGenerator curve = KeyPairGenerator.getInstance("EC");
        curve.initialize(new ECGenParameterSpec("secp384r1"));
        KeyPair other = curve.generateKeyPair();
        assertRefused("another curve of 384 bits", request(other, other, "SHA384withECDSA", "CN=w1"));
        KeyPair good = P256.generate(RANDOM);
        assertRefused("not by ECDSA with SHA-2", request(good, good, "SHA1withECDSA", "CN=w1"));
    }

    @Test
    void aRequestSignedByAnotherKeyIsRefused() throws Exception {
        assertRefused("its signature is not by the key in it",
                request(P256.generate(RANDOM), P256.generate(RANDOM), P256.SIGNATURE, "CN=w1"));
    }

    @Test
    void fuzzedRequestsGiveAnErrorAndNothingElse() {
        Random random = new Random(SEED);
        byte[] good = SigningRequest.create(P256.generate(RANDOM), "w1");
        int refused = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] changed = good.clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            byte[] cut = Arrays.copyOf(changed, random.nextBoolean() ? changed.length
                    : random.nextInt(changed.length));
            try {
                SigningRequest.read(cut);
            } catch (RefusedException told) {
                assertEquals(Refusal.BAD_REQUEST, told.refusal());
                refused++;
            }
        }
        assertTrue(refused > ROUNDS * 9 / 10, refused + " of " + ROUNDS + " were refused");
    }

    @Test
    void fuzzedCertificatesGiveAnErrorAndNothingElse() throws Exception {
        Random random = new Random(SEED);
        byte[] good = Certificates.encode(issue(authority, "w1", Role.WORKER).certificate());
        int refused = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] changed = good.clone();
            changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            byte[] cut = Arrays.copyOf(changed, random.nextBoolean() ? changed.length
                    : random.nextInt(changed.length));
            try {
                Certificates.peer(Certificates.decode(cut));
            } catch (CertificateException told) {
                refused++;
            }
        }
        assertTrue(refused > ROUNDS / 2, refused + " of " + ROUNDS + " were refused");
    }

    @Test
    void aCertificateNeverOutlivesItsRoot() throws Exception {
        KeyPair pair = P256.generate(RANDOM);
        X509Certificate certificate = authority.issue(SigningRequest.read(SigningRequest.create(pair, "w1")),
                new Member("w1", Role.WORKER, "c1"), List.of(), Duration.ofDays(36_500)).certificate();
        assertEquals(authority.root().getNotAfter(), certificate.getNotAfter());
        assertThrows(RefusedException.class, () -> authority.issue(
                SigningRequest.read(SigningRequest.create(pair, "w1")), new Member("w1", Role.WORKER, "c1"),
                List.of(), Duration.ZERO));
        assertThrows(RefusedException.class, () -> authority.issue(
                SigningRequest.read(SigningRequest.create(pair, "w1")), new Member("w1", Role.WORKER, "c2"),
                List.of(), Duration.ofHours(1)));
    }

    @Test
    void aPersonCannotServe() throws Exception {
        assertFalse(issue(authority, "jo", Role.ADMIN).certificate().getExtendedKeyUsage().contains(SERVER_AUTH));
        assertTrue(issue(authority, "m1", Role.MANAGER).certificate().getExtendedKeyUsage().contains(SERVER_AUTH));
        Authority.Issued person = issue(authority, "jo", Role.ADMIN);
        assertThrows(RefusedPeerException.class, () -> ChainCheck.check(
                person.chain().toArray(X509Certificate[]::new), "UNKNOWN", ChainCheck.End.SERVER, person.roots(),
                clock.instant()));
    }

    @Test
    void duringAnExchangeAChainLeadsToEitherRoot() throws Exception {
        Authority both = authority.introduceRoot();
        assertEquals(RotationStep.Phase.BOTH, both.phase());
        Authority.Issued issued = issue(both, "w1", Role.WORKER);
        X509Certificate[] chain = issued.chain().toArray(X509Certificate[]::new);
        for (X509Certificate root : both.roots()) {
            ChainCheck.check(chain, "UNKNOWN", ChainCheck.End.CLIENT, List.of(root), clock.instant());
        }
        Authority alone = both.retireRoot();
        X509Certificate[] after = issue(alone, "w1", Role.WORKER).chain().toArray(X509Certificate[]::new);
        assertEquals(2, after.length);
        assertThrows(RefusedPeerException.class, () -> ChainCheck.check(after, "UNKNOWN", ChainCheck.End.CLIENT,
                authority.roots(), clock.instant()));
        assertThrows(IllegalStateException.class, both::introduceRoot);
        assertThrows(IllegalStateException.class, alone::retireRoot);
    }

    @Test
    void anAuthorityIsTheSameAfterItWasWritten() throws Exception {
        Seal seal = Seal.create(RANDOM);
        for (Authority each : List.of(authority, authority.introduceRoot())) {
            Authority read = Authority.fromText(each.toText(seal), "c1", seal, clock, RANDOM);
            assertEquals(each.roots(), read.roots());
            assertEquals(each.phase(), read.phase());
            ChainCheck.check(issue(read, "w1", Role.WORKER).chain().toArray(X509Certificate[]::new), "UNKNOWN",
                    ChainCheck.End.CLIENT, authority.roots(), clock.instant());
        }
        assertThrows(SealException.class, () -> Authority.fromText(authority.toText(seal), "c2", seal, clock, RANDOM));
        assertThrows(SealException.class, () -> Authority.fromText("rubbish", "c1", seal, clock, RANDOM));
    }
}
