package linux.abi;

/** Commands of {@code fsconfig(2)}, {@code linux/mount.h}. */
public enum FileSystemCommand implements Flag {
    FSCONFIG_SET_FLAG(0),
    FSCONFIG_SET_STRING(1),
    FSCONFIG_SET_BINARY(2),
    FSCONFIG_SET_PATH(3),
    FSCONFIG_SET_PATH_EMPTY(4),
    FSCONFIG_SET_FD(5),
    FSCONFIG_CMD_CREATE(6);

    private final long value;

    FileSystemCommand(long value) {
        this.value = value;
    }

    @Override
    public long value() {
        return value;
    }
}
