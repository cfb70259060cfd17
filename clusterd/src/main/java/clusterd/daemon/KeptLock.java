package clusterd.daemon;

import clusterd.wire.RecordCodec;

/**
 * Whether managers need the operator after a start, as the vault keeps it.
 *
 * @param locked    they do
 * @param sealedKey the unlock key, sealed by the cluster's data keys; of no bytes: the one that managers have
 */
public record KeptLock(boolean locked, byte[] sealedKey) {
    static final Slot<KeptLock> SLOT = new Slot<>("lock", RecordCodec.of(KeptLock.class),
            new KeptLock(false, new byte[0]));
    static final String CONTEXT = "unlock key";

    /** Copies the bytes. */
    public KeptLock {
        sealedKey = sealedKey.clone();
    }

    @Override
    public byte[] sealedKey() {
        return sealedKey.clone();
    }
}
