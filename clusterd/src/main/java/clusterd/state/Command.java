package clusterd.state;

import clusterd.model.Decision;
import clusterd.model.Desire;
import clusterd.model.Network;
import clusterd.model.NetworkId;
import clusterd.model.Node;
import clusterd.model.NodeDescription;
import clusterd.model.NodeId;
import clusterd.model.NodeSpec;
import clusterd.model.NodeStatus;
import clusterd.model.Project;
import clusterd.model.Scaling;
import clusterd.model.ServiceId;
import clusterd.model.ServiceSpec;
import clusterd.model.SiteLoss;
import clusterd.model.StoredFile;
import clusterd.model.Task;
import clusterd.model.TaskId;
import clusterd.model.TaskStatus;
import clusterd.model.UpdateStatus;
import java.util.List;

/**
 * What the log carries. Ids, times and random numbers were chosen by whoever proposes it, so that it does the
 * same wherever it is applied. New ones are added at the end: their order is their number on disk.
 */
public sealed interface Command {
    /** A service that is not there yet. */
    record CreateService(ServiceId id, ServiceSpec spec, long atMillis) implements Command {
    }

    /**
     * Another spec for it.
     *
     * @param expectedVersion what its writer saw; 0 = whatever there is
     * @param update          where the change then stands
     */
    record UpdateService(ServiceId id, long expectedVersion, ServiceSpec spec, UpdateStatus update,
            long atMillis) implements Command {
    }

    /** How far the change of the service has come. */
    record MarkUpdate(ServiceId id, long expectedSpecVersion, UpdateStatus update) implements Command {
    }

    /** It goes once its tasks have ended. */
    record RemoveService(ServiceId id, long atMillis) implements Command {
    }

    /** One more task; dropped if its service is gone. */
    record CreateTask(Task task) implements Command {
    }

    /** A node for a task that waits for one. */
    record AssignTask(TaskId id, NodeId node, String why, long atMillis) implements Command {
    }

    /** Something later wanted of a task. */
    record SetDesire(TaskId id, Desire desire) implements Command {
    }

    /** What a node says of its tasks, in one of its sessions. */
    record ReportTasks(NodeId node, long session, List<TaskReport> reports) implements Command {
    }

    /** A task that its node cannot, or will not, speak of any more. */
    record EndTask(TaskId id, TaskStatus status) implements Command {
    }

    /** A task that has ended is forgotten. */
    record ForgetTask(TaskId id) implements Command {
    }

    /** A node that is not there yet. */
    record AddNode(Node node) implements Command {
    }

    /** What an operator wants of a node; {@code expectedVersion} as for services. */
    record UpdateNode(NodeId id, long expectedVersion, NodeSpec spec) implements Command {
    }

    /** A node begins a session: what it says in earlier ones is late from now on. */
    record OpenSession(NodeId id, long session, NodeDescription description, NodeStatus status)
            implements Command {
    }

    /** A node has, or is, something else. */
    record DescribeNode(NodeId id, long session, NodeDescription description) implements Command {
    }

    /** A node is there or not; dropped if it has begun another session since. */
    record MarkNode(NodeId id, long session, NodeStatus status) implements Command {
    }

    /** A node is no part of the cluster any more. */
    record RemoveNode(NodeId id) implements Command {
    }

    /** A secret or configuration; they do not change. */
    record CreateFile(StoredFile file) implements Command {
    }

    /** One that no service names. */
    record RemoveFile(String name, boolean secret) implements Command {
    }

    /** A project, new or changed. */
    record PutProject(Project project) implements Command {
    }

    /** One that no service is of. */
    record RemoveProject(String name) implements Command {
    }

    /** What was decided, to be asked for later. */
    record KeepDecision(Decision decision) implements Command {
    }

    /** A manager leads from now on: what deciders of earlier terms propose is refused. */
    record BeginTerm(long term, String leader) implements Command {
    }

    /**
     * Another content of an entry of the vault.
     *
     * @param expectedVersion what its writer saw; 0 = there is none yet
     */
    record PutVault(String key, long expectedVersion, byte[] data) implements Command {
        /** Copies the bytes. */
        public PutVault {
            data = data.clone();
        }

        @Override
        public byte[] data() {
            return data.clone();
        }
    }

    /** Pieces of a state that another group had: how a log begins that goes on from a backup. */
    record Restore(List<Part> parts) implements Command {
        /** Copies the list. */
        public Restore {
            parts = List.copyOf(parts);
        }
    }

    /** Another number of tasks for what they have to do; refused if the service is not of that version any more. */
    record ScaleService(ServiceId id, long expectedVersion, Scaling scaling) implements Command {
    }

    /** How far the loss of a site has come for a service. */
    record MarkSite(ServiceId id, SiteLoss loss) implements Command {
    }

    /** A network that is not there yet; it gets the lowest number that none has. */
    record CreateNetwork(Network network) implements Command {
    }

    /** One that no service names and no node has anything in. */
    record RemoveNetwork(NetworkId id) implements Command {
    }

    /** A node is to have a part of a network, if it has none. */
    record TakeBlock(NetworkId network, NodeId node) implements Command {
    }

    /** A node has nothing in a network any more. */
    record ReleaseBlock(NetworkId network, NodeId node) implements Command {
    }

    /**
     * Who in a network may talk to whom, and how old its keys may be, from now on.
     *
     * @param expected what its writer saw; refused if the network's policy is another
     * @param wanted   the same network with another policy, or newer keys
     */
    record PutPolicy(Network expected, Network wanted) implements Command {
    }
}
