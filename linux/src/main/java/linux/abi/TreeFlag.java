package linux.abi;

/** Flags of {@code open_tree(2)}, {@code move_mount(2)} and {@code mount_setattr(2)}. */
public enum TreeFlag implements Flag {
    OPEN_TREE_CLONE(0x1),
    OPEN_TREE_CLOEXEC(02000000),
    AT_EMPTY_PATH(0x1000),
    AT_RECURSIVE(0x8000),
    MOVE_MOUNT_F_EMPTY_PATH(0x4),
    MOVE_MOUNT_T_EMPTY_PATH(0x40),
    FSOPEN_CLOEXEC(0x1),
    FSMOUNT_CLOEXEC(0x1);

    private final long value;

    TreeFlag(long value) {
        this.value = value;
    }

    @Override
    public long value() {
        return value;
    }
}
