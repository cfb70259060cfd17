package linux.abi;

/** Flags of {@code umount2(2)}. */
public enum UnmountFlag implements Flag {
    MNT_FORCE(1),
    MNT_DETACH(2),
    UMOUNT_NOFOLLOW(8);

    private final long value;

    UnmountFlag(long value) {
        this.value = value;
    }

    @Override
    public long value() {
        return value;
    }
}
