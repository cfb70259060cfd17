package sriov.grant;

/** One change of a function. Each can be done again: after that it is as if it had been done once. */
public sealed interface Step {
    /** Takes its driver away; its network device is gone with it. */
    record Unbind() implements Step {
    }

    /** Resets the function (FLR): what the last driver left in it is gone. Functions that cannot are left as they are. */
    record Reset() implements Step {
    }

    /** It may have that driver alone; {@code ""} = any that knows it. */
    record Override(String driver) implements Step {
    }

    /** Lets the kernel find a driver for it. */
    record Probe() implements Step {
    }

    /** Until its network device is there, whatever it is called. */
    record AwaitNetdev() implements Step {
    }

    /**
     * Until its network device has the address that its physical function gave it. A driver that begins while its card is busy does not hear of that, and
     * makes one up: then it begins again.
     */
    record AwaitAddress(String address) implements Step {
    }

    /** Gives its network device a name; one that is on keeps its own. */
    record Rename(String name) implements Step {
    }

    /** Gives its network device a hardware address, which is not kept when the driver goes. */
    record NetdevAddress(String address) implements Step {
    }

    /** Turns its network device off: it can be renamed and moved then. */
    record Down() implements Step {
    }

    /** Turns its network device on, as it was. */
    record Up() implements Step {
    }

    /** The largest packet of its network device. */
    record Mtu(int bytes) implements Step {
    }

    /** Gives it a hardware address by its physical function; all zeroes takes it back. */
    record Address(String address) implements Step {
    }

    /** What its packets are tagged with. */
    record Tag(PortState.Vlan vlan) implements Step {
    }

    /** What it may send. */
    record Rates(int leastMegabit, int mostMegabit) implements Step {
    }

    /** Whether what it sends from other hardware addresses is dropped. */
    record SpoofCheck(boolean on) implements Step {
    }

    /** Whether it may be promiscuous, or change its hardware address. */
    record Trust(boolean on) implements Step {
    }

    /** What it is told of its cable. */
    record Link(PortState.LinkState state) implements Step {
    }
}
