package clusterd.agent;

import clusterd.session.ToNode;
import clusterd.session.FromNode;
import java.io.IOException;

/** Opens streams to managers. */
public interface ManagerDial {
    /** A stream. */
    interface Line extends AutoCloseable {
        /** Says something; never blocks. */
        void say(FromNode message);

        @Override
        void close();
    }

    /** Told of what comes, on some thread and in its order. */
    interface Ear {
        /** The manager says something. */
        void hear(ToNode message);

        /** The stream has ended; nothing comes after this. */
        void end(String why);
    }

    /**
     * Dials a manager.
     *
     * @param address {@code HOST:PORT}
     * @throws IOException if it cannot even be tried
     */
    Line open(String address, Ear ear) throws IOException;
}
