package clusterd.compose;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;

/**
 * What a service's container may use; 0, {@code ""} and absent = without limit, or what is usual.
 *
 * @param nanoCpus        billionths of a processor
 * @param memoryBytes     of main memory
 * @param swapBytes       of memory and swap together; -1 = swap without limit
 * @param swappiness      0 to 100
 * @param pids            processes and threads; -1 = without limit
 * @param cpuShares       relative weight
 * @param cpuPeriodMicros of the quota
 * @param cpuQuotaMicros  of each period
 * @param cpuset          {@code 0-3,5}
 * @param spareFromOom    whether the kernel kills others when memory runs out
 * @param ioWeight        10 to 1000
 * @param io              of devices
 * @param ulimits         of setrlimit(2), lower case without RLIMIT_
 */
public record Limits(long nanoCpus, long memoryBytes, long swapBytes, OptionalInt swappiness, OptionalLong pids,
        long cpuShares, long cpuPeriodMicros, long cpuQuotaMicros, String cpuset, boolean spareFromOom,
        int ioWeight, List<Io> io, SortedMap<String, Range> ulimits) {
    /** Copies list and map. */
    public Limits {
        io = List.copyOf(io);
        ulimits = ComposeProject.sorted(ulimits);
    }

    /**
     * Of a resource of a process; -1 = without limit.
     *
     * @param soft what holds
     * @param hard up to where it may be raised
     */
    public record Range(long soft, long hard) {
    }

    /** What of a device is limited, each second. */
    public enum IoKind { DEVICE_READ_BPS, DEVICE_WRITE_BPS, DEVICE_READ_IOPS, DEVICE_WRITE_IOPS }

    /**
     * Of a block device.
     *
     * @param kind what of it
     * @param path {@code /dev/sda}
     * @param rate bytes or operations each second
     */
    public record Io(IoKind kind, String path, long rate) {
    }
}
