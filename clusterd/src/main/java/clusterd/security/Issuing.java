package clusterd.security;

import clusterd.credential.Member;
import clusterd.credential.Validity;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** The three kinds of certificates of a cluster (RFC 5280), as bytes. */
final class Issuing {
    /** The RFC allows 20 octets; with the first bit zero. */
    private static final int SERIAL_BITS = 127;
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    /** Who signs. */
    record Signer(X500Principal name, PublicKey publicKey, PrivateKey key) {}

    private final SecureRandom random;

    Issuing(SecureRandom random) {
        this.random = random;
    }

    /** A root's certificate: by itself if it is the signer, across if another root is. */
    X509Certificate root(X500Principal subject, PublicKey key, Validity validity, Signer signer) {
        return sign(subject, key, validity, signer, (builder, identifiers) -> {
            builder.addExtension(Extension.basicConstraints, true,
                    subject.equals(signer.name()) ? new BasicConstraints(true) : new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true,
                    new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        });
    }

    /**
     * A member's certificate.
     *
     * @param addresses IP addresses as text, which have been checked
     */
    X509Certificate member(Member member, List<String> addresses, PublicKey key, Validity validity,
            Signer signer) {
        return sign(new X500Principal(member.distinguishedName()), key, validity, signer,
                (builder, identifiers) -> {
                    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
                    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
                    builder.addExtension(Extension.extendedKeyUsage, false,
                            new ExtendedKeyUsage(member.role().isNode()
                                    ? new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth,
                                        KeyPurposeId.id_kp_serverAuth}
                                    : new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth}));
                    if (member.role().isNode()) {
                        builder.addExtension(Extension.subjectAlternativeName, false,
                                alternatives(member.id(), addresses));
                    }
                });
    }

    /** Whether the text is an address as certificates have them; asks no name server. */
    static boolean isAddress(String text) {
        if (!ADDRESS.matcher(text).matches()) {
            return false;
        }
        try {
            new GeneralName(GeneralName.iPAddress, text);
            return true;
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    private static GeneralNames alternatives(String name, List<String> addresses) {
        List<GeneralName> names = new ArrayList<>();
        names.add(new GeneralName(GeneralName.dNSName, name));
        addresses.stream().distinct().map(address -> new GeneralName(GeneralName.iPAddress, address))
                .forEach(names::add);
        return new GeneralNames(names.toArray(GeneralName[]::new));
    }

    private interface Extensions {
        void add(X509v3CertificateBuilder builder, JcaX509ExtensionUtils identifiers) throws IOException;
    }

    private X509Certificate sign(X500Principal subject, PublicKey key, Validity validity, Signer signer,
            Extensions extensions) {
        try {
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(signer.name(),
                    new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1),
                    Date.from(validity.notBefore()), Date.from(validity.notAfter()), subject, key);
            builder.addExtension(Extension.subjectKeyIdentifier, false,
                    identifiers.createSubjectKeyIdentifier(key));
            builder.addExtension(Extension.authorityKeyIdentifier, false,
                    identifiers.createAuthorityKeyIdentifier(signer.publicKey()));
            extensions.add(builder, identifiers);
            return new JcaX509CertificateConverter().getCertificate(builder.build(
                    new JcaContentSignerBuilder(P256.SIGNATURE).setSecureRandom(random).build(signer.key())));
        } catch (GeneralSecurityException | IOException | OperatorCreationException failed) {
            throw new IllegalStateException("this Java cannot issue a certificate for " + subject, failed);
        }
    }
}
