package runtime.device;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a virtual function is to be, which the plug-in for these makes so. What is empty stays as it is.
 *
 * @param address     hardware address, as {@code 02:00:00:00:00:01}
 * @param vlan        1 to 4094; 0 = none
 * @param vlanQos     priority, 0 to 7
 * @param vlanProto   {@code 802.1q} or {@code 802.1ad}; empty = the first
 * @param minMegabit  of a second
 * @param maxMegabit  of a second; 0 = no limit
 * @param spoofCheck  whether what it sends from other hardware addresses is dropped
 * @param trust       whether it may be promiscuous, or change its hardware address
 * @param linkState   {@code auto}, {@code enable}, {@code disable}; empty = as it is
 * @param mtuBytes    its largest packet
 */
public record FunctionWish(Optional<String> address, OptionalInt vlan, OptionalInt vlanQos, String vlanProto,
        OptionalInt minMegabit, OptionalInt maxMegabit, Optional<Boolean> spoofCheck, Optional<Boolean> trust,
        String linkState, OptionalInt mtuBytes) {
    /** As it is. */
    public static final FunctionWish NONE = new FunctionWish(Optional.empty(), OptionalInt.empty(), OptionalInt.empty(), "",
            OptionalInt.empty(), OptionalInt.empty(), Optional.empty(), Optional.empty(), "", OptionalInt.empty());
}
