package clusterd.executor;

import clusterd.agent.Tasks;
import clusterd.model.TaskId;
import clusterd.session.Assignment;
import clusterd.session.AssignmentDelta;
import clusterd.state.TaskReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A node's tasks. When it begins, it takes up the tasks that are on disk and their containers as they are; what is
 * assigned to it is carried out; when it ends, containers go on. Methods may be called by any thread.
 */
public final class TaskRunners implements Tasks, AutoCloseable {
    private static final long LOOK_NANOS = 1_000_000_000;

    private final Surroundings around;
    private final Map<TaskId, TaskRunner> runners = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final TaskContainers.Watch watch;
    private boolean cutOff;
    private boolean closed;
    private Thread sweeper;

    /**
     * Takes up what there is. No container is removed before a manager has said which tasks there are.
     *
     * @param cutOff whether no manager can be asked, as is so until a session has begun
     * @throws IOException if the folder of assignments cannot be read
     */
    public TaskRunners(Surroundings around, boolean cutOff) throws IOException {
        this.around = around;
        this.cutOff = cutOff;
        AssignmentStore.Found found = around.store().load();
        found.problems().forEach(around.journal());
        for (StoredTask stored : found.tasks()) {
            begin(stored.assignment(), false, Optional.of(stored));
        }
        this.watch = around.containers().watch(this::happened);
    }

    private void begin(Assignment assignment, boolean givenNow, Optional<StoredTask> stored) {
        TaskId task = assignment.task();
        TaskRunner runner = new TaskRunner(around, assignment, givenNow, stored, cutOff,
                () -> runners.remove(task));
        runners.put(task, runner);
        runner.start();
    }

    private void happened(Optional<TaskId> task) {
        if (task.isEmpty()) {
            runners.values().forEach(runner -> runner.mail().wake());
            return;
        }
        TaskRunner runner = runners.get(task.get());
        if (runner != null) {
            runner.mail().wake();
        }
    }

    /** Has it carried out. The same again changes nothing; what is older than what is known is dropped. */
    @Override
    public void assign(AssignmentDelta delta) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the executor is closed");
            }
            Set<TaskId> named = new HashSet<>();
            for (Assignment assignment : delta.put()) {
                named.add(assignment.task());
                TaskRunner runner = runners.get(assignment.task());
                if (runner == null) {
                    begin(assignment, true, Optional.empty());
                } else {
                    runner.mail().assign(assignment);
                }
            }
            for (TaskId task : delta.removed()) {
                remove(task);
            }
            if (delta.whole()) {
                runners.keySet().stream().filter(task -> !named.contains(task)).forEach(this::remove);
                sweep();
            }
        } finally {
            lock.unlock();
        }
    }

    private void remove(TaskId task) {
        TaskRunner runner = runners.get(task);
        if (runner != null) {
            runner.mail().remove();
        }
    }

    /** Removes what belongs to no task: a manager has said which there are. */
    private void sweep() {
        try {
            around.files().removeAllBut(Set.copyOf(runners.keySet()));
        } catch (IOException stays) {
            around.journal().accept("files of tasks that are no more stay: " + stays);
        }
        if (sweeper != null) {
            sweeper.interrupt();
        }
        sweeper = Thread.ofVirtual().name("task-sweep").start(this::removeStrays);
    }

    private void removeStrays() {
        for (int tries = 1;; tries++) {
            try {
                for (ContainerSeen each : around.containers().list()) {
                    if (!runners.containsKey(each.task())) {
                        around.containers().remove(each.id());
                        around.journal().accept("container " + each.id().substring(0, Math.min(12,
                                each.id().length())) + " was of task " + each.task()
                                + ", which is not assigned here, and is removed");
                    }
                }
                return;
            } catch (ContainersException failed) {
                around.journal().accept("containers of tasks that are no more cannot be removed: "
                        + failed.getMessage() + "; tried again");
                try {
                    Thread.sleep(around.pace().restMillis(tries));
                } catch (InterruptedException end) {
                    return;
                }
            } catch (InterruptedException end) {
                return;
            }
        }
    }

    /**
     * What is known of every task there is now, by their ids. Containers that were taken up have been looked at by
     * then, unless that takes too long: a manager prefers a task that is said to run to the one that replaced it.
     */
    @Override
    public List<TaskReport> reports() {
        long deadline = System.nanoTime() + LOOK_NANOS;
        try {
            for (TaskRunner runner : runners.values()) {
                runner.awaitLook(deadline);
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt(); // whoever asks is ending
        }
        Map<TaskId, TaskReport> reports = new TreeMap<>();
        runners.forEach((task, runner) -> reports.put(task, runner.report()));
        return List.copyOf(reports.values());
    }

    /** Whether no manager can be asked: what ends meanwhile is started again here, if its service wants that. */
    @Override
    public void cutOff(boolean isCutOff) {
        lock.lock();
        try {
            cutOff = isCutOff;
            runners.values().forEach(runner -> runner.mail().cutOff(isCutOff));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void leaseUntil(long endsAtBootNanos, long lengthMillis) {
        around.containers().leaseUntil(endsAtBootNanos, lengthMillis);
    }

    /**
     * The lease is over: kills the containers of all unique tasks, side by side. Once it returns the kernel was
     * told, and none of them will be started; it returns before that only if this is closed meanwhile.
     */
    @Override
    public void fence() {
        List<Thread> threads = new ArrayList<>();
        for (TaskRunner runner : runners.values()) {
            threads.add(Thread.ofVirtual().name("fence").start(runner::fence));
        }
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (!joined(thread)) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends; containers go on. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            lock.unlock();
        }
        watch.close();
        boolean interrupted = false;
        if (sweeper != null) {
            sweeper.interrupt();
            interrupted = !joined(sweeper);
        }
        for (TaskRunner runner : runners.values()) {
            try {
                runner.close();
            } catch (InterruptedException hurry) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        try {
            around.files().removeIfEmpty();
        } catch (IOException stays) {
            around.journal().accept("an empty folder stays: " + stays);
        }
    }

    private static boolean joined(Thread thread) {
        try {
            thread.join();
            return true;
        } catch (InterruptedException hurry) {
            return false;
        }
    }
}
