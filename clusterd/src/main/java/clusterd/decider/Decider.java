package clusterd.decider;

import clusterd.model.Desire;
import clusterd.model.Node;
import clusterd.model.NodeStatus;
import clusterd.model.Service;
import clusterd.model.ServiceId;
import clusterd.model.Task;
import clusterd.model.TaskId;
import clusterd.model.TaskState;
import clusterd.reconcile.Reconciler;
import clusterd.reconcile.Reconciliation;
import clusterd.scheduler.Fleet;
import clusterd.scheduler.Round;
import clusterd.scheduler.Scheduler;
import clusterd.state.Change;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * A leader's thoughts. It is told of every change, and asked what to do. What it returns must be applied, or
 * the decider be thrown away, before it is asked again: it has noted its own assignments already.
 */
public final class Decider {
    /** Commands after which a round ends, so that none holds the log for long. */
    private static final int ROUND = 5_000;

    private final Supplier<TaskId> ids;
    private final Fleet fleet;
    private final Scheduler scheduler;
    private final Waiting waiting = new Waiting();
    private final Wakes wakes = new Wakes();
    private final LinkedHashSet<ServiceId> unsettled = new LinkedHashSet<>();
    private ClusterState state;

    /**
     * Of a leader that begins.
     *
     * @param state of that moment; changes after it are to be told
     * @param ids   that no task has
     */
    public Decider(ClusterState state, Supplier<TaskId> ids) {
        this.ids = ids;
        this.state = state;
        this.fleet = Fleet.of(state);
        this.scheduler = new Scheduler(fleet);
        state.services().forEach(each -> unsettled.add(each.id()));
        state.tasks().forEach(waiting::put);
    }

    /** The state it thinks about. */
    public ClusterState state() {
        return state;
    }

    /**
     * Something was applied.
     *
     * @param changes in their order
     * @param after   them
     */
    public void observe(List<Change> changes, ClusterState after) {
        state = after;
        fleet.observe(changes, after);
        for (Change change : changes) {
            switch (change) {
                case Change.ServiceChange each -> unsettled.add(each.latest().id());
                case Change.TaskChange each -> {
                    if (Progress.matters(each, after)) {
                        unsettled.add(each.latest().service());
                    }
                    if (each.after().isPresent()) {
                        waiting.put(each.latest());
                    } else {
                        waiting.remove(each.latest());
                    }
                }
                case Change.NodeChange each -> observe(each);
                case Change.FileChange each -> { /* is looked up when it is needed */ }
                case Change.ProjectChange each -> { /* is looked up when it is needed */ }
                case Change.DecisionKept each -> { /* was decided here */ }
                case Change.VaultChange each -> { /* is no matter of tasks */ }
                case Change.TermBegan each -> { /* another decides, or this one begins */ }
                case Change.NetworkChange each -> { /* goes with what is decided of tasks */ }
                case Change.BlockChange each -> { /* goes with what is decided of tasks */ }
                case Change.VirtualAddressChange each -> { /* goes with what is decided of services */ }
            }
        }
    }

    private void observe(Change.NodeChange change) {
        boolean matters = change.before().isEmpty() || change.after().isEmpty()
                || matters(change.before().get(), change.after().get());
        if (!matters) {
            return;
        }
        state.tasksOf(change.latest().id()).forEach(task -> unsettled.add(task.service()));
        for (Service each : state.services()) {
            if (each.spec().mode().followsNodes()) {
                unsettled.add(each.id());
            }
        }
    }

    private static boolean matters(Node before, Node after) {
        return !before.spec().equals(after.spec()) || isDown(before) != isDown(after)
                || !before.site().equals(after.site())
                || !before.description().labels().equals(after.description().labels())
                || !before.description().platform().equals(after.description().platform());
    }

    private static boolean isDown(Node node) {
        return node.status().state() == NodeStatus.State.DOWN || node.status().state() == NodeStatus.State.UNKNOWN;
    }

    /** When it has something to do though nothing changes, milliseconds since 1970; 0 = at once. */
    public OptionalLong wakeAtMillis() {
        return unsettled.isEmpty() ? wakes.next(waiting.next()) : OptionalLong.of(0);
    }

    /**
     * What to do next; nothing if all is as it should be.
     *
     * @param nowMillis since 1970
     */
    public List<Command> decide(long nowMillis) {
        unsettled.addAll(wakes.due(nowMillis));
        List<Command> commands = new ArrayList<>();
        for (Iterator<ServiceId> each = unsettled.iterator(); each.hasNext() && commands.size() < ROUND;) {
            ServiceId id = each.next();
            each.remove();
            state.service(id).ifPresent(service -> settle(service, nowMillis, commands));
        }
        // Tasks that these commands make can have their nodes in the same entry of the log.
        ClusterState.Applied then = state.apply(commands);
        Waiting soon = waiting.with(then.changes());
        Round round = scheduler.decide(soon.groups(then.state(), scheduler, nowMillis, ROUND), then.state().projects(),
                then.state().decisions().isEmpty() ? 1 : then.state().decisions().lastKey() + 1, nowMillis);
        round.assignments().forEach(each ->
                commands.add(new Command.AssignTask(each.task(), each.node(), each.why(), nowMillis)));
        round.evictions().forEach(each -> commands.add(new Command.SetDesire(each.victim(), Desire.SHUTDOWN)));
        round.decisions().forEach(each -> commands.add(new Command.KeepDecision(each)));
        return commands;
    }

    /** A command of its own did not come to pass: what was noted of it already is taken back. */
    public void refused(Command command) {
        switch (command) {
            case Command.AssignTask assign -> fleet.forget(assign.id(), state);
            case Command.CreateTask create -> fleet.forget(create.task().id(), state);
            default -> { /* nothing was noted of it */ }
        }
    }

    private void settle(Service service, long nowMillis, List<Command> commands) {
        Reconciliation step = Reconciler.reconcile(state, fleet::node, service, nowMillis, ids);
        commands.addAll(step.commands());
        wakes.set(service.id(), step.wakeAtMillis());
    }

    /** A task that waits for a node, and when it may have one. */
    static boolean waits(Task task) {
        return task.isAlive() && task.status().state() == TaskState.PENDING;
    }
}
