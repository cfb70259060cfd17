package sriov.pool;

/** How a container gets a function. */
public enum Mode {
    /** As a network device in its network namespace. */
    NETDEV,
    /** As a device of {@code /dev/vfio}, which a program in it drives itself (DPDK). */
    VFIO
}
