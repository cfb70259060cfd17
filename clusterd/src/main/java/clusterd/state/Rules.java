package clusterd.state;

import clusterd.model.FileReference;
import clusterd.model.Node;
import clusterd.model.NodeStatus;
import clusterd.model.Project;
import clusterd.model.Service;
import clusterd.model.ServiceSpec;
import clusterd.model.StoredFile;
import clusterd.model.Task;
import clusterd.model.TaskState;
import clusterd.model.VaultEntry;
import clusterd.state.Result.Reason;
import clusterd.state.Result.Refused;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** What each command does to a state, or why not. A refused one has changed nothing. */
final class Rules {
    private Rules() {
    }

    static Result apply(Command command, Draft draft) {
        return switch (command) {
            case Command.CreateService create -> ServiceRules.create(create, draft);
            case Command.UpdateService update -> ServiceRules.update(update, draft);
            case Command.MarkUpdate mark -> ServiceRules.mark(mark, draft);
            case Command.RemoveService remove -> ServiceRules.remove(remove, draft);
            case Command.CreateTask create -> TaskRules.create(create.task(), draft);
            case Command.AssignTask assign -> TaskRules.assign(assign, draft);
            case Command.SetDesire set -> TaskRules.desire(set, draft);
            case Command.ReportTasks report -> TaskRules.report(report, draft);
            case Command.EndTask end -> TaskRules.end(end, draft);
            case Command.ForgetTask forget -> TaskRules.forget(forget, draft);
            case Command.AddNode add -> add(add.node(), draft);
            case Command.UpdateNode update -> update(update, draft);
            case Command.OpenSession open -> open(open, draft);
            case Command.DescribeNode describe -> describe(describe, draft);
            case Command.MarkNode mark -> mark(mark, draft);
            case Command.RemoveNode remove -> remove(remove, draft);
            case Command.CreateFile create -> create(create.file(), draft);
            case Command.RemoveFile remove -> remove(remove, draft);
            case Command.PutProject put -> {
                draft.put(put.project());
                yield Result.DONE;
            }
            case Command.RemoveProject remove -> remove(remove, draft);
            case Command.KeepDecision keep -> {
                draft.put(keep.decision());
                yield Result.DONE;
            }
            case Command.BeginTerm begin -> begin(begin, draft);
            case Command.PutVault put -> put(put, draft);
            case Command.Restore restore -> restore(restore, draft);
            case Command.ScaleService scale -> ServiceRules.scale(scale, draft);
            case Command.MarkSite mark -> ServiceRules.mark(mark, draft);
            case Command.CreateNetwork create -> NetworkRules.create(create.network(), draft);
            case Command.RemoveNetwork remove -> NetworkRules.remove(remove.id(), draft);
            case Command.TakeBlock take -> NetworkRules.take(take.network(), take.node(), draft);
            case Command.ReleaseBlock release -> NetworkRules.release(release, draft);
            case Command.PutPolicy put -> NetworkRules.put(put, draft);
        };
    }

    private static Result restore(Command.Restore restore, Draft draft) {
        restore.parts().forEach(part -> ClusterState.put(part, draft));
        return Result.DONE;
    }

    private static Result put(Command.PutVault put, Draft draft) {
        VaultEntry before = draft.vault(put.key());
        long version = before == null ? 0 : before.version();
        if (put.expectedVersion() != version) {
            return new Refused(Reason.OUT_OF_DATE, put.key() + " was changed meanwhile (version " + version
                    + ", not " + put.expectedVersion() + ")");
        }
        draft.put(new VaultEntry(put.key(), version + 1, put.data()));
        return new Result.Done(version + 1);
    }

    private static Result begin(Command.BeginTerm begin, Draft draft) {
        if (begin.term() <= draft.term()) {
            return new Refused(Reason.LATE, begin.leader() + " led in term " + begin.term() + "; it is term "
                    + draft.term());
        }
        draft.begin(begin.term(), begin.leader());
        return Result.DONE;
    }

    private static Result add(Node node, Draft draft) {
        if (draft.node(node.id()) != null) {
            return new Refused(Reason.EXISTS, "node " + node.id() + " is a part of the cluster already");
        }
        draft.put(node);
        return new Result.Done(node.version());
    }

    private static Result update(Command.UpdateNode update, Draft draft) {
        Node node = draft.node(update.id());
        if (node == null) {
            return noNode(update.id().value());
        }
        if (update.expectedVersion() != 0 && update.expectedVersion() != node.version()) {
            return new Refused(Reason.OUT_OF_DATE, "node " + node.id() + " was changed meanwhile (version "
                    + node.version() + ", not " + update.expectedVersion() + "): look at it and try again");
        }
        draft.put(node.with(update.spec()));
        EndpointRules.join(node.id(), draft);
        return new Result.Done(node.version() + 1);
    }

