package runtime.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import runtime.event.Event;

/** Which events the life of a container makes. */
@Timeout(60)
class ContainerEventsTest {
    @TempDir Path temporary;
    private FakeHost host;
    private Containers containers;

    @BeforeEach
    void open() throws IOException {
        host = new FakeHost(temporary);
        containers = host.daemon();
    }

    private static ContainerOptions options(String args, boolean autoRemove) {
        return Samples.options("{\"image\":\"i\",\"name\":\"web\",\"autoRemove\":" + autoRemove
                + ",\"args\":" + args + "}");
    }

    @Test
    void aLifeFromCreateToDestroy() throws Exception {
        containers.create(options("[\"exit\",\"7\"]", false));
        containers.start("web");
        containers.ended("web").join();
        containers.remove("web", false);
        assertEquals(List.of("web create", "web start", "web die", "web destroy"), host.events);
    }

    @Test
    void oneWithRmIsDestroyedByItself() throws Exception {
        containers.create(options("[\"exit\",\"0\"]", true));
        Session session = containers.attach("web");
        containers.start("web");
        session.ended().join();
        session.close();
        session.settled().join();
        assertEquals(List.of("web create", "web start", "web die", "web destroy"), host.events);
    }

    @Test
    void stoppingTellsOfTheSignalTheEndAndTheStop() throws Exception {
        containers.create(options("[\"sleep\"]", false));
        containers.start("web");
        containers.stop("web", OptionalInt.of(30), "");
        List<String> sorted = new ArrayList<>(host.events.subList(2, 5));
        assertEquals("web stop", sorted.removeLast());
        sorted.sort(null);
        assertEquals(List.of("web die", "web kill"), sorted);
        containers.stop("web", OptionalInt.of(30), "");
        assertEquals(5, host.events.size(), "one that does not run is not stopped again");
    }

    @Test
    void aFailedStartHasNoStartAndNoEnd() throws Exception {
        containers.create(options("[\"missing\"]", false));
        try {
            containers.start("web");
        } catch (ContainerException expected) {
            assertEquals(ContainerException.Reason.COMMAND_NOT_FOUND, expected.reason());
        }
        assertEquals(List.of("web create"), host.events);
    }

    @Test
    void lackOfMemoryIsToldBeforeTheEnd() throws Exception {
        ContainerRecord record = containers.create(options("[\"sleep\"]", false));
        containers.start("web");
        host.oomKilled.add("/jctl/" + record.id());
        containers.kill("web", "KILL");
        List<String> ends = new ArrayList<>(host.events);
        ends.remove("web kill");
        assertEquals(List.of("web create", "web start", "web oom", "web die"), ends);
    }

    @Test
    void aFurtherProcessIsToldOfFromCreateToEnd() throws Exception {
        containers.create(options("[\"sleep\"]", false));
        containers.start("web");
        try (Session session = containers.exec("web", new ExecOptions(List.of("exit", "3"), false,
                false, List.of(), "", "", false), TerminalSize.UNKNOWN)) {
            session.ended().join();
        }
        assertTrue(host.events.containsAll(
                List.of("web exec_create: exit 3", "web exec_start: exit 3")),
                host.events.toString());
    }

    @Test
    void anEventSaysWhatAndWhose() {
        List<Event> told = new ArrayList<>();
        ContainerEvents events = new ContainerEvents((type, action, id, attributes) -> told.add(
                new Event(1, Samples.NOON, type, action, id, attributes)));
        ContainerRecord record = Samples.created(Samples.ID, "web", "{\"image\":\"debian\"}");
        events.died(record, Samples.exit(3));
        assertEquals(List.of(new Event(1, Samples.NOON, Event.Type.CONTAINER, "die", Samples.ID,
                Map.of("exitCode", "3", "image", "debian", "name", "web", "tier", "front"))),
                told);
    }
}
