package runtime.node;

import java.time.Instant;
import java.util.Optional;
import runtime.event.Event;
import runtime.observe.EventLog;

/** How far one reader has come in a log of events. */
final class EventPlace {
    private final EventLog log;
    private long number;

    /** @param fromOldest or from what happens next */
    EventPlace(EventLog log, boolean fromOldest) {
        this.log = log;
        this.number = fromOldest ? log.oldest() : log.upcoming();
    }

    Instant knownSince() {
        return log.knownSince();
    }

    /** The next event, if it comes within that time. */
    Optional<Event> next(long nanos) throws EventLog.EventsLostException, InterruptedException {
        Optional<Event> event = log.await(number, nanos);
        number += event.isPresent() ? 1 : 0;
        return event;
    }

    /** The next event of this log or the one beside it, the earlier one first. */
    Optional<Event> next(EventPlace beside, long nanos)
            throws EventLog.EventsLostException, InterruptedException {
        log.awaitEither(number, beside.log, beside.number, nanos);
        Optional<Event> here = log.await(number, 0);
        Optional<Event> there = beside.log.await(beside.number, 0);
        boolean thereFirst = there.isPresent()
                && (here.isEmpty() || there.get().at().isBefore(here.get().at()));
        if (thereFirst) {
            beside.number++;
            return there;
        }
        number += here.isPresent() ? 1 : 0;
        return here;
    }
}
