package clusterd.security;

/** Keys that need the operator's unlock key, which this process was not given since it started. */
public final class LockedException extends SealException {
    private static final long serialVersionUID = 1L;

    /** @param what what is locked, for the message */
    public LockedException(String what) {
        super(what + " is locked: this manager was restarted, and its keys are sealed; give the unlock key, which"
                + " was shown when locking was turned on, to `jctl cluster unlock` on this machine; another manager"
                + " that is unlocked shows it: `jctl cluster unlock-key`");
    }
}
