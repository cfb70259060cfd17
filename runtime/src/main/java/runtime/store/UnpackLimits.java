package runtime.store;

/**
 * Where the unpacking of a layer stops, so that a small archive cannot fill a machine.
 *
 * @param unpackedBytes length of the uncompressed archive
 * @param entries       entries of the archive
 * @param specialFiles  devices and FIFOs among them
 * @param ratio         uncompressed length over compressed, once past {@link #RATIO_FREE_BYTES}; gzip
 *                      reaches 1032 at most
 */
public record UnpackLimits(long unpackedBytes, long entries, long specialFiles, long ratio) {
    /** Uncompressed bytes for which the ratio does not matter. */
    public static final long RATIO_FREE_BYTES = 1L << 30;

    /** 256 GiB, 10 million entries, 4096 special files, ratio 1100. */
    public static final UnpackLimits STANDARD =
            new UnpackLimits(256L << 30, 10_000_000, 4096, 1100);
}
