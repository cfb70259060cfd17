package runtime.node;

import api.function.DivideRequest;
import api.function.DivideResponse;
import api.function.ListRequest;
import api.function.ListResponse;
import api.function.ResetRequest;
import api.function.ResetResponse;
import api.node.ListResourcesResponse;
import api.node.Resource;
import api.node.ResourceDevice;
import runtime.container.ContainerException;
import runtime.plugin.RegisteredPlugins;

/** The calls about what plug-ins of devices offer. */
final class ResourceCalls {
    private final RegisteredPlugins plugins;

    ResourceCalls(RegisteredPlugins plugins) {
        this.plugins = plugins;
    }

    ListResourcesResponse list() {
        ListResourcesResponse.Builder response = ListResourcesResponse.newBuilder();
        for (RegisteredPlugins.View each : plugins.all()) {
            Resource.Builder resource = Resource.newBuilder().setName(each.resource()).setSocket(each.socket().toString()).setTrouble(each.trouble());
            each.devices().forEach(device -> resource.addDevices(ResourceDevice.newBuilder().setId(device.id()).setHealthy(device.healthy())
                    .addAllNumaNodes(device.numaNodes()).setOwner(each.owners().getOrDefault(device.id(), ""))));
            response.addResources(resource);
        }
        return response.build();
    }

    ListResponse functions(ListRequest request) throws ContainerException {
        return plugins.functions(stub -> stub.list(request));
    }

    DivideResponse divide(DivideRequest request) throws ContainerException {
        return plugins.functions(stub -> stub.divide(request));
    }

    ResetResponse reset(ResetRequest request) throws ContainerException {
        return plugins.functions(stub -> stub.reset(request));
    }
}
