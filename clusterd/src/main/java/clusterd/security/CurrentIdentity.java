package clusterd.security;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/** The identity handshakes use from now on. Safe for use by several threads. */
public final class CurrentIdentity {
    private final AtomicReference<NodeIdentity> identity;
    private final List<Runnable> watchers = new CopyOnWriteArrayList<>();

    /** Begins with that identity. */
    public CurrentIdentity(NodeIdentity identity) {
        this.identity = new AtomicReference<>(identity);
    }

    /** The identity now. */
    public NodeIdentity get() {
        return identity.get();
    }

    /** From now on this one; connections that stand stay. Tells the watchers before it returns. */
    public void replace(NodeIdentity next) {
        identity.set(next);
        watchers.forEach(Runnable::run);
    }

    /**
     * Has something run after each change, in the thread that changes.
     *
     * @return ends it
     */
    public Runnable onChange(Runnable watcher) {
        watchers.add(watcher);
        return () -> watchers.remove(watcher);
    }
}
