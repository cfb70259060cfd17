package sriov.grant;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sriov.pool.Mode;

/**
 * The steps from what a function is like to what a container wants, and back. A function has no driver while its port is changed: a driver that is bound does not
 * see a new address, and refuses every other from then on (igbvf).
 */
public final class Course {
    /** The driver that leaves a function to a program. */
    public static final String VFIO = "vfio-pci";

    private Course() { }

    /**
     * What a function that is free becomes, for who wants it so. One that is a network device already stays it, if it needs no other address: it was
     * reset when it was given back.
     */
    public static List<Step> toward(Wish wish, FunctionState now) {
        List<Step> settings = port(wish, now.port());
        boolean ready = wish.mode() == Mode.NETDEV && now.netdev().isPresent() && now.override().isEmpty()
                && settings.stream().noneMatch(Step.Address.class::isInstance);
        List<Step> steps = new ArrayList<>();
        if (!ready) {
            now.driver().ifPresent(any -> steps.add(new Step.Unbind()));
            steps.add(new Step.Reset());
        }
        steps.addAll(settings);
        if (!ready) {
            steps.add(new Step.Override(wish.mode() == Mode.VFIO ? VFIO : ""));
            steps.add(new Step.Probe());
        }
        if (wish.mode() == Mode.NETDEV) {
            steps.add(new Step.AwaitNetdev());
            wish.address().ifPresent(address -> steps.add(new Step.AwaitAddress(address)));
            steps.add(new Step.Down());
            wish.mtuBytes().ifPresent(bytes -> steps.add(new Step.Mtu(bytes)));
        }
        return steps;
    }

    private static List<Step> port(Wish wish, Optional<PortState> now) {
        List<Step> steps = new ArrayList<>();
        wish.trusted().filter(on -> differs(on, now.flatMap(PortState::trusted))).ifPresent(on -> steps.add(new Step.Trust(on)));
        wish.address().filter(address -> differs(address, now.map(PortState::address))).ifPresent(address -> steps.add(new Step.Address(address)));
        wish.vlan().filter(vlan -> differs(vlan, now.map(PortState::vlan))).ifPresent(vlan -> steps.add(new Step.Tag(vlan)));
        if (wish.leastMegabit().isPresent() || wish.mostMegabit().isPresent()) {
            Step.Rates rates = new Step.Rates(wish.leastMegabit().orElse(now.map(PortState::leastMegabit).orElse(0)),
                    wish.mostMegabit().orElse(now.map(PortState::mostMegabit).orElse(0)));
            if (differs(rates, now.map(port -> new Step.Rates(port.leastMegabit(), port.mostMegabit())))) {
                steps.add(rates);
            }
        }
        wish.spoofCheck().filter(on -> differs(on, now.flatMap(PortState::spoofCheck))).ifPresent(on -> steps.add(new Step.SpoofCheck(on)));
        wish.link().filter(state -> differs(state, now.flatMap(PortState::link))).ifPresent(state -> steps.add(new Step.Link(state)));
        return steps;
    }

    private static <T> boolean differs(T wanted, Optional<T> now) {
        return !now.equals(Optional.of(wanted));
    }

    /**
     * What a function becomes that nobody wants any more: as it was, also where a container, a driver or somebody else has changed it
     * meanwhile. Its network device is made anew by its driver, so nothing that was set of the old one is left.
     *
     * @param before what it was like
     */
    public static List<Step> back(FunctionState before, FunctionState now) {
        List<Step> steps = new ArrayList<>();
        now.driver().ifPresent(any -> steps.add(new Step.Unbind()));
        before.port().ifPresent(port -> {
            if (isGiven(before)) {
                // Also if it is told now: what a driver made up is told as well, and goes with it.
                steps.add(new Step.Address(port.address()));
            }
            restored(port, now.port()).stream().filter(step -> !steps.contains(step)).forEach(steps::add);
        });
        steps.add(new Step.Reset());
        steps.add(new Step.Override(before.override().orElse("")));
        if (before.driver().isPresent()) {
            steps.add(new Step.Probe());
        }
        before.netdev().ifPresent(netdev -> {
            boolean given = isGiven(before);
            steps.add(new Step.AwaitNetdev());
            if (given) {
                steps.add(new Step.AwaitAddress(netdev.address()));
            }
            steps.add(new Step.Down());
            steps.add(new Step.Rename(netdev.name()));
            if (!given) {
                steps.add(new Step.NetdevAddress(netdev.address())); // the driver makes one up otherwise
            }
            steps.add(new Step.Mtu(netdev.mtuBytes()));
            if (netdev.up()) {
                steps.add(new Step.Up());
            }
        });
        return steps;
    }

    /** Whether its network device had the address that its physical function told. */
    private static boolean isGiven(FunctionState before) {
        return before.netdev().isPresent() && before.port().map(PortState::address).equals(before.netdev().map(NetdevState::address));
    }

    /** What a function becomes of which nobody knows what it was like. */
    public static List<Step> plain(FunctionState now) {
        List<Step> steps = new ArrayList<>();
        now.driver().ifPresent(any -> steps.add(new Step.Unbind()));
        now.port().ifPresent(port -> steps.addAll(restored(new PortState(PortState.NO_ADDRESS, PortState.Vlan.NONE, 0, 0,
                port.spoofCheck().map(any -> true), port.trusted().map(any -> false), port.link().map(any -> PortState.LinkState.AUTO)), now.port())));
        steps.add(new Step.Reset());
        steps.add(new Step.Override(""));
        steps.add(new Step.Probe());
        return steps;
    }

