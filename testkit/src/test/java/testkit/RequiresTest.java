package testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class RequiresTest {
    @Test
    void comparesKernelVersionsByNumberAndNotByLetter() {
        assertEquals(0, Requires.compareVersions("6.18.44-fc-v595", "6.18"));
        assertTrue(Requires.compareVersions("5.4.0", "5.12") < 0);
        assertTrue(Requires.compareVersions("6.1-rc1", "5.12") > 0);
        assertTrue(Requires.compareVersions("6", "6.1") < 0);
    }

    @Test
    void namesTheProgramThatIsMissing() {
        var skip = assertThrows(TestAbortedException.class,
                () -> Requires.program("no-such-program"));
        assertTrue(skip.getMessage().contains("needs the program no-such-program"));
    }

    @Test
    void findsWhatEveryMachineHas() {
        assertTrue(Requires.program("sh").isAbsolute());
        Requires.filesystem("proc");
        Requires.kernel("3.0", "anything");
    }
}
