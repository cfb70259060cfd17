package clusterd.security;

import clusterd.credential.UnlockKey;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import javax.crypto.AEADBadTagException;

/**
 * Data keys sealed by a key-encryption key: what lies on the disk. Exchanging the key-encryption key means
 * sealing these few bytes again, and nothing that the data keys have sealed.
 *
 * @param bytes nonce, ciphertext and tag of AES-256-GCM
 */
public record SealedKey(byte[] bytes) {
    private static final byte[] BOUND = "jctl data keys 1".getBytes(StandardCharsets.US_ASCII);

    public SealedKey {
        bytes = bytes.clone();
    }

    /** A new key-encryption key. */
    public static UnlockKey newUnlockKey(SecureRandom random) {
        byte[] key = new byte[UnlockKey.BYTES];
        random.nextBytes(key);
        return UnlockKey.of(key);
    }

    /** Seals a seal's data keys. */
    public static SealedKey of(Seal seal, UnlockKey key, SecureRandom random) {
        return new SealedKey(AesGcm.seal(key.bytes(), seal.keyBytes(), BOUND, random));
    }

    /** @throws SealException if the key is another, or the bytes were changed */
    public Seal open(UnlockKey key, SecureRandom random) throws SealException {
        try {
            return Seal.of(AesGcm.open(key.bytes(), bytes, BOUND), random);
        } catch (AEADBadTagException wrong) {
            throw new SealException("the unlock key is not the one of this manager's keys, or they are damaged; it may"
                    + " have been exchanged: `jctl cluster unlock-key` on an unlocked manager shows the one that holds",
                    wrong);
        }
    }
}
