package clusterd.security;

import clusterd.credential.Member;
import clusterd.credential.RootDigest;
import clusterd.credential.Validity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who this node, or person, is to the others: a key, the certificate for it, and whom it trusts. On disk it
 * is one file, so that the three always fit each other: the key, the chain, the roots, in that order.
 *
 * @param key   the private key
 * @param chain the certificate, then what leads to a root
 * @param roots whom it trusts
 */
public record NodeIdentity(PrivateKey key, List<X509Certificate> chain, List<X509Certificate> roots) {
    private static final String ROOT = "TRUSTED CERTIFICATE";

    public NodeIdentity {
        chain = List.copyOf(chain);
        roots = List.copyOf(roots);
    }

    /**
     * An identity whose parts fit.
     *
     * @throws CertificateException if the certificate is not for the key or no member's, or nobody is trusted
     */
    public static NodeIdentity of(PrivateKey key, List<X509Certificate> chain, List<X509Certificate> roots)
            throws CertificateException {
        if (chain.isEmpty() || roots.isEmpty()) {
            throw new CertificateException("an identity needs a certificate and a root: there are "
                    + chain.size() + " and " + roots.size());
        }
        Certificates.member(chain.getFirst());
        try {
            if (!P256.areOnePair(key, chain.getFirst().getPublicKey())) {
                throw new CertificateException("the certificate " + Certificates.serial(chain.getFirst())
                        + " is for another key");
            }
        } catch (CertificateException mismatch) {
            throw mismatch;
        } catch (GeneralSecurityException foreign) {
            throw new CertificateException("the certificate's key is not on P-256", foreign);
        }
        return new NodeIdentity(key, chain, roots);
    }

    /** The certificate itself. */
    public X509Certificate certificate() {
        return chain.getFirst();
    }

    /** Name, role and cluster. */
    public Member member() {
        try {
            return Certificates.member(certificate());
        } catch (CertificateException checked) {
            throw new IllegalStateException("an identity without a member's certificate", checked);
        }
    }

    /** The certificate's serial number, hex digits: two agents with one identity have the same. */
    public String serial() {
        return Certificates.serial(certificate());
    }

    /** From when until when the certificate holds. */
    public Validity validity() {
        return Certificates.validity(certificate());
    }

    /** The root its certificate is by; empty if it is not among those it trusts. */
    public Optional<RootDigest> issuer() {
        return roots.stream()
                .filter(root -> root.getSubjectX500Principal().equals(certificate().getIssuerX500Principal()))
                .map(Certificates::digest).findFirst();
    }

    /**
     * The same with other roots, when one was retired; what led to that one is shown no more.
     *
     * @throws CertificateException if its own certificate is by none of them
     */
    public NodeIdentity trusting(List<X509Certificate> others) throws CertificateException {
        List<X509Certificate> shorter = new ArrayList<>(List.of(certificate()));
        others.stream().filter(root -> root.getSubjectX500Principal()
                .equals(certificate().getIssuerX500Principal())).forEach(shorter::add);
        if (shorter.size() == 1) {
            throw new CertificateException("the certificate " + serial() + " is by none of the roots that are left");
        }
        return of(key, shorter, others);
    }

    /**
     * Writes it to a file, 0600 in a folder of 0700; a crash leaves the old one or this one.
     *
     * @throws IOException if it cannot be written, or others may open the folder
     */
    public void save(Path file) throws IOException {
        PrivateFile.write(file, toText().getBytes(StandardCharsets.US_ASCII));
    }

    /** The file's text, a secret. */
    public String toText() {
        List<Pem> blocks = new ArrayList<>(List.of(new Pem(Pem.PRIVATE_KEY, key.getEncoded())));
        chain.forEach(link -> blocks.add(new Pem(Pem.CERTIFICATE, Certificates.encode(link))));
        roots.forEach(root -> blocks.add(new Pem(ROOT, Certificates.encode(root))));
        return Pem.write(blocks);
    }

    /**
     * Reads what {@link #save} wrote.
     *
     * @return empty if there is no such file
     * @throws IOException if others may read it, or it is broken
     */
    public static Optional<NodeIdentity> load(Path file) throws IOException {
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        byte[] bytes = PrivateFile.read(file);
        try {
            List<Pem> blocks = Pem.read(new String(bytes, StandardCharsets.US_ASCII));
            List<byte[]> keys = bytesOf(blocks, Pem.PRIVATE_KEY);
            if (keys.size() != 1) {
                throw new IOException(file + " holds " + keys.size() + " keys, not one" + broken(file));
            }
            return Optional.of(of(P256.privateKey(keys.getFirst()),
                    Certificates.decode(bytesOf(blocks, Pem.CERTIFICATE)),
                    Certificates.decode(bytesOf(blocks, ROOT))));
        } catch (GeneralSecurityException | IllegalArgumentException unreadable) {
            throw new IOException(file + " holds no identity: " + unreadable.getMessage() + broken(file),
                    unreadable);
        }
    }

    private static String broken(Path file) {
        return "; move it away and join this node again with a new token (" + file + ")";
    }

    private static List<byte[]> bytesOf(List<Pem> blocks, String label) {
        return blocks.stream().filter(block -> block.label().equals(label)).map(Pem::bytes).toList();
    }

    /** Tells whose it is, and no key. */
    @Override
    public String toString() {
        return "NodeIdentity[" + member() + ", certificate " + serial() + "]";
    }
}
