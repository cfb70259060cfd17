package testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class TestRunTest {
    /** Surefire does not look into nested classes for tests. */
    static class Mixed {
        @Test
        void passes() {}

        @Test
        void fails() {
            throw new IllegalStateException("broken\nin two lines");
        }

        @Test
        void skips() {
            Assumptions.abort("needs a moon");
        }
    }

    static class Good {
        @Test
        void passes() {}
    }

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TestRun run = new TestRun(new PrintStream(bytes));

    private List<String> verdicts(Class<?> tests) {
        LauncherFactory.create().execute(LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(tests)).build(), run);
        return bytes.toString().lines().filter(line -> line.contains("TestRunTest$"))
                .filter(line -> !line.startsWith("\t")).sorted().toList();
    }

    @Test
    void everyTestIsALine() {
        assertEquals(List.of(
                "not ok TestRunTest$Mixed.fails: java.lang.IllegalStateException: broken",
                "ok TestRunTest$Mixed.passes",
                "skip TestRunTest$Mixed.skips: needs a moon"), verdicts(Mixed.class));
        assertFalse(run.succeeded());
    }

    @Test
    void succeedsIfSomethingPassedAndNothingFailed() {
        assertFalse(run.succeeded());
        assertEquals(List.of("ok TestRunTest$Good.passes"), verdicts(Good.class));
        assertTrue(run.succeeded());
    }
}
