package clusterd.decider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.manager.StateMachine;
import clusterd.raft.StoredLog;
import clusterd.wire.StateCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * A data folder as the version of November 2026 wrote it: what every later one must make of it. If this fails, a
 * record was changed otherwise than at its end, and managers cannot be upgraded.
 */
class RecordedLogTest {
    private static Path folder() throws Exception {
        return Path.of(RecordedLogTest.class.getResource("/clusterd/recorded/2026-11").toURI());
    }

    @Test
    void snapshotAndLogGiveTheStateThatTheyGaveThen() throws Exception {
        StateMachine machine = new StateMachine();
        int[] entries = {0};
        StoredLog.Read read = StoredLog.read(folder(), RecordedLog.CLUSTER, machine, Long.MAX_VALUE,
                entry -> entries[0] += entry.content().isPresent() ? 1 : 0);
        assertEquals(Files.readString(folder().resolve("digest")).strip(), StateCodec.digest(machine.state()));
        assertTrue(read.snapshotIndex() > 0 && read.lastIndex() > read.snapshotIndex(), read.toString());
        assertTrue(entries[0] > 20, entries[0] + " entries");
    }
}
