package linux.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CapabilityTest {
    @Test
    void numbersAreTheKernels() {
        assertEquals(0, Capability.CHOWN.number());
        assertEquals(21, Capability.SYS_ADMIN.number());
        assertEquals(27, Capability.MKNOD.number());
        assertEquals(39, Capability.BPF.number());
        assertEquals(40, Capability.CHECKPOINT_RESTORE.number());
        // what docker's containers have in /proc/PID/status
        assertEquals(0xa80425fbL, Capability.mask(Capability.containerSet()));
    }

    @Test
    void theKernelKnowsNoMore() throws IOException {
        int last = Integer.parseInt(
                Files.readString(Path.of("/proc/sys/kernel/cap_last_cap")).strip());
        assertTrue(last <= Capability.values().length - 1, "the kernel's last is " + last);
    }

    @Test
    void namesAreReadInAnyForm() {
        assertEquals(Optional.of(Capability.NET_RAW), Capability.named("CAP_NET_RAW"));
        assertEquals(Optional.of(Capability.NET_RAW), Capability.named("net_raw"));
        assertEquals(Optional.empty(), Capability.named("CAP_CAP_NET_RAW"));
        assertEquals(Optional.empty(), Capability.named(""));
        assertEquals(Optional.of(Capability.KILL), Capability.numbered(5));
        assertEquals(Optional.empty(), Capability.numbered(41));
        assertEquals(Optional.empty(), Capability.numbered(-1));
    }

    @Test
    void masksGoBothWays() {
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            long mask = random.nextLong() & (1L << 41) - 1;
            Set<Capability> set = Capability.ofMask(mask);
            assertEquals(mask, Capability.mask(set));
        }
        assertEquals(EnumSet.allOf(Capability.class), Capability.ofMask(-1));
    }
}
