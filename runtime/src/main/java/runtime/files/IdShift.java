package runtime.files;

/**
 * Owners inside and outside of a container's user namespace.
 *
 * @param base first host id of its range; 0 without a range
 * @param size how many ids it has
 */
public record IdShift(long base, long size) {
    /** Inside and outside are the same. */
    public static final IdShift NONE = new IdShift(0, 0xFFFF_FFFFL);
    /** Whom the kernel shows in place of an owner from outside of the range, {@code proc(5)}. */
    private static final int NOBODY = 65_534;

    /** The id as the container sees it. */
    public int inside(int outside) {
        long id = Integer.toUnsignedLong(outside) - base;
        return id >= 0 && id < size ? (int) id : NOBODY;
    }

    /** Whether the container has an id. */
    public boolean has(int inside) {
        return Integer.toUnsignedLong(inside) < size;
    }

    /** The host's id of one the container {@link #has}. */
    public int outside(int inside) {
        return (int) (Integer.toUnsignedLong(inside) + base);
    }
}
