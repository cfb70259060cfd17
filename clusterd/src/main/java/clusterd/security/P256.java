package clusterd.security;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.EllipticCurve;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Optional;

/** Key pairs on NIST's curve P-256 (FIPS 186-5), the only kind the cluster uses, by the JDK. */
public final class P256 {
    static final String SIGNATURE = "SHA256withECDSA";
    private static final String ALGORITHM = "EC";
    private static final String CURVE = "secp256r1";
    private static final byte[] PROBE = {1, 2, 3, 4};

    private P256() {}

    /** A new pair. */
    public static KeyPair generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
            generator.initialize(new ECGenParameterSpec(CURVE), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java has no P-256", missing);
        }
    }

    /** Reads a PKCS#8 key. */
    static PrivateKey privateKey(byte[] pkcs8) throws GeneralSecurityException {
        return KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    /** Whether the two belong together. */
    static boolean areOnePair(PrivateKey privateKey, PublicKey publicKey) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(SIGNATURE);
        signature.initSign(privateKey);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(PROBE);
        return signature.verify(signed);
    }

    /** Why a key is none to certify, a sentence's end; empty if it is fine. */
    static Optional<String> fault(PublicKey key) throws GeneralSecurityException {
        if (!(key instanceof ECPublicKey ec)) {
            return Optional.of("its key is " + key.getAlgorithm() + ", and only ECDSA keys on P-256 are certified");
        }
        AlgorithmParameters parameters = AlgorithmParameters.getInstance(ALGORITHM);
        parameters.init(new ECGenParameterSpec(CURVE));
        ECParameterSpec wanted = parameters.getParameterSpec(ECParameterSpec.class);
        ECParameterSpec given = ec.getParams();
        if (!given.getCurve().equals(wanted.getCurve()) || !given.getGenerator().equals(wanted.getGenerator())
                || !given.getOrder().equals(wanted.getOrder())) {
            return Optional.of("its key is on another curve of " + given.getOrder().bitLength()
                    + " bits, and only P-256 is certified");
        }
        return isOn(ec.getW(), wanted.getCurve()) ? Optional.empty()
                : Optional.of("its key is no point of P-256");
    }

    /** y² = x³ + ax + b; some readers of keys do not look. */
    private static boolean isOn(ECPoint point, EllipticCurve curve) {
        if (point.equals(ECPoint.POINT_INFINITY)) {
            return false;
        }
        BigInteger p = ((ECFieldFp) curve.getField()).getP();
        BigInteger x = point.getAffineX();
        BigInteger y = point.getAffineY();
        boolean inField = x.signum() >= 0 && y.signum() >= 0 && x.compareTo(p) < 0 && y.compareTo(p) < 0;
        return inField && y.multiply(y).mod(p).equals(
                x.pow(3).add(curve.getA().multiply(x)).add(curve.getB()).mod(p));
    }
}