    private static List<Step> restored(PortState before, Optional<PortState> now) {
        List<Step> steps = new ArrayList<>();
        if (differs(before.address(), now.map(PortState::address))) {
            steps.add(new Step.Address(before.address()));
        }
        if (differs(before.vlan(), now.map(PortState::vlan))) {
            steps.add(new Step.Tag(before.vlan()));
        }
        Step.Rates rates = new Step.Rates(before.leastMegabit(), before.mostMegabit());
        if (differs(rates, now.map(port -> new Step.Rates(port.leastMegabit(), port.mostMegabit())))) {
            steps.add(rates);
        }
        before.spoofCheck().filter(on -> differs(on, now.flatMap(PortState::spoofCheck))).ifPresent(on -> steps.add(new Step.SpoofCheck(on)));
        before.trusted().filter(on -> differs(on, now.flatMap(PortState::trusted))).ifPresent(on -> steps.add(new Step.Trust(on)));
        before.link().filter(state -> differs(state, now.flatMap(PortState::link))).ifPresent(state -> steps.add(new Step.Link(state)));
        return steps;
    }

    /** What of a wish is not so, a sentence each; none if all of it is. */
    public static List<String> lacking(Wish wish, FunctionState now) {
        List<String> all = new ArrayList<>();
        switch (wish.mode()) {
            case VFIO -> expect(all, "driver", Optional.of(VFIO), now.driver());
            case NETDEV -> {
                if (now.netdev().isEmpty()) {
                    all.add("it has no network device");
                }
                wish.mtuBytes().ifPresent(bytes -> expect(all, "MTU", Optional.of(bytes), now.netdev().map(NetdevState::mtuBytes)));
                expect(all, "hardware address", wish.address(), now.netdev().map(NetdevState::address));
            }
        }
        all.addAll(lacking(wish, now.port()));
        return all;
    }

    /** What of a wish its physical function was not told, or was told otherwise since, a sentence each. */
    public static List<String> lacking(Wish wish, Optional<PortState> port) {
        List<String> all = new ArrayList<>();
        expect(all, "address by the physical function", wish.address(), port.map(PortState::address));
        expect(all, "VLAN", wish.vlan(), port.map(PortState::vlan));
        wish.leastMegabit().ifPresent(rate -> expect(all, "least rate", Optional.of(rate), port.map(PortState::leastMegabit)));
        wish.mostMegabit().ifPresent(rate -> expect(all, "most rate", Optional.of(rate), port.map(PortState::mostMegabit)));
        expect(all, "spoof check", wish.spoofCheck(), port.flatMap(PortState::spoofCheck));
        expect(all, "trust", wish.trusted(), port.flatMap(PortState::trusted));
        expect(all, "link state", wish.link(), port.flatMap(PortState::link));
        return all;
    }

    private static <T> void expect(List<String> all, String what, Optional<T> wanted, Optional<T> now) {
        if (wanted.isPresent() && !wanted.equals(now)) {
            all.add(what + " is " + now.map(Object::toString).orElse("unknown") + ", and " + wanted.get() + " was asked for");
        }
    }

    /** What is other than it was, a sentence each; none if all is as it was. */
    public static List<String> differences(FunctionState before, FunctionState now) {
        List<String> all = new ArrayList<>();
        compare(all, "driver", before.driver(), now.driver());
        compare(all, "driver_override", before.override(), now.override());
        compare(all, "network device", before.netdev().map(NetdevState::name), now.netdev().map(NetdevState::name));
        compare(all, "hardware address", before.netdev().map(NetdevState::address), now.netdev().map(NetdevState::address));
        compare(all, "MTU", before.netdev().map(NetdevState::mtuBytes), now.netdev().map(NetdevState::mtuBytes));
        compare(all, "promiscuous mode", before.netdev().map(NetdevState::promiscuous), now.netdev().map(NetdevState::promiscuous));
        compare(all, "alternative names", before.netdev().map(NetdevState::altNames), now.netdev().map(NetdevState::altNames));
        if (!isOwnAddress(before, now)) {
            compare(all, "address by the physical function", before.port().map(PortState::address), now.port().map(PortState::address));
        }
        compare(all, "VLAN", before.port().map(PortState::vlan), now.port().map(PortState::vlan));
        compare(all, "least rate", before.port().map(PortState::leastMegabit), now.port().map(PortState::leastMegabit));
        compare(all, "most rate", before.port().map(PortState::mostMegabit), now.port().map(PortState::mostMegabit));
        compare(all, "spoof check", before.port().flatMap(PortState::spoofCheck), now.port().flatMap(PortState::spoofCheck));
        compare(all, "trust", before.port().flatMap(PortState::trusted), now.port().flatMap(PortState::trusted));
        compare(all, "link state", before.port().flatMap(PortState::link), now.port().flatMap(PortState::link));
        return all;
    }

    /**
     * Whether nobody gave it an address, and its driver has told the physical function of the one that it made up: that is told as if it had been given (igb,
     * {@code igb_set_vf_mac_filter}), and goes with the driver.
     */
    private static boolean isOwnAddress(FunctionState before, FunctionState now) {
        return before.port().map(PortState::address).equals(Optional.of(PortState.NO_ADDRESS)) && now.netdev().isPresent()
                && now.port().map(PortState::address).equals(now.netdev().map(NetdevState::address));
    }

    private static <T> void compare(List<String> all, String what, Optional<T> before, Optional<T> now) {
        if (!before.equals(now)) {
            all.add(what + " is " + now.map(Object::toString).orElse("none") + ", and was " + before.map(Object::toString).orElse("none"));
        }
    }
}
