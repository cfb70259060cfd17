package runtime.systemd;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of a service manager on a bus where others are, too. */
class SystemdTest {
    private static final String STRANGER = ":1.66";
    private static final String LARGE = "x".repeat(3 << 20);

    @TempDir Path folder;
    private FakeBus bus;

    @BeforeEach
    void open() throws IOException {
        bus = new FakeBus(folder.resolve("bus"));
    }

    @AfterEach
    void close() throws IOException {
        bus.close();
    }

    private void startScope(int patienceSeconds) throws IOException {
        bus.start();
        try (Systemd systemd = new Systemd(BusConnection.open(folder.resolve("bus"),
                Duration.ofSeconds(patienceSeconds)))) {
            systemd.startScope(new ScopeName("system.slice", "u.scope"), "a test", 1, Map.of());
        }
    }

    private String failure(int patienceSeconds) {
        return assertThrows(IOException.class, () -> startScope(patienceSeconds)).getMessage();
    }

    @Test
    void aScopeIsThereWhenItsJobHasEnded() throws IOException {
        startScope(20);
        assertEquals(List.of("Hello", "GetNameOwner", "AddMatch", "Subscribe", "StartTransientUnit"),
                bus.called());
    }

    @Test
    void whatIsLargeAndForOthersIsPassedOver() {
        bus.on("StartTransientUnit", (fake, call) -> {
            fake.signal(STRANGER, LARGE);
            fake.signal(LARGE, "a header that is large");
            fake.answer(call, "o", FakeBus.JOB);
            fake.signal(FakeBus.MANAGER, LARGE);
            fake.jobRemoved(FakeBus.MANAGER, "done");
        });
        assertDoesNotThrow(() -> startScope(20));
    }

    @Test
    void anAnswerThatIsTooLargeIsSaidToBe() {
        bus.on("StartTransientUnit", (fake, call) -> fake.answer(call, "s", LARGE));
        String told = failure(20);
        assertTrue(told.matches(folder.resolve("bus") + ": an answer of 31\\d{5} bytes; at most 1048576 are"
                + " read"), told);
    }
}
