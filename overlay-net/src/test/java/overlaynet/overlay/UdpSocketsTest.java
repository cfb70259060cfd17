package overlaynet.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder that looks like {@code /proc}. */
class UdpSocketsTest {
    private static final String TABLE = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
             2245: 00000000:12B5 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4711 2 0000000000000000 0
             2246: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4712 2 0000000000000000 0
            """;

    @TempDir
    Path processes;

    @Test
    void theProgramThatHasThePortIsNamed() throws Exception {
        Files.createDirectories(processes.resolve("self/net"));
        Files.writeString(processes.resolve("self/net/udp"), TABLE);
        assertEquals(Set.of("socket:[4711]"), UdpSockets.of(processes.resolve("self"), 4789));
        assertEquals(Set.of(), UdpSockets.of(processes.resolve("self"), 4790));
        Files.createDirectories(processes.resolve("7/fd"));
        Files.createSymbolicLink(processes.resolve("7/fd/3"), Path.of("socket:[4711]"));
        Files.writeString(processes.resolve("7/comm"), "socat\n");
        Files.createDirectories(processes.resolve("8/fd"));
        Files.createDirectories(processes.resolve("9"));
        assertEquals(List.of("socat (process 7)"), UdpSockets.programs(processes, Set.of("socket:[4711]")));
        assertEquals(List.of(), UdpSockets.programs(processes, Set.of("socket:[4713]")), "the kernel's own");
    }
}
