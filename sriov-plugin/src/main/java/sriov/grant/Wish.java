package sriov.grant;

import java.util.Optional;
import java.util.OptionalInt;
import sriov.pool.Mode;

/**
 * What a container wants of a function. What is empty stays as it is. What the card's driver cannot do is an error, if it was asked for here.
 *
 * @param mode         how it gets it
 * @param address      its hardware address, as text
 * @param vlan         what its packets are tagged with
 * @param leastMegabit of a second
 * @param mostMegabit  of a second
 * @param spoofCheck   whether what it sends from other hardware addresses is dropped
 * @param trusted      whether it may be promiscuous, or change its hardware address
 * @param link         what it is told of its cable
 * @param mtuBytes     its largest packet; of a network device alone
 */
public record Wish(Mode mode, Optional<String> address, Optional<PortState.Vlan> vlan, OptionalInt leastMegabit, OptionalInt mostMegabit,
        Optional<Boolean> spoofCheck, Optional<Boolean> trusted, Optional<PortState.LinkState> link, OptionalInt mtuBytes) {
    /** A function as it is. */
    public static Wish plain(Mode mode) {
        return new Wish(mode, Optional.empty(), Optional.empty(), OptionalInt.empty(), OptionalInt.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), OptionalInt.empty());
    }
}
