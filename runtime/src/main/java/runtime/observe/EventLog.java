package runtime.observe;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import runtime.event.Event;
import runtime.event.EventSink;

/**
 * The newest events of this daemon, in memory. A reader is no more than the number of the event it wants
 * next: one that is slow takes no memory and holds up nobody, and learns it if events have gone before it
 * came to them.
 */
public final class EventLog implements EventSink {
    private static final int STANDARD_EVENTS = 2048;
    private static final long STANDARD_CHARACTERS = 4 << 20;

    /** A reader came too late for the event it wanted. */
    public static final class EventsLostException extends Exception {
        private static final long serialVersionUID = 1L;

        EventsLostException(long count) {
            super(count + " events came faster than they were read and are no longer kept; what"
                    + " is kept can be had with --since");
        }
    }

    /** What happened, to what kind of thing. */
    public record Kind(Event.Type type, String action) {}

    private final InstantSource clock;
    private final Map<Kind, Long> counts = new HashMap<>();
    private final Event[] ring;
    private final long mostCharacters;
    private final ReentrantLock lock;
    private final Condition told;
    private final Instant begun;
    private long first = 1;
    private long next = 1;
    private long characters;
    private boolean closed;

    /** Keeps some thousand events, and not more than a few megabytes of text. */
    public EventLog(InstantSource clock) {
        this(clock, STANDARD_EVENTS, STANDARD_CHARACTERS);
    }

    /** One beside another that is read together with it, so that many events here push out none there. */
    public EventLog(InstantSource clock, EventLog beside) {
        this(clock, STANDARD_EVENTS, STANDARD_CHARACTERS, beside.lock, beside.told);
    }

    EventLog(InstantSource clock, int mostEvents, long mostCharacters) {
        this(clock, mostEvents, mostCharacters, new ReentrantLock());
    }

    private EventLog(InstantSource clock, int mostEvents, long mostCharacters, ReentrantLock lock) {
        this(clock, mostEvents, mostCharacters, lock, lock.newCondition());
    }

    private EventLog(InstantSource clock, int mostEvents, long mostCharacters, ReentrantLock lock,
            Condition told) {
        this.lock = lock;
        this.told = told;
        this.clock = clock;
        this.ring = new Event[mostEvents];
        this.mostCharacters = mostCharacters;
        this.begun = clock.instant();
    }

    @Override
    public void tell(Event.Type type, String action, String id, Map<String, String> attributes) {
        lock.lock();
        try {
            Event event = new Event(next, clock.instant(), type, action, id, attributes);
            characters += event.characters();
            next++;
            // The newest is always kept, however large.
            while (next - first > ring.length
                    || characters > mostCharacters && next - first > 1) {
                characters -= ring[place(first)].characters();
                ring[place(first)] = null;
                first++;
            }
            ring[place(event.number())] = event;
            counts.merge(new Kind(type, event.plainAction()), 1L, Long::sum);
            told.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private int place(long number) {
        return (int) (number % ring.length);
    }

    /** How often each kind of thing has happened since the daemon began. */
    public Map<Kind, Long> counts() {
        lock.lock();
        try {
            return Map.copyOf(counts);
        } finally {
            lock.unlock();
        }
    }

    /** The number of the oldest event kept; that of the next one if there is none. */
    public long oldest() {
        lock.lock();
        try {
            return first;
        } finally {
            lock.unlock();
        }
    }

    /** The number the next event will have. */
    public long upcoming() {
        lock.lock();
        try {
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** The time before which events are not known: this daemon's start, or when the oldest kept happened. */
    public Instant knownSince() {
        lock.lock();
        try {
            return first == 1 || first == next ? begun : ring[place(first)].at();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The event of that number, waiting for it.
     *
     * @param nanos how long to wait at most
     * @return absent if it has not happened by then
     * @throws EventsLostException  if it is not kept any more
     * @throws InterruptedException if the daemon ends
     */
    public Optional<Event> await(long number, long nanos)
            throws EventsLostException, InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (number >= next && left > 0 && !closed) {
                left = told.awaitNanos(left);
            }
            if (closed) {
                throw new InterruptedException("the daemon is ending");
            }
            if (number < first) {
                throw new EventsLostException(first - number);
            }
            return number < next ? Optional.of(ring[place(number)]) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for the event of that number here, or of another one in the log beside this.
     *
     * @param nanos how long to wait at most
     * @throws InterruptedException if the daemon ends
     */
    public void awaitEither(long number, EventLog beside, long numberThere, long nanos)
            throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (number >= next && numberThere >= beside.next && left > 0 && !closed) {
                left = told.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends every wait. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            told.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
