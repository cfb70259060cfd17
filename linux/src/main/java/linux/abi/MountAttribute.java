package linux.abi;

/** Attributes of {@code mount_setattr(2)} and {@code fsmount(2)}, {@code linux/mount.h}. */
public enum MountAttribute implements Flag {
    MOUNT_ATTR_RDONLY(0x1),
    MOUNT_ATTR_NOSUID(0x2),
    MOUNT_ATTR_NODEV(0x4),
    MOUNT_ATTR_NOEXEC(0x8),
    MOUNT_ATTR_NOATIME(0x10),
    MOUNT_ATTR_STRICTATIME(0x20),
    MOUNT_ATTR_NODIRATIME(0x80),
    MOUNT_ATTR_IDMAP(0x100000),
    MOUNT_ATTR_NOSYMFOLLOW(0x200000);

    private final long value;

    MountAttribute(long value) {
        this.value = value;
    }

    @Override
    public long value() {
        return value;
    }
}
