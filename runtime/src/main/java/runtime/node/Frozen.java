package runtime.node;

import java.io.IOException;
import runtime.container.ContainerCgroups;
import runtime.container.ContainerException;
import runtime.container.ContainerRecord;
import runtime.container.ContainerState;
import runtime.container.Containers;

/** A container whose processes stand still until this is closed. */
final class Frozen implements AutoCloseable {
    private interface End {
        void come() throws IOException;
    }

    private final End end;

    private Frozen(End end) {
        this.end = end;
    }

    /** One that is left as it is. */
    static Frozen notAtAll() {
        return new Frozen(() -> { });
    }

    /** Stops a container that runs; one that is paused, or is by then, stays so afterwards. */
    static Frozen of(ContainerRecord record, Containers containers, ContainerCgroups cgroups)
            throws ContainerException, IOException {
        if (record.state() != ContainerState.RUNNING) {
            return notAtAll();
        }
        String path = cgroups.path(record.id(), record.options().cgroupParent());
        cgroups.freeze(path);
        return new Frozen(() -> {
            if (!isPaused(record.id(), containers)) {
                cgroups.thaw(path);
            }
        });
    }

    private static boolean isPaused(String id, Containers containers) {
        try {
            return containers.get(id).state() == ContainerState.PAUSED;
        } catch (ContainerException gone) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        end.come();
    }
}
