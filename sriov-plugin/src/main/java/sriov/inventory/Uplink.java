package sriov.inventory;

import java.util.OptionalInt;

/**
 * The network device of a physical function.
 *
 * @param name         of it
 * @param type         what frames it has
 * @param address      its hardware address
 * @param mtuBytes     its largest packet
 * @param up           whether somebody has turned it on
 * @param carrier      whether something is at the other end of the cable; false as long as it is not up
 * @param speedMegabit of a second; empty without a carrier
 * @param switchdev    whether it represents its virtual functions as ports of a switch, which are network devices as well
 */
public record Uplink(String name, LinkType type, String address, int mtuBytes, boolean up, boolean carrier, OptionalInt speedMegabit,
        boolean switchdev) {
    /** What frames a link has. */
    public enum LinkType {
        /** {@code ARPHRD_ETHER}. */
        ETHER,
        /** {@code ARPHRD_INFINIBAND}. */
        INFINIBAND,
        /** Another. */
        OTHER
    }
}
