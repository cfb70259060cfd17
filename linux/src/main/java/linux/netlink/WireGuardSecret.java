package linux.netlink;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import javax.crypto.KeyAgreement;

/**
 * A private key of WireGuard, any 32 bytes that nobody can guess (RFC 7748, 5). No text it is part of shows them, and
 * two are compared by their public keys.
 */
public final class WireGuardSecret {
    /** RFC 7748, 4.1: the u-coordinate of the base point. */
    private static final BigInteger BASE_POINT = BigInteger.valueOf(9);

    private final byte[] bytes;
    private final WireGuardKey publicKey;

    private WireGuardSecret(byte[] bytes, WireGuardKey publicKey) {
        this.bytes = bytes;
        this.publicKey = publicKey;
    }

    /**
     * The key of those bytes.
     *
     * @throws IllegalArgumentException if they are not 32
     */
    public static WireGuardSecret of(byte[] bytes) {
        if (bytes.length != WireGuardKey.BYTES) {
            throw new IllegalArgumentException("a WireGuard key has " + WireGuardKey.BYTES + " bytes, not " + bytes.length);
        }
        byte[] copy = bytes.clone();
        return new WireGuardSecret(copy, WireGuardKey.of(timesBasePoint(copy)));
    }

    /** X25519 of the key and the base point is the public key (RFC 7748, 6.1). */
    private static byte[] timesBasePoint(byte[] scalar) {
        try {
            KeyFactory factory = KeyFactory.getInstance("X25519");
            PrivateKey secret = factory.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, scalar));
            PublicKey base = factory.generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, BASE_POINT));
            KeyAgreement agreement = KeyAgreement.getInstance("X25519");
            agreement.init(secret);
            agreement.doPhase(base, true);
            return agreement.generateSecret();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("X25519 is part of every JDK", impossible);
        }
    }

    /** What others know this one by. */
    public WireGuardKey publicKey() {
        return publicKey;
    }

    /** A copy of the bytes: for the kernel, and for a file of the owner's alone. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WireGuardSecret that && publicKey.equals(that.publicKey);
    }

    @Override
    public int hashCode() {
        return publicKey.hashCode();
    }

    /** Says which one it is, and nothing of the bytes. */
    @Override
    public String toString() {
        return "the private key of " + publicKey;
    }
}
