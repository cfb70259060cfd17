package clusterd.model;

import java.util.Arrays;

/**
 * Something the cluster keeps for itself: its authority, its tokens. Whoever may read the state reads it, so
 * what must not be read is sealed.
 *
 * @param key     what it is
 * @param version counts its changes, from 1
 * @param data    its bytes
 */
public record VaultEntry(String key, long version, byte[] data) {
    /** Copies the bytes. */
    public VaultEntry {
        data = data.clone();
    }

    @Override
    public byte[] data() {
        return data.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VaultEntry that && key.equals(that.key) && version == that.version
                && Arrays.equals(data, that.data);
    }

    @Override
    public int hashCode() {
        return key.hashCode();
    }

    @Override
    public String toString() {
        return "VaultEntry[" + key + ", version " + version + ", " + data.length + " bytes]";
    }
}
