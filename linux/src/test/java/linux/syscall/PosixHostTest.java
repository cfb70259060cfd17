package linux.syscall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PosixHostTest {
    private final PosixHost host = new PosixHost();

    @Test
    void theLimitIsTheOneOfProc() throws Exception {
        String line = Files.readAllLines(Path.of("/proc/self/limits")).stream()
                .filter(text -> text.startsWith("Max open files")).findFirst().orElseThrow();
        String soft = line.substring("Max open files".length()).trim().split("\\s+")[0];
        assertEquals(soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft),
                host.openFilesLimit());
    }

    @Test
    void groupsAreKnownByName() {
        assertTrue(host.hasGroup("root"));
        assertFalse(host.hasGroup("no such group"));
    }

    @Test
    void rootIsTheOwnerOfUserZero() throws Exception {
        assertEquals(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), host.isRoot());
    }
}
