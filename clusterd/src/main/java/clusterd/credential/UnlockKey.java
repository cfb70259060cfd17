package clusterd.credential;

import java.util.List;

/**
 * The key that opens a manager's sealed keys: 32 bytes. Text: {@code JCTLKEY-1-<key><checksum>} in
 * Crockford's base 32: 52 and 4 letters. Shown once; whoever has it and the disk has the cluster.
 */
public final class UnlockKey {
    /** How many random bytes a key takes. */
    public static final int BYTES = 32;
    private static final String PREFIX = "JCTLKEY-1-";
    private static final String WHAT = "unlock key";

    private final byte[] key;

    private UnlockKey(byte[] key) {
        this.key = key;
    }

    /** @param key 32 random bytes */
    public static UnlockKey of(byte[] key) {
        if (key.length != BYTES) {
            throw new IllegalArgumentException("an unlock key has 32 bytes, not " + key.length);
        }
        return new UnlockKey(key.clone());
    }

    /**
     * Reads a key's text; white space around it does not matter.
     *
     * @throws CredentialException on any mistake in it: one sentence, which does not repeat the key
     */
    public static UnlockKey parse(String text) {
        return new UnlockKey(Fields.read(WHAT, PREFIX, text, List.of(BYTES)).getFirst());
    }

    /** A copy of the 32 bytes. */
    public byte[] bytes() {
        return key.clone();
    }

    /** The text to show to the operator; secret. */
    public String text() {
        return Fields.write(PREFIX, List.of(key));
    }

    /** Says nothing: keys must not get into logs. */
    @Override
    public String toString() {
        return "UnlockKey";
    }
}
