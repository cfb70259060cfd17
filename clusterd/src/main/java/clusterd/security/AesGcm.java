package clusterd.security;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256 in Galois/counter mode (NIST SP 800-38D), by the JDK: a random nonce of 12 bytes, the ciphertext, a
 * tag of 16 bytes. A key serves up to 2³² messages with random nonces; here they are few.
 */
final class AesGcm {
    static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final String CIPHER = "AES/GCM/NoPadding";

    private AesGcm() {}

    /** @param bound what the bytes are bound to: it must be given again to open them */
    static byte[] seal(byte[] key, byte[] bytes, byte[] bound, SecureRandom random) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed = run(Cipher.ENCRYPT_MODE, key, nonce, bound, bytes, 0, bytes.length);
            return ByteBuffer.allocate(NONCE_BYTES + sealed.length).put(nonce).put(sealed).array();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java cannot seal by " + CIPHER, missing);
        }
    }

    /** @throws AEADBadTagException if the key or what it was bound to is another, or a byte was changed */
    static byte[] open(byte[] key, byte[] sealed, byte[] bound) throws AEADBadTagException {
        if (sealed.length < NONCE_BYTES + TAG_BITS / Byte.SIZE) {
            throw new AEADBadTagException(sealed.length + " bytes are too few");
        }
        byte[] nonce = new byte[NONCE_BYTES];
        System.arraycopy(sealed, 0, nonce, 0, NONCE_BYTES);
        try {
            return run(Cipher.DECRYPT_MODE, key, nonce, bound, sealed, NONCE_BYTES,
                    sealed.length - NONCE_BYTES);
        } catch (AEADBadTagException wrong) {
            throw wrong;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java cannot open what is sealed by " + CIPHER, missing);
        }
    }

    private static byte[] run(int mode, byte[] key, byte[] nonce, byte[] bound, byte[] bytes, int from, int count)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(bound);
        return cipher.doFinal(bytes, from, count);
    }
}
