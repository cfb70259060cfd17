package clusterd.dispatch;

import clusterd.model.Desire;
import clusterd.model.FileReference;
import clusterd.model.Node;
import clusterd.model.Service;
import clusterd.model.StoredFile;
import clusterd.model.Task;
import clusterd.model.TaskState;
import clusterd.model.TaskTemplate;
import clusterd.session.AssignedFile;
import clusterd.session.Assignment;
import clusterd.state.ClusterState;
import clusterd.template.RegistryLogin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A task of the state as its node is told of it. */
final class Assignments {
    private final Function<StoredFile, byte[]> open;

    /** @param open gives the bytes of a secret or configuration, and of a registry's login */
    Assignments(Function<StoredFile, byte[]> open) {
        this.open = open;
    }

    /** Whether a node is told of the task at all. */
    static boolean concerns(Task task) {
        return task.node().isPresent() && task.status().state() != TaskState.PENDING;
    }

    /** What its node shall do; of a task that has ended, keep what it left. */
    static Desire desire(Task task) {
        boolean over = task.status().state().isEnd() && task.desire().isAlive();
        return over ? Desire.SHUTDOWN : task.desire();
    }

    /** Of one that concerns its node; empty if its service is gone. */
    Optional<Assignment> of(Task task, ClusterState state) {
        Service service = state.service(task.service()).orElse(null);
        if (service == null) {
            return Optional.empty();
        }
        TaskTemplate template = service.template(task.specVersion());
        boolean unique = service.spec().mode().isUnique();
        String node = state.node(task.node().orElseThrow()).map(Node::description)
                .map(each -> each.hostname()).orElse("");
        List<AssignedFile> files = new ArrayList<>();
        if (desire(task).isAlive()) {
            add(template.secrets(), true, state, files);
            add(template.configs(), false, state, files);
        }
        return Optional.of(new Assignment(task.id(), service.id(), service.spec().name(), task.slot(),
                desire(task), desire(task).isAlive() ? RegistryLogin.opened(template, open)
                        : RegistryLogin.leftOut(template), unique, node, files, service.spec().labels()));
    }

    private void add(List<FileReference> references, boolean secret, ClusterState state,
            List<AssignedFile> files) {
        for (FileReference each : references) {
            state.file(each.name(), secret).ifPresent(file -> files.add(new AssignedFile(each.name(), secret,
                    each.target(), each.userId(), each.groupId(), each.mode(), open.apply(file))));
        }
    }
}
