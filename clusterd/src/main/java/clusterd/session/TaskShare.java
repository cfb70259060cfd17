package clusterd.session;

import clusterd.model.NodeId;
import clusterd.model.TaskId;
import java.util.List;

/**
 * A task that has connections.
 *
 * @param task      which
 * @param place     what tells it from the others of its service, as {@code 1} or {@code site.1}
 * @param node      where it runs
 * @param addresses in the network, IPv4 first
 * @param leaving   whether it takes no new ones: it is not ready yet, is to end, or its node is lost
 * @param lost      whether its node is lost
 */
public record TaskShare(TaskId task, String place, NodeId node, List<String> addresses, boolean leaving, boolean lost) {
    /** One whose node is not lost. */
    public TaskShare(TaskId task, String place, NodeId node, List<String> addresses, boolean leaving) {
        this(task, place, node, addresses, leaving, false);
    }

    /** Copies the list. */
    public TaskShare {
        addresses = List.copyOf(addresses);
    }
}
