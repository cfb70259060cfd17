package clusterd.dispatch;

import clusterd.session.LogChunk;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Readings of logs that are under way, by name: where the chunks go that nodes send. */
public final class LogReadings {
    /** Where a reading's chunks go. */
    public interface Sink {
        /** One more; blocks while whoever reads is slow. False if nobody wants any more. */
        boolean accept(LogChunk chunk) throws InterruptedException;

        /** There is no more. */
        void end();
    }

    private final Map<String, Sink> sinks = new ConcurrentHashMap<>();

    /** From now on chunks of that name go there. */
    public void begin(String reading, Sink sink) {
        sinks.put(reading, sink);
    }

    /** Nobody wants them any more. */
    public void end(String reading) {
        sinks.remove(reading);
    }

    Optional<Sink> sink(String reading) {
        return Optional.ofNullable(sinks.get(reading));
    }
}
