package clusterd.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import clusterd.executor.ContainersException.Kind;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import testkit.NeedsKernel;
import testkit.Requires;

/** The real daemon, by the channel inside its process. */
@NeedsKernel
class NodeContainersTest extends TaskContainersContract {
    @TempDir Path temporary;
    private LocalNode node;

    @BeforeEach
    void open() throws Exception {
        Requires.root();
        node = new LocalNode(temporary);
    }

    @AfterEach
    void close() throws Exception {
        if (node != null) {
            node.close();
        }
    }

    @Override
    TaskContainers containers() {
        return node.containers();
    }

    @Test
    void anotherDaemonHasTheSameContainers() throws Exception {
        String id = containers().create(container("t1", "sleep", "1000").build());
        containers().start(id);
        TaskContainers before = containers();
        node.restart();
        assertEquals(Kind.UNANSWERED,
                assertThrows(ContainersException.class, before::list).kind());
        assertEquals(ContainerSeen.State.RUNNING, containers().look(id).orElseThrow().state());
    }

    @Test
    void aProgramThatIsNotThereFailsWithItsCode() throws Exception {
        String id = containers().create(container("t1", "/no/such/program").build());
        ContainersException failed =
                assertThrows(ContainersException.class, () -> containers().start(id));
        assertEquals(Kind.FAILED, failed.kind());
        assertEquals(127, failed.exitCode());
    }

    @Test
    void aClosedDaemonHasNoChannel() throws Exception {
        runtime.node.Node closed = node.node();
        node.restart();
        assertThrows(IOException.class, closed::inside);
    }
}
