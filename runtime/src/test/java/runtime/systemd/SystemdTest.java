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
    void aJobThatFailsIsAnError() {
        bus.on("StartTransientUnit", (fake, call) -> {
            // Earlier than the answer that names the job.
            fake.jobRemoved(FakeBus.MANAGER, "timeout");
            fake.answer(call, "o", FakeBus.JOB);
        });
        assertTrue(failure(20).contains("job for u.scope ended with \"timeout\""));
    }

    @Test
    void whatStrangersSayOfAJobIsNotHeeded() {
        bus.on("Subscribe", (fake, call) -> {
            fake.jobRemoved(STRANGER, "failed");
            fake.answer(call, "");
        });
        bus.on("StartTransientUnit", (fake, call) -> {
            fake.jobRemoved(STRANGER, "failed");
            fake.answer(call, "o", FakeBus.JOB);
            fake.jobRemoved(STRANGER, "failed");
            fake.jobRemoved(FakeBus.MANAGER, "done");
        });
        assertDoesNotThrow(() -> startScope(20));
    }

    @Test
    void noStrangerMakesAScopeReady() {
        bus.on("StartTransientUnit", (fake, call) -> {
            fake.jobRemoved(STRANGER, "done");
            fake.answer(call, "o", FakeBus.JOB);
            fake.jobRemoved(STRANGER, "done");
            fake.jobRemoved(FakeBus.MANAGER, "failed");
        });
        assertTrue(failure(20).contains("\"failed\""));
    }

    @Test
    void aManagerThatEndsInMidCallIsToldOfByTheBus() {
        bus.on("StartTransientUnit", (fake, call) -> fake.refuse(call,
                "org.freedesktop.DBus.Error.NoReply", "Message recipient disconnected"));
        assertEquals("StartTransientUnit: Message recipient disconnected"
                + " (org.freedesktop.DBus.Error.NoReply)", failure(20));
    }

    @Test
    void aManagerThatEndsBeforeItsJobDoesIsWaitedForNoLongerThanPatienceLasts() {
        bus.on("StartTransientUnit", (fake, call) -> fake.answer(call, "o", FakeBus.JOB));
        assertEquals(folder.resolve("bus") + ": no answer within 1 s", failure(1));
    }

    @Test
    void aBusThatEndsInMidCallIsAnError() {
        bus.on("StartTransientUnit", (fake, call) -> fake.disconnect());
        assertEquals(folder.resolve("bus") + ": the message bus closed the connection", failure(20));
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
