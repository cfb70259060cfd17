package clusterd.security;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A root that the operator brings, with its key.
 *
 * @param certificate which
 * @param key         its private key, on P-256
 */
public record GivenRoot(X509Certificate certificate, PrivateKey key) {
    /** A root that ends sooner would have to be exchanged again at once. */
    private static final Duration SHORTEST_REST = Duration.ofDays(1);
    private static final int SIGNS_CERTIFICATES = 5; // keyCertSign, RFC 5280 section 4.2.1.3

    /**
     * Reads it.
     *
     * @param certificate PEM, one certificate
     * @param key         PEM, PKCS#8, not encrypted
     * @throws IllegalArgumentException if it is not written so: one sentence, without the key
     */
    public static GivenRoot parse(String certificate, String key) {
        List<byte[]> ders = blocks("--ca-cert", certificate, Pem.CERTIFICATE);
        List<byte[]> keys = blocks("--ca-key", key, Pem.PRIVATE_KEY);
        try {
            return new GivenRoot(Certificates.decode(ders.getFirst()), P256.privateKey(keys.getFirst()));
        } catch (GeneralSecurityException | IllegalArgumentException unreadable) {
            throw new IllegalArgumentException("the given root or its key cannot be read: " + unreadable.getMessage()
                    + "; a certificate of a key on P-256 is expected, and the key as `openssl pkcs8 -topk8 -nocrypt`"
                    + " writes it", unreadable);
        }
    }

    private static List<byte[]> blocks(String option, String text, String label) {
        List<byte[]> found;
        try {
            found = Pem.read(text).stream().filter(each -> each.label().equals(label)).map(Pem::bytes).toList();
        } catch (IllegalArgumentException broken) {
            throw new IllegalArgumentException(option + ": " + broken.getMessage(), broken);
        }
        if (found.size() != 1) {
            throw new IllegalArgumentException(option + ": " + found.size() + " blocks of " + label
                    + " are in it, and one is expected");
        }
        return found;
    }

    /** All that is wrong with it as the root that follows another; empty if nothing is. */
    List<String> problems(X509Certificate current, Instant now) {
        X509Certificate next = certificate;
        List<String> problems = new ArrayList<>();
        if (next.getBasicConstraints() < 0) {
            problems.add("it is no certificate of an authority (basic constraints: CA)");
        }
        boolean[] usage = next.getKeyUsage();
        if (usage != null && !usage[SIGNS_CERTIFICATES]) {
            problems.add("its key usage does not let it sign certificates");
        }
        if (next.getNotBefore().toInstant().isAfter(now)) {
            problems.add("it does not hold before " + next.getNotBefore().toInstant());
        }
        if (next.getNotAfter().toInstant().isBefore(now.plus(SHORTEST_REST))) {
            problems.add("it ends at " + next.getNotAfter().toInstant() + ", within a day");
        }
        if (next.getSubjectX500Principal().equals(current.getSubjectX500Principal())) {
            problems.add("it has the name of the root there is, " + current.getSubjectX500Principal()
                    + ": roots are told apart by name");
        }
        try {
            next.verify(next.getPublicKey());
        } catch (GeneralSecurityException foreign) {
            problems.add("it is not signed by itself: give the root, not one that another signed");
        }
        try {
            if (!P256.areOnePair(key, next.getPublicKey())) {
                problems.add("the key is not its own");
            }
        } catch (GeneralSecurityException other) {
            problems.add("its key is not on P-256");
        }
        return problems;
    }
}
