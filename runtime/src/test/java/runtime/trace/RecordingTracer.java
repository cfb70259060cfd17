package runtime.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Keeps spans for a test to look at, in the order of their ends. */
public final class RecordingTracer implements Tracer {
    private final BlockingQueue<Noted> ended = new LinkedBlockingQueue<>();

    /** One span, as it was at its end. */
    public record Noted(String name, String parent, TraceParent from,
            Map<String, String> attributes, Optional<String> failure) {}

    /** The next span that ends. */
    public Noted next() throws InterruptedException {
        return ended.take();
    }

    /** Those that have ended and were not taken, as "parent/name", with "!" if it failed. */
    public List<String> ended() {
        List<Noted> all = new ArrayList<>();
        ended.drainTo(all);
        return all.stream().map(each -> each.parent + "/" + each.name
                + (each.failure.isPresent() ? "!" : "")).toList();
    }

    @Override
    public Span work(String name) {
        return new Recorded(name, "", TraceParent.NONE);
    }

    @Override
    public Span call(String name, TraceParent from) {
        return new Recorded(name, "", from);
    }

    @Override
    public Map<Fate, Long> counts() {
        return Map.of(Fate.SENT, (long) ended.size());
    }

    @Override
    public void close() {
        ended.clear();
    }

    private final class Recorded implements Span {
        private final String name;
        private final String parent;
        private final TraceParent from;
        private final Map<String, String> attributes = new TreeMap<>();
        private boolean over;

        Recorded(String name, String parent, TraceParent from) {
            this.name = name;
            this.parent = parent;
            this.from = from;
        }

        @Override
        public Span child(String childName) {
            return new Recorded(childName, name, TraceParent.NONE);
        }

        @Override
        public synchronized Span set(String attribute, String value) {
            attributes.put(attribute, value);
            return this;
        }

        @Override
        public Span set(String attribute, long value) {
            return set(attribute, Long.toString(value));
        }

        @Override
        public void end() {
            end(Optional.empty());
        }

        @Override
        public void fail(String why) {
            end(Optional.of(why));
        }

        private synchronized void end(Optional<String> failure) {
            if (over) {
                throw new IllegalStateException(name + " ends twice");
            }
            over = true;
            ended.add(new Noted(name, parent, from, Map.copyOf(attributes), failure));
        }
    }
}
