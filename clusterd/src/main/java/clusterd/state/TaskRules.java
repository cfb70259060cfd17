package clusterd.state;

import clusterd.model.Desire;
import clusterd.model.Node;
import clusterd.model.Service;
import clusterd.model.Task;
import clusterd.model.TaskState;
import clusterd.model.TaskStatus;
import clusterd.state.Result.Reason;
import clusterd.state.Result.Refused;

/** What commands about tasks do. */
final class TaskRules {
    private TaskRules() {
    }

    static Result create(Task task, Draft draft) {
        Service service = draft.service(task.service());
        if (service == null || service.removed() && task.desire().isAlive()) {
            return new Refused(Reason.LATE, "service " + task.service() + " of task " + task.id() + " is gone");
        }
        if (!service.templates().containsKey(task.specVersion())) {
            return new Refused(Reason.LATE, "task " + task.id() + " is of version " + task.specVersion()
                    + " of service " + service.spec().name() + ", which is gone");
        }
        if (draft.task(task.id()) != null) {
            return new Refused(Reason.EXISTS, "task " + task.id() + " is there already");
        }
        draft.put(task);
        return Result.DONE;
    }

    static Result assign(Command.AssignTask assign, Draft draft) {
        Task task = draft.task(assign.id());
        Node node = draft.node(assign.node());
        if (task == null || !task.isAlive() || task.status().state() != TaskState.PENDING) {
            return new Refused(Reason.LATE, "task " + assign.id() + " wants no node any more");
        }
        if (node == null) {
            return Rules.noNode(assign.node().value());
        }
        if (task.node().isPresent() && !task.node().get().equals(assign.node())) {
            return new Refused(Reason.INVALID, "task " + assign.id() + " belongs to node " + task.node().get());
        }
        if (!node.takesTasks()) {
            return new Refused(Reason.LATE, "node " + node.id() + " takes no tasks any more");
        }
        NetworkRules.takeFor(task, assign.node(), draft);
        draft.put(task.on(assign.node(),
                task.status().in(TaskState.ASSIGNED, assign.atMillis(), assign.why())));
        return Result.DONE;
    }

    static Result desire(Command.SetDesire set, Draft draft) {
        Task task = draft.task(set.id());
        if (task == null) {
            return noTask(set.id().value());
        }
        if (set.desire().compareTo(task.desire()) > 0) {
            draft.put(task.with(set.desire()));
        }
        return Result.DONE;
    }

    static Result report(Command.ReportTasks report, Draft draft) {
        Node node = draft.node(report.node());
        if (node == null) {
            return Rules.noNode(report.node().value());
        }
        if (node.session() != report.session()) {
            return Rules.late(node, report.session());
        }
        for (TaskReport said : report.reports()) {
            TaskReport each = new TaskReport(said.task(), NetworkRules.owned(said.status(), node.id(), draft));
            Task task = draft.task(each.task());
            boolean its = task != null && task.node().filter(node.id()::equals).isPresent();
            if (its && isNews(task, each.status())) {
                draft.put(task.heard(each.status(), report.session()));
            } else if (its && task.session() != report.session()
                    && task.status().state() == each.status().state()) {
                draft.put(task.heard(task.status(), report.session()));
            }
        }
        return Result.DONE;
    }

    /** The same state again is news if it says more. */
    private static boolean isNews(Task task, TaskStatus said) {
        TaskStatus known = task.status();
        return known.state().mayBecome(said.state())
                || known.state() == said.state() && !known.state().isEnd() && !known.equals(said);
    }

    static Result end(Command.EndTask end, Draft draft) {
        Task task = draft.task(end.id());
        if (task == null) {
            return noTask(end.id().value());
        }
        if (!end.status().state().isEnd()) {
            return new Refused(Reason.INVALID, end.status().state() + " is no end");
        }
        if (task.status().state().mayBecome(end.status().state())) {
            draft.put(task.with(end.status()));
        }
        return Result.DONE;
    }

    static Result forget(Command.ForgetTask forget, Draft draft) {
        Task task = draft.task(forget.id());
        if (task == null) {
            return Result.DONE;
        }
        if (!task.status().state().isEnd()) {
            return new Refused(Reason.IN_USE, "task " + task.id() + " is " + task.status().state()
                    + ": end it first");
        }
        draft.remove(task.with(Desire.REMOVE));
        Service service = draft.service(task.service());
        if (service != null && service.removed() && draft.tasksOf(service.id()).isEmpty()) {
            draft.remove(service);
        }
        return Result.DONE;
    }

    private static Refused noTask(String id) {
        return new Refused(Reason.NOT_FOUND, "there is no task " + id);
    }
}
