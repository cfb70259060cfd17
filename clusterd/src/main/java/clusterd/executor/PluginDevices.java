package clusterd.executor;

import api.node.ContainerSummary;
import api.node.Filter;
import api.node.ListContainersRequest;
import api.node.ListResourcesRequest;
import api.node.NodeGrpc;
import api.node.Resource;
import api.node.ResourceDevice;
import clusterd.template.TaskNames;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Devices that plug-ins offer on this node, as far as tasks may have them. */
final class PluginDevices {
    private final NodeGrpc.NodeBlockingStub node;

    PluginDevices(NodeGrpc.NodeBlockingStub node) {
        this.node = node;
    }

    /**
     * So many of each name that are healthy and are free or a task's: what a container outside the cluster holds is not
     * for the scheduler to count on, and what a plug-in that is gone had nobody can be given.
     */
    SortedMap<String, Long> amounts() {
        List<Resource> resources = node.listResources(ListResourcesRequest.getDefaultInstance()).getResourcesList();
        boolean held = resources.stream().flatMap(each -> each.getDevicesList().stream())
                .anyMatch(each -> !each.getOwner().isEmpty());
        // Asked after the devices: a task that was given one has its container by then.
        return amounts(resources, held ? tasks() : Set.of());
    }

    private Set<String> tasks() {
        return node.listContainers(ListContainersRequest.newBuilder().setAll(true).addFilters(Filter.newBuilder()
                        .setKey("label").setValue(TaskNames.TASK_LABEL)).build()).getContainersList().stream()
                .map(ContainerSummary::getId).collect(Collectors.toSet());
    }

    private static SortedMap<String, Long> amounts(List<Resource> resources, Set<String> tasks) {
        TreeMap<String, Long> amounts = new TreeMap<>();
        for (Resource resource : resources) {
            for (ResourceDevice device : resource.getDevicesList()) {
                boolean ours = device.getOwner().isEmpty() || tasks.contains(device.getOwner());
                if (resource.getTrouble().isEmpty() && device.getHealthy() && ours) {
                    amounts.merge(resource.getName(), 1L, Long::sum);
                }
            }
        }
        return amounts;
    }
}
