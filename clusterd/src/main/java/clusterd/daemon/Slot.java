package clusterd.daemon;

import clusterd.manager.ClusterAccess;
import clusterd.model.VaultEntry;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Result;
import clusterd.wire.RecordCodec;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A record in the vault.
 *
 * @param key   of its entry
 * @param codec of the record
 * @param none  while there is no entry
 */
record Slot<T>(String key, RecordCodec<T> codec, T none) {
    private static final int TRIES = 20;

    /** What there is. */
    T of(ClusterState state) throws IOException {
        Optional<VaultEntry> entry = state.vault(key);
        return entry.isEmpty() ? none : codec.decode(entry.get().data());
    }

    /** Puts another in its place; again if somebody else was faster. */
    void change(ClusterAccess access, UnaryOperator<T> change) throws IOException {
        try {
            for (int i = 0; i < TRIES; i++) {
                ClusterState state = access.read();
                List<Result> results = access.change(List.of(new Command.PutVault(key,
                        state.vault(key).map(VaultEntry::version).orElse(0L),
                        codec.encode(change.apply(of(state))))));
                if (results.getFirst() instanceof Result.Done) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the agent ends");
        }
        throw new IOException("others changed the cluster's " + key + " " + TRIES + " times meanwhile: try again");
    }
}
