package linux.abi;

/** Flags of {@code mount(2)}, {@code sys/mount.h}. */
public enum MountFlag implements Flag {
    MS_RDONLY(0x1),
    MS_NOSUID(0x2),
    MS_NODEV(0x4),
    MS_NOEXEC(0x8),
    MS_SYNCHRONOUS(0x10),
    MS_REMOUNT(0x20),
    MS_NOSYMFOLLOW(0x100),
    MS_NOATIME(0x400),
    MS_NODIRATIME(0x800),
    MS_BIND(0x1000),
    MS_REC(0x4000),
    MS_UNBINDABLE(0x20000),
    MS_PRIVATE(0x40000),
    MS_SLAVE(0x80000),
    MS_SHARED(0x100000),
    MS_RELATIME(0x200000),
    MS_STRICTATIME(0x1000000);

    private final long value;

    MountFlag(long value) {
        this.value = value;
    }

    @Override
    public long value() {
        return value;
    }
}
