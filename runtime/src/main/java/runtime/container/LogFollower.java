package runtime.container;

import java.io.IOException;
import java.nio.file.Path;

/** Tells when files in a folder may have changed ({@code inotify(7)}), for those who follow a log. */
public interface LogFollower extends AutoCloseable {

    /**
     * Begins to watch; changes from now on end an {@link Watch#await()}.
     *
     * @throws IOException if the folder is absent or the limit of watches is reached
     */
    Watch watch(Path folder) throws IOException;

    /** One who waits for changes. Only one thread may wait at a time. */
    interface Watch extends AutoCloseable {
        /** Returns when something may have changed, or was woken, since the last return. */
        void await() throws InterruptedException;

        /** Ends the current or next wait. Any thread may call it. */
        void wake();

        @Override
        void close();
    }

    @Override
    void close() throws IOException;
}