    private static Result open(Command.OpenSession open, Draft draft) {
        Node node = draft.node(open.id());
        if (node == null) {
            return noNode(open.id().value());
        }
        if (open.session() <= node.session()) {
            return new Refused(Reason.LATE, "node " + node.id() + " has begun session " + node.session()
                    + " already");
        }
        draft.put(node.inSession(open.session()).with(open.description()).with(open.status()));
        EndpointRules.join(open.id(), draft);
        return Result.DONE;
    }

    private static Result describe(Command.DescribeNode describe, Draft draft) {
        Node node = draft.node(describe.id());
        if (node == null) {
            return noNode(describe.id().value());
        }
        if (describe.session() != node.session()) {
            return late(node, describe.session());
        }
        if (!node.description().equals(describe.description())) {
            draft.put(node.with(describe.description()));
        }
        return Result.DONE;
    }

    private static Result mark(Command.MarkNode mark, Draft draft) {
        Node node = draft.node(mark.id());
        if (node == null) {
            return noNode(mark.id().value());
        }
        if (mark.session() != node.session()) {
            return late(node, mark.session());
        }
        draft.put(node.with(mark.status()));
        if (mark.status().state() == NodeStatus.State.DOWN) {
            orphanUnique(node, mark.status().sinceMillis(), draft);
        }
        return Result.DONE;
    }

    /**
     * What must run in one place only has ended where the lease is over. In the same step as the node goes down,
     * so that no session it begins later is given such a task beside the one that replaces it.
     */
    private static void orphanUnique(Node node, long atMillis, Draft draft) {
        List<Task> alive = draft.tasksOf(node.id()).stream().filter(Task::holdsNode).toList();
        for (Task task : alive) {
            Service service = draft.service(task.service());
            if (service != null && service.spec().mode().isUnique()) {
                draft.put(task.with(task.status().in(TaskState.ORPHANED, atMillis, "the lease of node "
                        + node.description().hostname() + " was over, and with it what must run in one place")));
            }
        }
    }

    static Refused late(Node node, long session) {
        return new Refused(Reason.LATE, "node " + node.id() + " is in session " + node.session() + ", not "
                + session);
    }

    private static Result remove(Command.RemoveNode remove, Draft draft) {
        Node node = draft.node(remove.id());
        if (node == null) {
            return noNode(remove.id().value());
        }
        List<Task> alive = draft.tasksOf(node.id()).stream().filter(Task::holdsNode).toList();
        for (Task task : alive) {
            draft.put(task.with(task.status().in(TaskState.ORPHANED, node.status().sinceMillis(),
                    "node " + node.description().hostname() + " was removed")));
        }
        draft.networking().blocks(node.id()).toList().forEach(draft::remove);
        draft.remove(node);
        return Result.DONE;
    }

    static Refused noNode(String id) {
        return new Refused(Reason.NOT_FOUND, "there is no node " + id + ": `jctl node ls` lists them");
    }

    private static Result create(StoredFile file, Draft draft) {
        if (draft.file(file.name(), file.secret()) != null) {
            return new Refused(Reason.EXISTS, file + " is there already: give this one another name, since"
                    + " tasks that use it must not see it change");
        }
        if (file.data().length > StoredFile.LIMIT_BYTES + 1024) {
            return new Refused(Reason.INVALID, file + " has " + file.data().length + " bytes; at most "
                    + StoredFile.LIMIT_BYTES + " are kept");
        }
        draft.put(file);
        return Result.DONE;
    }

    private static Result remove(Command.RemoveFile remove, Draft draft) {
        StoredFile file = draft.file(remove.name(), remove.secret());
        if (file == null) {
            return new Refused(Reason.NOT_FOUND, "there is no " + (remove.secret() ? "secret " : "config ")
                    + remove.name());
        }
        Optional<Service> user = StreamSupport.stream(draft.services().spliterator(), false)
                .filter(each -> uses(each, file)).findFirst();
        if (user.isPresent()) {
            return new Refused(Reason.IN_USE, file + " is used by service " + user.get().spec().name());
        }
        draft.remove(file);
        return Result.DONE;
    }

    private static boolean uses(Service service, StoredFile file) {
        return !service.removed() && service.templates().values().stream().anyMatch(template ->
                (file.secret() ? template.secrets() : template.configs()).stream()
                        .map(FileReference::name).anyMatch(file.name()::equals));
    }

    private static Result remove(Command.RemoveProject remove, Draft draft) {
        Project project = draft.project(remove.name());
        if (project == null) {
            return new Refused(Reason.NOT_FOUND, "there is no project " + remove.name());
        }
        for (Service service : draft.services()) {
            if (!service.removed() && service.spec().project().equals(project.name())) {
                return new Refused(Reason.IN_USE, "project " + project.name() + " has service "
                        + service.spec().name());
            }
        }
        draft.remove(project);
        return Result.DONE;
    }

    static boolean isOrdinary(ServiceSpec spec, Draft draft) {
        return spec.project().equals(ServiceSpec.STANDARD_PROJECT) || draft.project(spec.project()) != null;
    }
}
