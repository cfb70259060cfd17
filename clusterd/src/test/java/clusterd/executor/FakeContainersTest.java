package clusterd.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The fake is like the real one. */
class FakeContainersTest extends TaskContainersContract {
    private final FakeContainers containers = new FakeContainers();

    @Override
    TaskContainers containers() {
        return containers;
    }

    @Test
    void whatTheHostTookDownEndedUnseen() throws Exception {
        String id = containers.create(container("t1", "sleep", "1000").build());
        containers.start(id);
        containers.reboot();
        assertEquals(new ContainerExit(255, 0, false, true), containers.await(id));
    }
}
