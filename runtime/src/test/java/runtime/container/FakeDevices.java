package runtime.container;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import runtime.device.ContainerEdits;
import runtime.device.Demand;
import runtime.device.ResourceRequest;
import runtime.topology.CpuList;

/** Plug-ins of devices that have enough of everything. */
final class FakeDevices implements DevicePlugins {
    final Map<String, List<String>> given = new ConcurrentHashMap<>();
    /** Why nothing is given; null if it is. */
    volatile String refusal;
    /** A device file that comes along. */
    volatile String file = "/dev/null";
    /** Processors that are everybody's; null = all are. */
    volatile String shared;
    /** A network device of the host that comes along; "" = none. */
    volatile String network = "";

    @Override
    public Equipment give(String containerId, Demand demand) throws ContainerException {
        if (refusal != null) {
            throw new ContainerException(ContainerException.Reason.START_FAILED, refusal, 125, null);
        }
        given.put(containerId, demand.resources().stream().map(ResourceRequest::resource).toList());
        Map<String, runtime.spec.Linux.NetDevice> moved = new TreeMap<>();
        if (!network.isEmpty()) {
            moved.put(network, new runtime.spec.Linux.NetDevice(java.util.Optional.of("net1")));
        }
        return new Equipment(List.of(new ContainerEdits(List.of("PCIDEVICE=0000:01:10.0"), List.of(new ContainerEdits.DeviceNode(file,
                java.util.Optional.empty(), java.util.Optional.empty(), java.util.OptionalLong.empty(), java.util.OptionalLong.empty(),
                java.util.OptionalInt.empty(), "rw", java.util.OptionalLong.empty(), java.util.OptionalLong.empty())), List.of(), List.of(),
                List.of(), false, moved)), List.of(), Map.of("device", "yes"), Map.of(),
                demand.exclusiveCpus() > 0 ? new CpuList(List.of(3)) : CpuList.NONE, java.util.OptionalInt.empty());
    }

    @Override
    public java.util.Optional<CpuList> sharedCpus() {
        return java.util.Optional.ofNullable(shared).map(each -> CpuList.parse(each).orElseThrow());
    }

    @Override
    public void release(String containerId) {
        given.remove(containerId);
    }

    @Override
    public void reconcile(Set<String> aliveIds) {
        given.keySet().retainAll(aliveIds);
    }
}
