package linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a physical function's driver says of one of its virtual functions ({@code linux/if_link.h}, IFLA_VFINFO_LIST). What a driver does not know is
 * empty.
 *
 * @param index         of the virtual function
 * @param address       that the physical function gave it; all zeroes = none
 * @param vlanId        that its packets get; 0 = none
 * @param vlanPriority  0 to 7
 * @param vlanProtocol  of the tag, {@code 0x8100} or {@code 0x88a8}
 * @param leastMegabit  of a second, that it may send at least; 0 = nothing is promised
 * @param mostMegabit   of a second, that it may send at most; 0 = as much as it can
 * @param spoofCheck    whether what it sends from other hardware addresses is dropped
 * @param trusted       whether it may do what others notice, as be promiscuous
 * @param link          what it is told of its cable
 */
public record VirtualFunctionState(int index, HardwareAddress address, int vlanId, int vlanPriority, int vlanProtocol, int leastMegabit, int mostMegabit,
        Optional<Boolean> spoofCheck, Optional<Boolean> trusted, Optional<Link> link) {
    static final int IFLA_NUM_VF = 21;
    static final int IFLA_VFINFO_LIST = 22;
    static final int IFLA_VF_INFO = 1;
    static final int IFLA_VF_MAC = 1;
    static final int IFLA_VF_VLAN = 2;
    static final int IFLA_VF_SPOOFCHK = 4;
    static final int IFLA_VF_LINK_STATE = 5;
    static final int IFLA_VF_RATE = 6;
    static final int IFLA_VF_TRUST = 9;
    static final int IFLA_VF_VLAN_LIST = 12;
    static final int IFLA_VF_VLAN_INFO = 1;
    /** IEEE 802.1Q. */
    public static final int VLAN = 0x8100;
    /** IEEE 802.1ad, of the outer tag of two. */
    public static final int SERVICE_VLAN = 0x88a8;
    private static final int STRUCT_BYTES = 16;
    private static final int HARDWARE_BYTES = 6;

    /** What a virtual function is told of its cable, in the kernel's numbers. */
    public enum Link {
        /** What is true. */
        AUTO,
        /** That it is there, so that virtual functions of a card reach each other without one. */
        ENABLE,
        /** That it is not. */
        DISABLE
    }

    /**
     * How many virtual functions a link has; empty if it can have none.
     *
     * @param payload of an {@code RTM_NEWLINK} message
     */
    public static OptionalInt count(byte[] payload) {
        return Attributes.read(payload, STRUCT_BYTES).u32(IFLA_NUM_VF);
    }

    /**
     * Reads the payload of an {@code RTM_NEWLINK} message: all of a link's, in the kernel's order. Those of more functions than an attribute can have (64 KiB)
     * are not all told.
     *
     * @throws MalformedReplyException if one has no number
     */
    public static List<VirtualFunctionState> decode(byte[] payload) throws MalformedReplyException {
        List<VirtualFunctionState> all = new ArrayList<>();
        for (Attributes each : Attributes.read(payload, STRUCT_BYTES).nested(IFLA_VFINFO_LIST).each(IFLA_VF_INFO)) {
            all.add(one(each));
        }
        return all;
    }

    private static VirtualFunctionState one(Attributes said) throws MalformedReplyException {
        ByteBuffer address = said.bytes(IFLA_VF_MAC).filter(bytes -> bytes.length >= Integer.BYTES + HARDWARE_BYTES).map(VirtualFunctionState::buffer)
                .orElseThrow(() -> new MalformedReplyException("IFLA_VF_INFO without IFLA_VF_MAC"));
        byte[] hardware = new byte[HARDWARE_BYTES];
        address.get(Integer.BYTES, hardware);
        Optional<ByteBuffer> vlan = numbers(said, IFLA_VF_VLAN, 3);
        Optional<ByteBuffer> tag = numbers(said.nested(IFLA_VF_VLAN_LIST), IFLA_VF_VLAN_INFO, 4);
        Optional<ByteBuffer> rate = numbers(said, IFLA_VF_RATE, 3);
        return new VirtualFunctionState(address.getInt(0), HardwareAddress.of(hardware), vlan.map(each -> each.getInt(4)).orElse(0),
                vlan.map(each -> each.getInt(8)).orElse(0), tag.map(each -> Short.reverseBytes(each.getShort(12)) & 0xffff).orElse(VLAN),
                rate.map(each -> each.getInt(4)).orElse(0), rate.map(each -> each.getInt(8)).orElse(0), setting(said, IFLA_VF_SPOOFCHK),
                setting(said, IFLA_VF_TRUST), numbers(said, IFLA_VF_LINK_STATE, 2).map(each -> each.getInt(4))
                        .filter(state -> state >= 0 && state < Link.values().length).map(state -> Link.values()[state]));
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static Optional<ByteBuffer> numbers(Attributes said, int type, int count) {
        return said.bytes(type).filter(bytes -> bytes.length >= count * Integer.BYTES).map(VirtualFunctionState::buffer);
    }

    /** -1 of what the driver knows nothing of. */
    private static Optional<Boolean> setting(Attributes said, int type) {
        return numbers(said, type, 2).map(each -> each.getInt(4)).filter(value -> value >= 0).map(value -> value != 0);
    }
}
