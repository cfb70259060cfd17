package runtime.event;

import java.util.Map;

/** Where what happens is told. Telling takes microseconds, never waits and never fails. */
@FunctionalInterface
public interface EventSink {
    /** Hears nothing. */
    EventSink NONE = (type, action, id, attributes) -> { };

    /**
     * Something has happened just now.
     *
     * @param type       to what kind of thing
     * @param action     what, in docker's words
     * @param id         of the thing
     * @param attributes more about it; {@code name} at least, where it has one
     */
    void tell(Event.Type type, String action, String id, Map<String, String> attributes);
}
