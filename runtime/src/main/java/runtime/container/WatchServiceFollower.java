package runtime.container;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/** A follower over the JDK's watch service, which is inotify on Linux. */
public final class WatchServiceFollower implements LogFollower {
    private final WatchService service;
    /** Guarded by this. A folder's key is shared by all who watch it. */
    private final Map<WatchKey, List<FolderWatch>> watches = new HashMap<>();

    /** Starts one thread, which lives until {@link #close()}. */
    public WatchServiceFollower() throws IOException {
        this.service = FileSystems.getDefault().newWatchService();
        Thread.ofPlatform().daemon().name("log-follower").start(this::dispatch);
    }

    private void dispatch() {
        try {
            while (true) {
                WatchKey key = service.take();
                key.pollEvents();
                key.reset();
                wakeAll(key);
            }
        } catch (InterruptedException | ClosedWatchServiceException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void wakeAll(WatchKey key) {
        watches.getOrDefault(key, List.of()).forEach(FolderWatch::wake);
    }

    @Override
    public synchronized Watch watch(Path folder) throws IOException {
        WatchKey key = folder.register(service, StandardWatchEventKinds.ENTRY_CREATE,
                StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_DELETE);
        FolderWatch watch = new FolderWatch(key);
        watches.computeIfAbsent(key, absent -> new ArrayList<>()).add(watch);
        return watch;
    }

    private synchronized void forget(FolderWatch watch) {
        List<FolderWatch> others = watches.get(watch.key);
        if (others != null && others.remove(watch) && others.isEmpty()) {
            watches.remove(watch.key);
            watch.key.cancel();
        }
    }

    @Override
    public void close() throws IOException {
        service.close();
    }

    private final class FolderWatch implements Watch {
        private final WatchKey key;
        private final Semaphore changes = new Semaphore(0);

        private FolderWatch(WatchKey key) {
            this.key = key;
        }

        @Override
        public void await() throws InterruptedException {
            changes.acquire();
            changes.drainPermits();
        }

        @Override
        public void wake() {
            changes.release();
        }

        @Override
        public void close() {
            forget(this);
        }
    }
}
