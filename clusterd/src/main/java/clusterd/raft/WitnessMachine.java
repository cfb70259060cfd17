package clusterd.raft;

import java.io.InputStream;

/** Keeps nothing. */
final class WitnessMachine implements Machine {
    private static final byte[] NOTHING = {};

    @Override
    public byte[] apply(long index, byte[] entry) {
        return NOTHING;
    }

    @Override
    public SnapshotWriter capture() {
        return out -> out.write(NOTHING);
    }

    @Override
    public void restore(InputStream snapshot) {
        // It is the state of a voter, or nothing.
    }
}
