package runtime.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import linux.syscall.Processes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import testkit.NeedsKernel;
import testkit.Requires;

/** Keepers that wait. */
@NeedsKernel
class SpareKeepersTest {
    private KeeperSpawner spawner;
    private SpareKeepers spares;

    @BeforeEach
    void open() throws Exception {
        Requires.root();
        spawner = new KeeperSpawner(0);
        spares = new SpareKeepers(spawner);
    }

    @AfterEach
    void close() {
        if (spares != null) {
            spares.close();
            spawner.close();
        }
    }

    @Test
    void oneThatWasKilledIsNotUsed() throws Exception {
        SpareKeeper first = spares.take();
        Processes.signal(first.pidfd(), 9);
        Processes.reap(first.pidfd());
        assertFalse(first.isAlive());
        SpareKeeper second = spares.take();
        assertTrue(second.isAlive());
        assertNotEquals(first.pid(), second.pid());
        first.discard();
        second.discard();
    }

    @Test
    void itEndsWithTheLastWhoCouldTellIt() throws Exception {
        SpareKeeper spare = spares.take();
        assertTrue(spare.isAlive());
        spare.abandon();
        Processes.reap(spare.pidfd());
        assertFalse(spare.isAlive());
    }

    @Test
    void nobodyCanChangeWhatAllOfThemExecute() throws Exception {
        SpareKeeper spare = spares.take();
        try {
            Path executable = Path.of("/proc", Integer.toString(spare.pid()), "exe");
            boolean written = true;
            try (var channel = Files.newByteChannel(executable,
                    java.nio.file.StandardOpenOption.WRITE)) {
                channel.write(java.nio.ByteBuffer.wrap(new byte[] {0}));
            } catch (java.io.IOException refused) {
                written = false;
            }
            assertEquals(false, written);
        } finally {
            spare.discard();
        }
    }
}
