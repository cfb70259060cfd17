package clusterd.security;

import clusterd.credential.Member;
import clusterd.credential.Refusal;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * A request for a certificate, PKCS#10 (RFC 2986), whose signature was checked: who sent it has the private
 * key. Nothing else in it is looked at; for whom a certificate is, the authority's user says.
 *
 * @param publicKey on P-256
 */
public record SigningRequest(PublicKey publicKey) {
    private static final int MOST_BYTES = 16 << 10;
    private static final Set<ASN1ObjectIdentifier> SIGNATURES = Set.of(X9ObjectIdentifiers.ecdsa_with_SHA256,
            X9ObjectIdentifiers.ecdsa_with_SHA384, X9ObjectIdentifiers.ecdsa_with_SHA512);

    /** Makes a request, DER. The name in it is for people who read it: the authority does not. */
    public static byte[] create(KeyPair pair, String name) {
        Member.checkNode("name", name);
        try {
            return new JcaPKCS10CertificationRequestBuilder(new X500Principal("CN=" + name), pair.getPublic())
                    .build(new JcaContentSignerBuilder(P256.SIGNATURE).build(pair.getPrivate())).getEncoded();
        } catch (OperatorCreationException | IOException failed) {
            throw new IllegalStateException("this Java cannot sign with " + P256.SIGNATURE, failed);
        }
    }

    /**
     * Reads and checks a request, DER.
     *
     * @throws RefusedException with BAD_REQUEST, if it cannot be read, its key is not on P-256, or it was not
     *                          signed with that key
     */
    public static SigningRequest read(byte[] der) throws RefusedException {
        if (der.length > MOST_BYTES) {
            throw refused("it has " + der.length + " bytes, more than any of ours", null);
        }
        try {
            JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(der);
            PublicKey key = request.getPublicKey();
            Optional<String> fault = P256.fault(key);
            if (fault.isPresent()) {
                throw refused(fault.get(), null);
            }
            ASN1ObjectIdentifier signature = request.getSignatureAlgorithm().getAlgorithm();
            if (!SIGNATURES.contains(signature)) {
                throw refused("it is signed by " + signature + ", not by ECDSA with SHA-2", null);
            }
            if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
                throw refused("its signature is not by the key in it", null);
            }
            return new SigningRequest(key);
        } catch (IOException | GeneralSecurityException | OperatorCreationException | PKCSException unreadable) {
            throw refused("it cannot be read: " + unreadable.getMessage(), unreadable);
        } catch (RuntimeException malformed) {
            // The reader of DER tells some malformed input by whatever its collections throw.
            throw refused("it cannot be read: " + malformed.getMessage(), malformed);
        }
    }

    private static RefusedException refused(String why, Exception cause) {
        return new RefusedException(Refusal.BAD_REQUEST, "the certificate request is refused: " + why, cause);
    }
}
