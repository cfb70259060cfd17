package runtime.container;

import java.util.HashMap;
import java.util.Map;
import runtime.event.Event;
import runtime.event.EventSink;

/**
 * Tells what happens to containers, in docker's words: {@code create}, {@code start}, {@code die} (with
 * exitCode), {@code oom}, {@code kill} (with signal), {@code stop}, {@code restart}, {@code pause},
 * {@code unpause}, {@code rename} (with oldName), {@code update}, {@code attach}, {@code detach},
 * {@code exec_create: …}, {@code exec_start: …}, {@code exec_die} (with execID and exitCode),
 * {@code health_status: …}, {@code destroy}.
 */
public final class ContainerEvents {
    private final EventSink sink;

    public ContainerEvents(EventSink sink) {
        this.sink = sink;
    }

    /**
     * Something has happened to a container.
     *
     * @param record as it is now
     * @param more   attributes beside its image, name and labels: key, value, key, value …
     */
    public void tell(ContainerRecord record, String action, String... more) {
        Map<String, String> attributes = new HashMap<>(record.labels());
        attributes.put("image", record.options().image());
        attributes.put("name", record.name());
        for (int i = 0; i + 1 < more.length; i += 2) {
            attributes.put(more[i], more[i + 1]);
        }
        sink.tell(Event.Type.CONTAINER, action, record.id(), attributes);
    }

    /** A run has ended. */
    void died(ContainerRecord record, ContainerRecord.RunExit exit) {
        if (exit.oomKilled()) {
            tell(record, "oom");
        }
        tell(record, "die", "exitCode", Integer.toString(exit.code()));
    }
}
