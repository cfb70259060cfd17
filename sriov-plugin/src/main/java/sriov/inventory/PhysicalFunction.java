package sriov.inventory;

import java.util.List;
import java.util.Optional;

/**
 * A function that can be divided.
 *
 * @param function       itself
 * @param mostVirtual    into so many
 * @param probesDrivers  whether virtual functions that come get a driver by themselves
 * @param uplink         its network device, if it has one in the namespace that was looked at
 * @param virtual        what it is divided into, by their index
 */
public record PhysicalFunction(PciFunction function, int mostVirtual, boolean probesDrivers, Optional<Uplink> uplink,
        List<VirtualFunction> virtual) {
    /** Copies the list. */
    public PhysicalFunction {
        virtual = List.copyOf(virtual);
    }

    /** Where it is. */
    public PciAddress address() {
        return function.address();
    }

    /** What people call it: by its network device, or else by its address. */
    public String name() {
        return uplink.map(Uplink::name).orElse(address().toString());
    }
}
