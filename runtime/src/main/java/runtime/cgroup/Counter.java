package runtime.cgroup;

/** What a container is seen to use from second to second; units last. */
public enum Counter {
    /** Processor time so far. */
    CPU_NANOS,
    /** Memory in use, page cache included. */
    MEMORY_BYTES,
    /** Page cache not touched of late, which could go at once. */
    MEMORY_INACTIVE_BYTES,
    /** The limit in force; the largest long without one. */
    MEMORY_LIMIT_BYTES,
    /** Processes and threads now. */
    TASKS,
    /** The limit in force; the largest long without one. */
    TASKS_LIMIT,
    /** From block devices so far. */
    DISK_READ_BYTES,
    /** To block devices so far. */
    DISK_WRITTEN_BYTES,
    /** By all of its network links but loopback, so far. */
    NETWORK_RECEIVED_BYTES,
    NETWORK_SENT_BYTES,
    /** Share of the last ten seconds in which some task waited for a processor, in 1/100 %. */
    CPU_PRESSURE_HUNDREDTHS,
    /** The same for memory. */
    MEMORY_PRESSURE_HUNDREDTHS,
    /** The same for disks. */
    DISK_PRESSURE_HUNDREDTHS
}
