package clusterd.agent;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Until when a node may run its unique tasks. It counts from when a beat was sent, by a clock that goes on while the
 * machine is suspended and that nobody sets, so that it ends before the manager's own count, which begins when that
 * beat was heard.
 */
final class Lease {
    private static final int BEATS_REMEMBERED = 64;

    private final Map<Long, Long> sentAtMillis = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
            return size() > BEATS_REMEMBERED;
        }
    };
    private long leaseMillis;
    private long endsAtMillis;
    private boolean begun;

    /** A session began, of which the first word was said then. */
    void begin(long saidAtMillis, long forMillis) {
        sentAtMillis.clear();
        leaseMillis = forMillis;
        endsAtMillis = saidAtMillis + forMillis;
        begun = true;
    }

    /** A beat was sent. */
    void sent(long number, long atMillis) {
        sentAtMillis.put(number, atMillis);
    }

    /** It was heard. */
    void heard(long number) {
        Long at = sentAtMillis.remove(number);
        if (at != null) {
            endsAtMillis = Math.max(endsAtMillis, at + leaseMillis);
        }
    }

    /** When it ends. */
    long endsAtMillis() {
        return endsAtMillis;
    }

    /** How long it lasts after the last beat that was heard. */
    long lengthMillis() {
        return leaseMillis;
    }

    /** Whether it is over; so it is before it began. */
    boolean isOver(long atMillis) {
        return leftMillis(atMillis) <= 0;
    }

    /** How long it lasts yet; 0 or less if it is over. */
    long leftMillis(long atMillis) {
        return begun ? endsAtMillis - atMillis : 0;
    }
}
