package linux.abi;

/** How {@code openat2(2)} may find a path, {@code linux/openat2.h}. */
public enum ResolveFlag implements Flag {
    RESOLVE_NO_XDEV(0x01),
    RESOLVE_NO_MAGICLINKS(0x02);

    private final long value;

    ResolveFlag(long value) {
        this.value = value;
    }

    @Override
    public long value() {
        return value;
    }
}
