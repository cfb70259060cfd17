package sriov.grant;

import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A virtual function as igbvf has it: a driver that is bound sees no new address, and its network device goes with it. */
public final class FakeFunction {
    private static final List<String> BY_UDEV = List.of("enp1s0v0");

    private final Random random;
    private FunctionState state;
    /** Whether its address was given; else its driver makes one up, and tells the physical function of it, which says so as if it had given it (igb). */
    private boolean isGiven;

    /** One that is like that. */
    public FakeFunction(FunctionState state, Random random) {
        this.state = state;
        this.isGiven = state.port().filter(port -> !port.address().equals(PortState.NO_ADDRESS)).isPresent();
        this.random = random;
    }

    /** What it is like. */
    public FunctionState state() {
        return state;
    }

    void take(List<Step> steps) {
        steps.forEach(this::take);
    }

    /** Does it as igbvf does. */
    public void take(Step step) {
        switch (step) {
            case Step.Unbind() -> state = new FunctionState(Optional.empty(), state.override(), Optional.empty(), state.port());
            case Step.Reset() -> require(state.driver().isEmpty(), "a reset under a driver");
            case Step.Override(String driver) -> state = new FunctionState(state.driver(), Optional.of(driver).filter(text -> !text.isEmpty()),
                    state.netdev(), state.port());
            case Step.Probe() -> probe();
            case Step.AwaitNetdev() -> require(state.netdev().isPresent(), "no network device comes");
            case Step.AwaitAddress(String address) -> require(old().address().equals(address), "it has another address");
            case Step.Rename(String name) -> netdev(new NetdevState(name, old().address(), old().mtuBytes(), down(), old().promiscuous(), old().altNames()));
            case Step.NetdevAddress(String address) -> {
                require(!isGiven || port().address().equals(address), "attempted to override administratively set MAC");
                addressed(address);
                netdev(new NetdevState(old().name(), address, old().mtuBytes(), old().up(), old().promiscuous(), old().altNames()));
            }
            case Step.Down() -> netdev(new NetdevState(old().name(), old().address(), old().mtuBytes(), false, old().promiscuous(), old().altNames()));
            case Step.Up() -> netdev(new NetdevState(old().name(), old().address(), old().mtuBytes(), true, old().promiscuous(), old().altNames()));
            case Step.Mtu(int bytes) -> netdev(new NetdevState(old().name(), old().address(), bytes, old().up(), old().promiscuous(), old().altNames()));
            case Step.Address(String address) -> {
                require(state.netdev().isEmpty(), "its driver does not see the new address");
                isGiven = !address.equals(PortState.NO_ADDRESS);
                addressed(address);
            }
            case Step.Tag(PortState.Vlan vlan) -> port(new PortState(port().address(), vlan, port().leastMegabit(), port().mostMegabit(),
                    port().spoofCheck(), port().trusted(), port().link()));
            case Step.Rates(int least, int most) -> port(new PortState(port().address(), port().vlan(), least, most, port().spoofCheck(),
                    port().trusted(), port().link()));
            case Step.SpoofCheck(boolean on) -> port(new PortState(port().address(), port().vlan(), port().leastMegabit(), port().mostMegabit(),
                    Optional.of(on), port().trusted(), port().link()));
            case Step.Trust(boolean on) -> port(new PortState(port().address(), port().vlan(), port().leastMegabit(), port().mostMegabit(),
                    port().spoofCheck(), Optional.of(on), port().link()));
            case Step.Link(PortState.LinkState link) -> port(new PortState(port().address(), port().vlan(), port().leastMegabit(), port().mostMegabit(),
                    port().spoofCheck(), port().trusted(), Optional.of(link)));
        }
    }

    private void probe() {
        if (state.driver().isPresent()) {
            return;
        }
        String driver = state.override().orElse("igbvf");
        String address = isGiven ? port().address() : "02:00:00:00:00:%02x".formatted(random.nextInt(256));
        if (!driver.equals(Course.VFIO)) {
            addressed(address);
        }
        state = new FunctionState(Optional.of(driver), state.override(), driver.equals(Course.VFIO) ? Optional.empty()
                : Optional.of(new NetdevState("eth7", address, 1500, false, false, BY_UDEV)), state.port());
    }

    private void addressed(String address) {
        port(new PortState(address, port().vlan(), port().leastMegabit(), port().mostMegabit(), port().spoofCheck(), port().trusted(), port().link()));
    }

    /** Its network device goes into a container's namespace. */
    public void leave() {
        state = new FunctionState(state.driver(), state.override(), Optional.empty(), state.port());
    }

    /** As a container with its own root does, and an operator who forgets it. */
    void meddle() {
        state.netdev().ifPresent(netdev -> netdev(new NetdevState("net1", netdev.address(), 9000, false, random.nextBoolean(), List.of())));
        if (random.nextBoolean()) {
            take(new Step.Tag(new PortState.Vlan(random.nextInt(1, 4095), 3, random.nextBoolean())));
        }
        if (random.nextInt(4) == 0) {
            take(new Step.Unbind());
        }
    }

    private PortState port() {
        return state.port().orElseThrow();
    }

    private void port(PortState port) {
        state = new FunctionState(state.driver(), state.override(), state.netdev(), Optional.of(port));
    }

    private NetdevState old() {
        return state.netdev().orElseThrow(() -> new AssertionError("there is no network device"));
    }

    private boolean down() {
        require(!old().up(), "EBUSY: one that is on keeps its name");
        return false;
    }

    private void netdev(NetdevState netdev) {
        state = new FunctionState(state.driver(), state.override(), Optional.of(netdev), state.port());
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    /** One that nobody has had. */
    public static FunctionState fresh(boolean addressed) {
        String address = addressed ? "02:aa:00:00:00:01" : PortState.NO_ADDRESS;
        return new FunctionState(Optional.of("igbvf"), Optional.empty(), Optional.of(new NetdevState("ens1f0v0", addressed ? address
                : "02:00:00:00:00:99", 1500, false, false, BY_UDEV)), Optional.of(new PortState(address, PortState.Vlan.NONE, 0, 0, Optional.of(true),
                        Optional.of(false), Optional.of(PortState.LinkState.AUTO))));
    }
}
