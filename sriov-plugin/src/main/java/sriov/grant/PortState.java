package sriov.grant;

import java.util.Optional;

/**
 * What a virtual function's physical one has been told of it: the part of a card's switch that is its own. What the driver does not know is empty.
 *
 * @param address      that it was given, as text; {@code 00:00:00:00:00:00} = none
 * @param vlan         what its packets are tagged with
 * @param leastMegabit of a second, promised; 0 = nothing
 * @param mostMegabit  of a second; 0 = no limit
 * @param spoofCheck   whether what it sends from other hardware addresses is dropped
 * @param trusted      whether it may be promiscuous, or change its hardware address
 * @param link         what it is told of its cable
 */
public record PortState(String address, Vlan vlan, int leastMegabit, int mostMegabit, Optional<Boolean> spoofCheck, Optional<Boolean> trusted,
        Optional<LinkState> link) {
    /** Of one that was told nothing. */
    public static final String NO_ADDRESS = "00:00:00:00:00:00";

    /**
     * A tag.
     *
     * @param id       1 to 4094; 0 = none
     * @param priority 0 to 7
     * @param service  whether it is the outer tag of two (IEEE 802.1ad)
     */
    public record Vlan(int id, int priority, boolean service) {
        /** No tag. */
        public static final Vlan NONE = new Vlan(0, 0, false);
    }

    /** What a virtual function is told of its cable. */
    public enum LinkState {
        /** What is true. */
        AUTO,
        /** That it is there. */
        ENABLE,
        /** That it is not. */
        DISABLE
    }
}
