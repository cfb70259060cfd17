package runtime.container;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Where a container is in its life. The words are docker's.
 *
 * <pre>
 *            start            exit               rm
 *  CREATED ---------> RUNNING ------> EXITED ----------> REMOVING ----> (gone)
 *     |                ^   |  ^          |                ^   |
 *     |          pause |   |  +----------+                |   | a step of the
 *     |                |   v    start                     |   v removal failed
 *     |               PAUSED -------> EXITED             DEAD-+
 *     |                         exit                      rm again
 *     +---------------------------------------------------^
 *                               rm
 * </pre>
 *
 * <p>Where a restart policy asks for another run, RESTARTING stands in the place of EXITED; from there a
 * {@code stop} or a start that is given up leads to EXITED.
 */
public enum ContainerState {
    /** Its folder and spec exist; no process was ever started. */
    CREATED,
    /** Its first process runs. */
    RUNNING,
    /** Its processes exist and are frozen. */
    PAUSED,
    /** Its first process ended, and it will be started again by itself. */
    RESTARTING,
    /** Its first process ended; it can be started again. */
    EXITED,
    /** It is being removed; after a crash the removal is finished at start-up. */
    REMOVING,
    /** Its removal failed half way: it can only be removed again. */
    DEAD;

    private static final Map<ContainerState, Set<ContainerState>> NEXT = Map.of(
            CREATED, EnumSet.of(RUNNING, REMOVING),
            RUNNING, EnumSet.of(PAUSED, RESTARTING, EXITED),
            PAUSED, EnumSet.of(RUNNING, RESTARTING, EXITED),
            RESTARTING, EnumSet.of(RUNNING, EXITED, REMOVING),
            EXITED, EnumSet.of(RUNNING, REMOVING),
            REMOVING, EnumSet.of(DEAD),
            DEAD, EnumSet.of(REMOVING));

    /** Whether the table has an arrow from this state to the next one. */
    public boolean mayBecome(ContainerState next) {
        return NEXT.get(this).contains(next);
    }

    /**
     * The next state, if there is an arrow to it.
     *
     * @throws IllegalStateException if there is none: the caller has not looked at the state first
     */
    public ContainerState become(ContainerState next) {
        if (!mayBecome(next)) {
            throw new IllegalStateException("a container that is " + word()
                    + " cannot become " + next.word());
        }
        return next;
    }

    /** Whether its first process exists. */
    public boolean isAlive() {
        return this == RUNNING || this == PAUSED;
    }

    /** The state as docker prints it: {@code created}, {@code running} … */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
