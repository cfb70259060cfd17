package clusterd.executor;

import clusterd.agent.NodeNetworks;
import clusterd.model.NodeId;
import clusterd.state.TaskReport;
import java.util.function.Consumer;

/**
 * What tasks are carried out with.
 *
 * @param node       this one
 * @param bootId     of this life of the host, by {@link BootMark}
 * @param containers the daemon
 * @param files      for secrets and configurations
 * @param store      what survives
 * @param pace       of tries
 * @param reports    told of each change of a task, those of one task in their order; must not block for long
 * @param journal    told what the operator should know, a line each
 * @param networks   of the cluster, as this node has them
 */
public record Surroundings(NodeId node, String bootId, TaskContainers containers, TaskFiles files,
        AssignmentStore store, Pace pace, Consumer<TaskReport> reports, Consumer<String> journal,
        NodeNetworks networks) {
    /** On a node that shares no networks. */
    public Surroundings(NodeId node, String bootId, TaskContainers containers, TaskFiles files, AssignmentStore store,
            Pace pace, Consumer<TaskReport> reports, Consumer<String> journal) {
        this(node, bootId, containers, files, store, pace, reports, journal, NodeNetworks.NONE);
    }
}
