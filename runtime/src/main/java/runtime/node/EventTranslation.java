package runtime.node;

import api.node.EventsReply;
import api.node.Filter;
import api.node.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import runtime.event.Event;
import runtime.event.EventFilter;
import runtime.event.PruneFilter;

/** Events between our own words and the wire. */
final class EventTranslation {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private EventTranslation() {}

    static EventsReply reply(Event event) {
        return EventsReply.newBuilder().setEvent(api.node.Event.newBuilder()
                .setNumber(event.number())
                .setUnixNanos(ReplyTranslation.nanos(event.at()))
                .setType(event.type().word())
                .setAction(event.action())
                .setId(event.id())
                .setScope(event.type().isOfCluster() ? "swarm" : "local")
                .putAllAttributes(event.attributes())).build();
    }

    static EventFilter filter(List<Filter> filters) {
        EventFilter wanted = new EventFilter();
        try {
            for (Filter filter : filters) {
                wanted.add(filter.getKey(), filter.getValue());
            }
        } catch (IllegalArgumentException unknown) {
            throw Failures.of(Reason.INVALID_OPTION, unknown.getMessage(), OptionalInt.empty());
        }
        return wanted;
    }

    /** What a client wants to be gone of what nobody uses. */
    static PruneFilter pruneFilter(List<Filter> filters) {
        PruneFilter wanted = new PruneFilter();
        try {
            for (Filter filter : filters) {
                wanted.add(filter.getKey(), filter.getValue());
            }
        } catch (IllegalArgumentException unknown) {
            throw Failures.of(Reason.INVALID_OPTION, unknown.getMessage(), OptionalInt.empty());
        }
        return wanted;
    }

    /** A time a client gave; 0 stands for none. */
    static Optional<Instant> time(long unixNanos) {
        return unixNanos == 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(
                Math.floorDiv(unixNanos, NANOS_PER_SECOND),
                Math.floorMod(unixNanos, NANOS_PER_SECOND)));
    }
}
