package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.node.Entrance;

class ServiceSurroundingsTest {
    private static final long PROCESS = 4711;
    private static final Optional<String> NOBODY = Optional.empty();

    @TempDir Path folder;

    private static ServiceSurroundings of(String count, String process) {
        return new ServiceSurroundings(new TestConsole().with("LISTEN_FDS", count)
                .with("LISTEN_PID", process).console(), PROCESS);
    }

    @Test
    void whatIsForAnotherProcessIsLeftAlone() throws Exception {
        assertEquals(new Entrance.Own(Optional.of("daemon")), of("1", "4712").entrance("daemon", NOBODY));
        assertEquals(new Entrance.Own(Optional.of("daemon")), of("1", "").entrance("daemon", NOBODY));
    }

    @Test
    void withoutAServiceManagerTheSocketIsItsOwnAndNobodyIsTold() throws Exception {
        ServiceSurroundings none = new ServiceSurroundings(new TestConsole().console(), PROCESS);
        assertEquals(new Entrance.Own(Optional.of("daemon")), none.entrance("daemon", NOBODY));
        assertEquals(new Entrance.Own(Optional.of("jctl")), none.entrance("", Optional.of("jctl")));
        assertEquals(new Entrance.Own(NOBODY), none.entrance("", NOBODY));
        none.ready();
        none.stopping();
    }

    @Test
    void severalSocketsAreRefused() {
        IOException refused = assertThrows(IOException.class, () -> of("2", "4711").entrance("", NOBODY));
        assertTrue(refused.getMessage().contains("one ListenStream="), refused.getMessage());
    }

    @Test
    void aGroupForSomebodyElsesSocketIsRefused() {
        UsageException refused = assertThrows(UsageException.class,
                () -> of("1", "4711").entrance("staff", NOBODY));
        assertTrue(refused.getMessage().contains("SocketGroup=staff"), refused.getMessage());
    }

    @Test
    void aServiceManagerThatIsGoneIsNamed() {
        Path gone = folder.resolve("notify");
        ServiceSurroundings service = new ServiceSurroundings(
                new TestConsole().with("NOTIFY_SOCKET", gone.toString()).console(), PROCESS);
        IOException failed = assertThrows(IOException.class, service::ready);
        assertTrue(failed.getMessage().contains(gone.toString()), failed.getMessage());
    }
}
