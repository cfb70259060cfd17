package clusterd.security;

import clusterd.credential.CredentialException;
import clusterd.credential.Member;
import clusterd.credential.Peer;
import clusterd.credential.Role;
import clusterd.credential.RootDigest;
import clusterd.credential.Validity;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** What the cluster's certificates say, read by the JDK. */
public final class Certificates {
    private static final int SERIAL_RADIX = 16;
    private static final int MOST_BYTES = 64 << 10;
    private static final Set<String> NAMES = Set.of("CN", "OU", "O");

    private Certificates() {}

    /** DER. */
    public static byte[] encode(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException broken) {
            throw new IllegalStateException("a certificate that was read has no bytes: "
                    + certificate.getSubjectX500Principal(), broken);
        }
    }

    /** DER of each. */
    public static List<byte[]> encode(Collection<X509Certificate> certificates) {
        return certificates.stream().map(Certificates::encode).toList();
    }

    /** @throws CertificateException if the bytes are no certificate, or more than one */
    public static X509Certificate decode(byte[] der) throws CertificateException {
        if (der.length > MOST_BYTES) {
            throw new CertificateException("a certificate of " + der.length + " bytes is larger than any of ours");
        }
        ByteArrayInputStream bytes = new ByteArrayInputStream(der);
        X509Certificate certificate =
                (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(bytes);
        if (certificate == null || bytes.available() > 0) {
            throw new CertificateException("there are " + bytes.available() + " bytes after the certificate");
        }
        return certificate;
    }

    /** Each of them. */
    public static List<X509Certificate> decode(Collection<byte[]> ders) throws CertificateException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (byte[] der : ders) {
            certificates.add(decode(der));
        }
        return List.copyOf(certificates);
    }

    /** As text (RFC 7468). */
    public static String toPem(X509Certificate certificate) {
        return Pem.write(List.of(new Pem(Pem.CERTIFICATE, encode(certificate))));
    }

    /** Which root that is. */
    public static RootDigest digest(X509Certificate root) {
        return RootDigest.ofCertificate(encode(root));
    }

    /** Which roots those are. */
    public static Set<RootDigest> digests(Collection<X509Certificate> roots) {
        return roots.stream().map(Certificates::digest).collect(Collectors.toUnmodifiableSet());
    }

    /** SHA-256 over a public key's SubjectPublicKeyInfo, 64 hex digits. */
    public static String digest(PublicKey key) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }

    /** Serial number, hex digits. */
    public static String serial(X509Certificate certificate) {
        return certificate.getSerialNumber().toString(SERIAL_RADIX);
    }

    /** From when until when it holds. */
    public static Validity validity(X509Certificate certificate) {
        return new Validity(certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant());
    }

    /** @throws CertificateException if it is not a member's: it has other names than those three, or more */
    public static Member member(X509Certificate certificate) throws CertificateException {
        String subject = certificate.getSubjectX500Principal().getName();
        Map<String, String> names = new HashMap<>();
        try {
            for (Rdn part : new LdapName(subject).getRdns()) {
                if (part.size() != 1 || !NAMES.contains(part.getType())
                        || !(part.getValue() instanceof String value)
                        || names.put(part.getType(), value) != null) {
                    throw new CertificateException("it is for " + subject + ", which is no member of a cluster");
                }
            }
        } catch (InvalidNameException broken) {
            throw new CertificateException("its subject cannot be read: " + subject, broken);
        }
        Role role = Role.of(names.getOrDefault("OU", "")).orElseThrow(() ->
                new CertificateException("it is for " + subject + ", and OU is no role"));
        try {
            return new Member(names.getOrDefault("CN", ""), role, names.getOrDefault("O", ""));
        } catch (CredentialException bad) {
            throw new CertificateException("it is for " + subject + ": " + bad.getMessage(), bad);
        }
    }

    /** @throws CertificateException as {@link #member} */
    public static Peer peer(X509Certificate certificate) throws CertificateException {
        Validity validity = validity(certificate);
        return new Peer(member(certificate), serial(certificate), validity.notBefore(), validity.notAfter(),
                certificate.getIssuerX500Principal().getName());
    }
}
