package sriov.plugin;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import linux.netlink.HardwareAddress;
import sriov.grant.PortState;
import sriov.grant.Wish;
import sriov.pool.Mode;

/** Reads how a function is to be, and says all that is wrong with it at once. */
final class WishReader {
    private static final int MOST_VLAN = 4_094;
    private static final int MOST_PRIORITY = 7;
    private static final int LEAST_MTU = 68;
    private static final int MOST_MTU = 65_535;
    private static final int GROUP_BIT = 40;

    private final api.function.Wish said;
    private final List<String> problems = new ArrayList<>();

    WishReader(api.function.Wish said) {
        this.said = said;
    }

    /** What is wrong, a sentence each, once it was read. */
    List<String> problems() {
        return problems;
    }

    /** For a function that is given so. */
    Wish read(Mode mode) {
        problems.clear();
        OptionalInt least = rate(said.hasMinTxRateMegabit(), "min_tx_rate_megabit", said.getMinTxRateMegabit());
        OptionalInt most = rate(said.hasMaxTxRateMegabit(), "max_tx_rate_megabit", said.getMaxTxRateMegabit());
        if (least.orElse(0) > most.orElse(Integer.MAX_VALUE) && most.orElse(0) != 0) {
            problems.add("min_tx_rate_megabit " + least.orElse(0) + " is more than max_tx_rate_megabit " + most.orElse(0));
        }
        return new Wish(mode, address(), vlan(), least, most, said.hasSpoofCheck() ? Optional.of(said.getSpoofCheck()) : Optional.empty(),
                said.hasTrust() ? Optional.of(said.getTrust()) : Optional.empty(), link(), mtu(mode));
    }

    private Optional<String> address() {
        if (!said.hasMac()) {
            return Optional.empty();
        }
        HardwareAddress address;
        try {
            address = HardwareAddress.parse(said.getMac());
        } catch (IllegalArgumentException malformed) {
            problems.add("mac \"" + said.getMac() + "\" is no hardware address, as 02:00:00:00:00:01");
            return Optional.empty();
        }
        if (address.bits() == 0) {
            problems.add("mac " + said.getMac() + " is none at all: leave it out");
        } else if ((address.bits() >> GROUP_BIT & 1) != 0) {
            problems.add("mac " + said.getMac() + " is that of a group (its first byte is odd), which no function can have");
        }
        return Optional.of(address.toString());
    }

    private Optional<PortState.Vlan> vlan() {
        String proto = said.getVlanProto().toLowerCase(Locale.ROOT);
        boolean service = proto.equals("802.1ad");
        if (!service && !proto.isEmpty() && !proto.equals("802.1q")) {
            problems.add("vlan_proto \"" + said.getVlanProto() + "\" is neither 802.1q nor 802.1ad");
        }
        if (!within(said.getVlanQos(), MOST_PRIORITY)) {
            problems.add("vlan_qos " + Integer.toUnsignedString(said.getVlanQos()) + " is not 0 to " + MOST_PRIORITY);
        }
        if (!within(said.getVlan(), MOST_VLAN)) {
            problems.add("vlan " + Integer.toUnsignedString(said.getVlan()) + " is not 1 to " + MOST_VLAN + ", or 0 for none");
        }
        if (said.getVlan() == 0 && (said.getVlanQos() != 0 || service)) {
            problems.add((service ? "vlan_proto" : "vlan_qos") + " means nothing without a vlan");
        }
        return said.hasVlan() ? Optional.of(new PortState.Vlan(said.getVlan(), said.getVlanQos(), service)) : Optional.empty();
    }

    private static boolean within(int number, int most) {
        return number >= 0 && number <= most;
    }

    private OptionalInt rate(boolean there, String name, int megabit) {
        if (there && megabit < 0) {
            problems.add(name + " " + Integer.toUnsignedString(megabit) + " is more than any card sends");
        }
        return there ? OptionalInt.of(megabit) : OptionalInt.empty();
    }

    private Optional<PortState.LinkState> link() {
        return switch (said.getLinkState()) {
            case "" -> Optional.empty();
            case "auto" -> Optional.of(PortState.LinkState.AUTO);
            case "enable" -> Optional.of(PortState.LinkState.ENABLE);
            case "disable" -> Optional.of(PortState.LinkState.DISABLE);
            case String unknown -> {
                problems.add("link_state \"" + unknown + "\" is none of auto, enable and disable");
                yield Optional.empty();
            }
        };
    }

    private OptionalInt mtu(Mode mode) {
        if (!said.hasMtuBytes()) {
            return OptionalInt.empty();
        }
        if (said.getMtuBytes() < LEAST_MTU || said.getMtuBytes() > MOST_MTU) {
            problems.add("mtu_bytes " + Integer.toUnsignedString(said.getMtuBytes()) + " is not " + LEAST_MTU + " to " + MOST_MTU);
        }
        if (mode == Mode.VFIO) {
            problems.add("mtu_bytes is of network devices, and the program that opens this function sets its own: leave it out");
        }
        return OptionalInt.of(said.getMtuBytes());
    }
}
