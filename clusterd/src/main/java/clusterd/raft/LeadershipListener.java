package clusterd.raft;

/** Told of this member's leadership, by one thread at a time and in order. */
@FunctionalInterface
public interface LeadershipListener {
    /**
     * @param leading true: this member leads and has applied whatever was committed before; false: it does so no more
     * @param term    the term it leads, or led
     */
    void leadership(boolean leading, long term);
}
