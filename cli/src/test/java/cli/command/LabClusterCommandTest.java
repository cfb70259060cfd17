package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabClusterCommandTest {

    @ParameterizedTest
    @CsvSource({"1, 100", "10%, 1000", "0.5, 50", "0.01%, 1", "12.34, 1234", "100, 10000"})
    void aLossIsAPercentage(String word, int perTenThousand) throws UsageException {
        assertEquals(perTenThousand, LabClusterCommand.perTenThousand(word));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0.00", "-1", "101", "100.01", "1e1", "1.234", "%", "ten", "1,5"})
    void whatIsNoPercentageIsRefused(String word) {
        assertThrows(UsageException.class, () -> LabClusterCommand.perTenThousand(word));
    }

    @Test
    void aLatencyIsATime() throws UsageException {
        assertEquals(100_000_000, LabClusterCommand.delayNanos("100ms"));
        for (String word : new String[] {"", "0", "100", "-1ms", "61s", "1ms1", "fast"}) {
            assertThrows(UsageException.class, () -> LabClusterCommand.delayNanos(word), word);
        }
    }

    @Test
    void everyVerbHasHelpAndAManualPage() {
        for (String verb : Commands.LAB_CLUSTER_VERBS) {
            TestConsole console = new TestConsole();
            assertEquals(0, console.run("lab", "cluster", verb, "--help"), verb);
            assertTrue(console.out().startsWith("Usage:  jctl lab cluster " + verb), console.out());
            TestConsole manual = new TestConsole();
            assertEquals(0, manual.run("man", "lab", "cluster", verb), verb);
            assertTrue(manual.out().contains(".B jctl lab cluster " + verb.replace("-", "\\-")), manual.out());
        }
    }

    @Test
    void theCommandListsItsVerbs() {
        TestConsole console = new TestConsole();
        assertEquals(0, console.run("lab", "cluster", "--help"));
        assertTrue(console.out().contains("power-off"), console.out());
        assertTrue(console.out().contains("--nodes"), console.out());
    }

    @Test
    void completionKnowsTheVerbs() {
        assertTrue(HelpText.completion().contains("power-on"));
        assertTrue(FishCompletion.script().contains("-a power-on"));
    }

    @Test
    void anUnknownVerbIsNamed() {
        TestConsole console = new TestConsole();
        assertEquals(1, console.run("lab", "cluster", "conquer"));
        assertTrue(console.err().contains("'conquer' is no command of jctl lab cluster"), console.err());
    }
}
