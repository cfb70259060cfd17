package sriov.inventory;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A function of a PCI device.
 *
 * @param address    where it is
 * @param vendor     as the PCI-SIG numbers them
 * @param device     as the vendor numbers them
 * @param classCode  base class, subclass and programming interface, 24 bits: {@code 0x020000} is Ethernet
 * @param driver     that is bound; empty if none is
 * @param numaNode   that it is attached to; empty if the firmware does not say
 * @param iommuGroup of functions that can only be given away together; empty without an IOMMU
 * @param netNames   its network devices in the namespace that was looked at: none while they are in another
 * @param rdmaNames  its RDMA devices
 */
public record PciFunction(PciAddress address, int vendor, int device, int classCode, Optional<String> driver, OptionalInt numaNode,
        OptionalInt iommuGroup, List<String> netNames, List<String> rdmaNames) {
    private static final int BASE_CLASS_BITS = 16;
    private static final int NETWORK = 0x02;
    private static final int ACCELERATOR = 0x12;

    /** Copies the lists. */
    public PciFunction {
        netNames = List.copyOf(netNames);
        rdmaNames = List.copyOf(rdmaNames);
    }

    /** Whether it is a network controller, or an accelerator. */
    public DeviceType type() {
        return switch (classCode >> BASE_CLASS_BITS) {
            case NETWORK -> DeviceType.NETWORK;
            case ACCELERATOR -> DeviceType.ACCELERATOR;
            default -> DeviceType.OTHER;
        };
    }

    /** What a function is for. */
    public enum DeviceType {
        /** Base class 02. */
        NETWORK,
        /** Base class 12. */
        ACCELERATOR,
        /** Whatever else has virtual functions, as disks do. */
        OTHER
    }
}
