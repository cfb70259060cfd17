package clusterd.event;

import java.util.Map;
import runtime.event.Event;

/**
 * Something that happened in a cluster.
 *
 * @param type       to what kind of thing
 * @param action     what; of a task the state it came to
 * @param id         of the thing; of a secret or configuration its name
 * @param attributes more about it: {@code name}, and what was before and is now as {@code state.old}, {@code state.new}
 */
public record ClusterEvent(Event.Type type, String action, String id, Map<String, String> attributes) {
    /** Copies the attributes. */
    public ClusterEvent {
        attributes = Map.copyOf(attributes);
    }
}
