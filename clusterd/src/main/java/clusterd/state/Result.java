package clusterd.state;

/** What became of a command. */
public sealed interface Result {
    /**
     * It was done, or there was nothing left to do.
     *
     * @param version of what it changed, if that has one; 0 otherwise
     * @param index   of the entry of the log that did it; 0 = it was tried out, and is in no log
     */
    record Done(long version, long index) implements Result {
        /** Tried out. */
        public Done(long version) {
            this(version, 0);
        }
    }

    /**
     * It changed nothing.
     *
     * @param reason  for a program
     * @param message for a person: what, and what to do
     */
    record Refused(Reason reason, String message) implements Result {
    }

    /** Why a command is refused. */
    enum Reason {
        /** What it is about is not there. */
        NOT_FOUND,
        /** The name or id is taken. */
        EXISTS,
        /** It was changed since its writer looked. */
        OUT_OF_DATE,
        /** Something else needs it. */
        IN_USE,
        /** It cannot be. */
        INVALID,
        /** It speaks of what has been overtaken. */
        LATE,
        /** There is nothing left of what it needs. */
        EXHAUSTED
    }

    /** The same, as the entry with that index did it. */
    default Result at(long index) {
        return switch (this) {
            case Done done -> new Done(done.version(), index);
            case Refused refused -> refused;
        };
    }

    /** Done, with nothing to tell. */
    Result DONE = new Done(0);
}
