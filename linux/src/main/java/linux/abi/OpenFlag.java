package linux.abi;

/** Flags of {@code open(2)} that have one value on every architecture, {@code fcntl.h}. */
public enum OpenFlag implements Flag {
    O_RDONLY(0),
    O_WRONLY(1),
    O_RDWR(2),
    O_CREAT(0100),
    O_EXCL(0200),
    O_NOCTTY(0400),
    O_TRUNC(01000),
    O_APPEND(02000),
    O_NONBLOCK(04000),
    O_CLOEXEC(02000000),
    O_PATH(010000000);

    private final long value;

    OpenFlag(long value) {
        this.value = value;
    }

    @Override
    public long value() {
        return value;
    }
}
