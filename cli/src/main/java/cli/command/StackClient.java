package cli.command;

import api.cluster.ListNodesRequest;
import api.cluster.ListNodesResponse;
import api.cluster.ListServicesRequest;
import api.cluster.ListServicesResponse;
import api.cluster.ListTasksRequest;
import api.cluster.ListTasksResponse;
import api.cluster.RemoveServiceRequest;
import api.cluster.RemoveServiceResponse;
import api.cluster.Service;
import api.cluster.ServiceView;
import api.cluster.TaskView;
import clusterd.wire.ComposedService;
import cli.transport.CallException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The cluster as stacks are seen in it, and its only node, if it is one. */
final class StackClient implements AutoCloseable {
    private final Console console;
    private final NodeClient cluster;
    /** Opened when first needed: nothing but networks and volumes is the node's. */
    private NodeClient node;

    private StackClient(Console console, NodeClient cluster) {
        this.console = console;
        this.cluster = cluster;
    }

    static StackClient connect(Console console) throws UsageException, IOException {
        return new StackClient(console, NodeClient.connectToCluster(console));
    }

    NodeClient cluster() {
        return cluster;
    }

    NodeClient node() throws UsageException, IOException {
        if (node == null) {
            node = NodeClient.connect(console);
        }
        return node;
    }

    /** How many nodes the cluster has. */
    int nodes() throws CallException, IOException {
        return cluster.unary("ListNodes", ListNodesRequest.getDefaultInstance(), ListNodesResponse.parser())
                .getNodesCount();
    }

    /** Services of a stack by their names; also those that wait for their tasks to end. */
    Map<String, ServiceView> services(String stack) throws CallException, IOException {
        Map<String, ServiceView> services = new TreeMap<>();
        for (ServiceView view : views(ComposedService.STACK_LABEL + "=" + stack)) {
            services.put(view.getService().getSpec().getName(), view);
        }
        return services;
    }

    /** Services of all stacks. */
    List<ServiceView> services() throws CallException, IOException {
        return views(ComposedService.STACK_LABEL);
    }

    private List<ServiceView> views(String label) throws CallException, IOException {
        return cluster.unary("ListServices", ListServicesRequest.newBuilder().addFilters("label=" + label).build(),
                ListServicesResponse.parser()).getServicesList();
    }

    /** Tasks of a service, also those that have ended. */
    List<TaskView> tasks(String service) throws CallException, IOException {
        return cluster.unary("ListTasks", ListTasksRequest.newBuilder().addServices(service).build(),
                ListTasksResponse.parser()).getTasksList();
    }

    /** Removes a service; one that is gone already is none to speak of. */
    void remove(Service service) throws CallException, IOException {
        try {
            cluster.unary("RemoveService", RemoveServiceRequest.newBuilder().setName(service.getId()).build(),
                    RemoveServiceResponse.parser());
        } catch (CallException e) {
            if (e.code() != CallException.NOT_FOUND) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        cluster.close();
        if (node != null) {
            node.close();
        }
    }
}
