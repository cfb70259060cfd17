package runtime.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import testkit.NeedsKernel;
import testkit.Requires;

@NeedsKernel
class FastCgroupMovesTest {
    private static String options() throws Exception {
        return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                .filter(line -> line.contains(" - cgroup2 ")).findFirst().orElse("");
    }

    @Test
    void theOptionIsTurnedOnAndPutBack() throws Exception {
        Requires.root();
        Requires.fact(!options().isEmpty(), "no cgroup v2 hierarchy is mounted");
        String before = options();
        Requires.fact(!before.contains("favordynmods"), "favordynmods is on already");
        Optional<FastCgroupMoves> moves = FastCgroupMoves.enable();
        Requires.fact(moves.isPresent(), "the kernel does not know favordynmods (Linux 6.0)");
        try {
            assertTrue(options().contains("favordynmods"));
            assertEquals(Optional.empty(), FastCgroupMoves.enable());
        } finally {
            moves.get().restore();
        }
        assertEquals(before, options());
    }
}
