package clusterd.state;

import clusterd.model.ContainerTemplate;
import clusterd.model.Desire;
import clusterd.model.Mode;
import clusterd.model.Node;
import clusterd.model.NodeDescription;
import clusterd.model.NodeId;
import clusterd.model.NodeSpec;
import clusterd.model.NodeStatus;
import clusterd.model.Resources;
import clusterd.model.Role;
import clusterd.model.ServiceId;
import clusterd.model.ServiceSpec;
import clusterd.model.Task;
import clusterd.model.TaskId;
import clusterd.model.TaskStatus;
import clusterd.model.TaskTemplate;
import java.util.Optional;

/** Nouns for tests. */
public final class Sample {
    private Sample() {
    }

    /** Ready, with that many processors and gibibytes. */
    public static Node node(String name, int processors, int gibibytes) {
        return new Node(new NodeId(name), 1, NodeSpec.of(Role.WORKER),
                NodeDescription.of(name, Resources.of(processors * 1000L, (long) gibibytes << 30)),
                new NodeStatus(NodeStatus.State.READY, 0, "", ""), 1, 0);
    }

    /** The same in a site, as its agent says. */
    public static Node in(String site, Node node) {
        return node.with(node.description().in(site));
    }

    /** The same with a label. */
    public static Node labelled(Node node, String label, String value) {
        return new Node(node.id(), node.version(), node.spec().withLabel(label, value), node.description(),
                node.status(), node.session(), node.createdMillis());
    }

    /** What takes so many thousandths of a processor and mebibytes. */
    public static TaskTemplate template(int cpuMillis, int mebibytes) {
        return TaskTemplate.of(new ContainerTemplate("web:1", new byte[0]),
                Resources.of(cpuMillis, (long) mebibytes << 20));
    }

    /** Of so many replicas. */
    public static ServiceSpec service(String name, int replicas, TaskTemplate template) {
        return ServiceSpec.of(name, new Mode.Replicated(replicas, false), template);
    }

    /** One that waits for a node. */
    public static Task task(String id, ServiceId service, int slot, long version) {
        return Task.fresh(new TaskId(id), service, slot, version, Optional.empty(), Desire.RUNNING,
                TaskStatus.pending(0, ""), "wanted", 0, 0);
    }
}
