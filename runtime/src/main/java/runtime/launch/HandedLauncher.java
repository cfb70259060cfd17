package runtime.launch;

import java.io.IOException;
import java.util.Optional;

/**
 * Launches processes for a caller that keeps them itself ({@link runtime.plan.Handover}): they have this
 * process's standard streams, and once they run, or wait for start, nothing of ours is left but them.
 */
public final class HandedLauncher implements AutoCloseable {
    /** The most descriptors above the standard streams that can be handed on. */
    public static final int MAX_PRESERVED = KeeperSpawner.MAX_KEPT_DESCRIPTORS - 3;

    private final KeeperSpawner spawner;
    private Optional<SpareKeeper> next = Optional.empty();

    /**
     * @param streams   what the processes have as standard streams: this process's own 0 to 2, or numbers
     *                  above
     * @param preserved how many descriptors from 3 on the processes shall have
     */
    public HandedLauncher(Streams streams, int preserved) throws IOException {
        if (preserved < 0 || preserved > MAX_PRESERVED) {
            throw new IllegalArgumentException(preserved + " descriptors cannot be handed on; at most "
                    + MAX_PRESERVED + " can");
        }
        spawner = new KeeperSpawner(KeeperLauncher.ignoredSignals(), streams, 3 + preserved);
    }

    /**
     * The process that will be the keeper of the next launch, as the host numbers it: what it is in, its
     * container is born in.
     */
    public int keeperPid() throws IOException {
        if (next.isEmpty()) {
            next = Optional.of(spawner.spawn());
        }
        return next.get().pid();
    }

    /**
     * Begins a launch. The calling thread must live until the process is handed over: what was begun
     * ends with it.
     *
     * @throws IOException if no keeper can be spawned
     */
    public HandedProcess begin(LaunchRequest request) throws IOException {
        StatusView page = StatusView.make(KeeperLauncher.statusFile(request.runFolder()));
        SpareKeeper keeper = next.isPresent() ? next.get() : spawner.spawn();
        next = Optional.empty();
        keeper.begin(request.program().encoded(), "");
        return new HandedProcess(page, keeper.pid(), keeper.pidfd(), request.program());
    }

    /**
     * A user namespace that exists for its mappings alone, in the form of {@code /proc/PID/uid_map}, as
     * a path that is good as long as this process lives.
     */
    public static String mapping(String uidMap, String gidMap) throws IOException {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/"
                + UserNamespaces.make(uidMap, gidMap);
    }

    @Override
    public void close() {
        next.ifPresent(SpareKeeper::discard);
        spawner.close();
    }
}
