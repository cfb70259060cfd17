package sriov.plugin;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import sriov.grant.FakeFunction;
import sriov.grant.FunctionState;
import sriov.grant.Step;
import sriov.inventory.PciAddress;

/** Functions of no card, one of which refuses what it is told to, and which can be where a process is killed. */
final class FakeFunctions implements Functions {
    private final Map<PciAddress, FakeFunction> all = new TreeMap<>();
    private final Set<PciAddress> inUse = new HashSet<>();
    private final Set<PciAddress> group = new HashSet<>();
    private final List<Step> taken = new ArrayList<>();
    private Predicate<Step> refused = none -> false;
    private int left = Integer.MAX_VALUE;

    /** The process ends here: nothing after it is done. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    PciAddress add(int number, FunctionState state, Random random) {
        PciAddress address = new PciAddress(0, 1, number, 0);
        all.put(address, new FakeFunction(state, random));
        return address;
    }

    FakeFunction function(PciAddress address) {
        return all.get(address);
    }

    void refuse(Predicate<Step> steps) {
        refused = steps;
    }

    void use(PciAddress function, boolean used) {
        if (used) {
            inUse.add(function);
        } else {
            inUse.remove(function);
        }
    }

    void killAfter(int calls) {
        left = calls;
    }

    void live() {
        left = Integer.MAX_VALUE;
    }

    List<Step> taken() {
        return taken;
    }

    private void call() {
        if (left-- <= 0) {
            throw new Killed();
        }
    }

    @Override
    public boolean isThere(PciAddress function) {
        call();
        return all.containsKey(function);
    }

    /** They are in one IOMMU group. */
    void join(PciAddress... functions) {
        group.addAll(List.of(functions));
    }

    @Override
    public List<PciAddress> companions(PciAddress function) {
        return group.contains(function) ? group.stream().filter(each -> !each.equals(function)).toList() : List.of();
    }

    @Override
    public FunctionState state(PciAddress function) throws IOException {
        call();
        if (!all.containsKey(function)) {
            throw new IOException("there is no function " + function);
        }
        return all.get(function).state();
    }

    @Override
    public void take(PciAddress function, Step step) throws IOException {
        call();
        if (refused.test(step)) {
            throw new IOException("setsockopt: EOPNOTSUPP of " + step);
        }
        taken.add(step);
        all.get(function).take(step);
    }

    @Override
    public boolean isInUse(PciAddress function) {
        return inUse.contains(function);
    }
}
