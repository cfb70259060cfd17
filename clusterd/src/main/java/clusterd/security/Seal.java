package clusterd.security;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashMap;
import javax.crypto.AEADBadTagException;

/**
 * Seals bytes at rest by AES-256-GCM, each under the name it belongs to: moved to another name it does not
 * open. Holds data keys, of which the newest seals and all open. A value: a rotation gives another.
 *
 * <p>Sealed form: {@code 'J' 'S' 1}, the data key's number (4 bytes), nonce (12), ciphertext, tag (16).
 */
public final class Seal {
    private static final byte[] MAGIC = {'J', 'S', 1};
    private static final int HEADER_BYTES = MAGIC.length + Integer.BYTES;
    private static final int MOST_KEYS = 10_000;

    private final SecureRandom random;
    private final LinkedHashMap<Integer, byte[]> keys;

    private Seal(SecureRandom random, LinkedHashMap<Integer, byte[]> keys) {
        this.random = random;
        this.keys = keys;
    }

    /** One with a single new data key, number 1. */
    public static Seal create(SecureRandom random) {
        LinkedHashMap<Integer, byte[]> keys = new LinkedHashMap<>();
        keys.put(1, newKey(random));
        return new Seal(random, keys);
    }

    private static byte[] newKey(SecureRandom random) {
        byte[] key = new byte[AesGcm.KEY_BYTES];
        random.nextBytes(key);
        return key;
    }

    /** With another data key, which seals from now on; the older ones still open. */
    public Seal rotate() {
        LinkedHashMap<Integer, byte[]> more = new LinkedHashMap<>(keys);
        more.put(current() + 1, newKey(random));
        return new Seal(random, more);
    }

    /** With the newest data key alone: once everything has been sealed again by it. */
    public Seal forgetOlder() {
        LinkedHashMap<Integer, byte[]> one = new LinkedHashMap<>();
        one.put(current(), keys.get(current()));
        return new Seal(random, one);
    }

    /** Number of the data key that seals. */
    public int current() {
        return keys.lastEntry().getKey();
    }

    /**
     * Seals bytes.
     *
     * @param context the name they belong to, {@code secret/NAME}; needed again to open them
     */
    public byte[] seal(byte[] bytes, String context) {
        byte[] header = ByteBuffer.allocate(HEADER_BYTES).put(MAGIC).putInt(current()).array();
        byte[] sealed = AesGcm.seal(keys.get(current()), bytes, bound(header, context), random);
        return ByteBuffer.allocate(HEADER_BYTES + sealed.length).put(header).put(sealed).array();
    }

    /**
     * Opens what {@link #seal} made.
     *
     * @param context the name the bytes belong to
     * @throws SealException if they were sealed under another name or key, or changed
     */
    public byte[] open(byte[] sealed, String context) throws SealException {
        byte[] key = keys.get(number(sealed));
        if (key == null) {
            throw new SealException("'" + context + "' was sealed by data key " + number(sealed)
                    + ", which is not among those here: it is from another cluster, or the key was forgotten");
        }
        byte[] header = Arrays.copyOf(sealed, HEADER_BYTES);
        try {
            return AesGcm.open(key, Arrays.copyOfRange(sealed, HEADER_BYTES, sealed.length),
                    bound(header, context));
        } catch (AEADBadTagException wrong) {
            throw new SealException("'" + context + "' does not open: it was sealed under another name, or its bytes"
                    + " were changed; give it anew or restore it from a backup", wrong);
        }
    }

    /** Whether the bytes were sealed by an older data key than the one that seals now. */
    public boolean isOlder(byte[] sealed) throws SealException {
        return number(sealed) != current();
    }

    private static int number(byte[] sealed) throws SealException {
        if (sealed.length < HEADER_BYTES || !Arrays.equals(MAGIC, Arrays.copyOf(sealed, MAGIC.length))) {
            throw new SealException("these " + sealed.length + " bytes are not sealed ones of this version of jctl");
        }
        return ByteBuffer.wrap(sealed).getInt(MAGIC.length);
    }

    private static byte[] bound(byte[] header, String context) {
        byte[] name = context.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(header.length + name.length).put(header).put(name).array();
    }

    /** The data keys, bare: to be sealed themselves. */
    byte[] keyBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + keys.size() * (Integer.BYTES + AesGcm.KEY_BYTES))
                .putInt(keys.size());
        keys.forEach((number, key) -> bytes.putInt(number).put(key));
        return bytes.array();
    }

    /** What {@link #keyBytes} gave. */
    static Seal of(byte[] bytes, SecureRandom random) throws SealException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int count = bytes.length < Integer.BYTES ? 0 : buffer.getInt();
        if (count < 1 || count > MOST_KEYS || buffer.remaining() != count * (Integer.BYTES + AesGcm.KEY_BYTES)) {
            throw new SealException("the data keys are " + bytes.length + " bytes, which do not hold " + count
                    + " keys");
        }
        LinkedHashMap<Integer, byte[]> keys = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            int number = buffer.getInt();
            byte[] key = new byte[AesGcm.KEY_BYTES];
            buffer.get(key);
            keys.put(number, key);
        }
        return new Seal(random, keys);
    }
}
