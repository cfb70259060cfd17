package clusterd.raft;

import java.io.IOException;

/** What the log could not do, and what to do about it. */
public final class LogException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Why, for programs. */
    public enum Kind {
        /** Nobody led for as long as was waited. Nothing was written, unless {@link #mayBeDone()}. */
        NO_LEADER,
        /** Somebody led, but a majority did not confirm in time. The entry may still be applied later. */
        NO_MAJORITY,
        /** The entry is larger than entries may be; nothing was written. */
        TOO_LARGE,
        /** As much is on its way as may be; nothing was written: try again later. */
        BUSY,
        /** This member is closed or was stopped by an error. */
        CLOSED,
        /** What was asked of the group's members or leadership cannot be. */
        REFUSED,
        /** The data folder cannot be used as it is. */
        STORAGE
    }

    private final Kind kind;
    private final boolean mayBeDone;

    /** @param reason the whole sentence: what failed, with what, what to do */
    public LogException(Kind kind, String reason) {
        this(kind, reason, false, null);
    }

    /** The same, with what it comes from. */
    public LogException(Kind kind, String reason, boolean mayBeDone, Throwable cause) {
        super(reason, cause);
        this.kind = kind;
        this.mayBeDone = mayBeDone;
    }

    /** Why. */
    public Kind kind() {
        return kind;
    }

    /** Whether what was asked may have happened all the same, or may yet: look before asking again. */
    public boolean mayBeDone() {
        return mayBeDone;
    }
}
