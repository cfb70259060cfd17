package clusterd.executor;

import api.node.CreateContainerRequest;
import clusterd.model.ContainerTemplate;
import clusterd.model.Desire;
import clusterd.model.NodeId;
import clusterd.model.Resources;
import clusterd.model.RestartPolicy;
import clusterd.model.ServiceId;
import clusterd.model.TaskId;
import clusterd.model.TaskState;
import clusterd.model.TaskStatus;
import clusterd.model.TaskTemplate;
import clusterd.session.AssignedFile;
import clusterd.session.Assignment;
import clusterd.session.AssignmentDelta;
import clusterd.state.TaskReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** An executor under test, over a daemon it is given, and what it said. */
final class Agent implements AutoCloseable {
    static final RestartPolicy AT_ONCE = new RestartPolicy(RestartPolicy.Condition.ANY, 0, 0, 0);
    private static final long DEADLINE_SECONDS = 60;
    private static final long LOOK_MILLIS = 20;

    private final Path folder;
    private final TaskContainers containers;
    private final long removalMillis;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final List<TaskReport> reports = new ArrayList<>();
    private final List<String> journal = new ArrayList<>();
    private String bootId = "boot-1";
    private TaskFiles files;
    private TaskRunners runners;

    Agent(Path folder, TaskContainers containers) throws IOException {
        this(folder, containers, 60_000);
    }

    /** @param removalMillis how long a kill is taken for the beginning of a removal */
    Agent(Path folder, TaskContainers containers, long removalMillis) throws IOException {
        this.folder = folder;
        this.containers = containers;
        this.removalMillis = removalMillis;
        begin(false);
    }

    private Agent(Agent before, TaskContainers containers) throws IOException {
        this.folder = before.folder;
        this.containers = containers;
        this.removalMillis = before.removalMillis;
        this.bootId = before.bootId;
        begin(true);
    }

    /** The next one, with another daemon. */
    Agent after(TaskContainers another) throws IOException {
        return new Agent(this, another);
    }

    private void begin(boolean cutOff) throws IOException {
        files = TaskFiles.open(folder.resolve("run"), Path.of("/dev/shm"));
        runners = new TaskRunners(new Surroundings(new NodeId("node1"), bootId, containers, files,
                AssignmentStore.open(tasksFolder()), new Pace(InstantSource.system(), 1, 10, removalMillis, 1),
                report -> add(reports, report), line -> add(journal, line)), cutOff);
    }

    private <T> void add(List<T> list, T item) {
        lock.lock();
        try {
            list.add(item);
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    Path tasksFolder() {
        return folder.resolve("data/tasks");
    }

    TaskRunners runners() {
        return runners;
    }

    TaskFiles files() {
        return files;
    }

    /** This one ends and another follows, after something happened meanwhile; what was said is forgotten. */
    void restart(boolean cutOff) throws IOException {
        begin(cutOff);
    }

    /** Under another kernel from the next restart on. */
    void rebooted() throws IOException {
        runners.close();
        bootId = "boot-2";
        files = TaskFiles.open(folder.resolve("run"), Path.of("/dev/shm"));
        files.removeAllBut(Set.of());
    }

    /** As it ends when it is told to. */
    void end() {
        runners.close();
        lock.lock();
        try {
            reports.clear();
            journal.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Ends for good; no task's files are left in memory. */
    @Override
    public void close() {
        runners.close();
        try {
            files = TaskFiles.open(folder.resolve("run"), Path.of("/dev/shm"));
            files.removeAllBut(Set.of());
            files.removeIfEmpty();
        } catch (IOException stays) {
            throw new UncheckedIOException(stays);
        }
    }

    List<TaskReport> reports() {
        lock.lock();
        try {
            return List.copyOf(reports);
        } finally {
            lock.unlock();
        }
    }

    List<String> journal() {
        lock.lock();
        try {
            return List.copyOf(journal);
        } finally {
            lock.unlock();
        }
    }

    /** All states of a task, as they were said. */
    List<TaskState> states(String task) {
        return reports().stream().filter(each -> each.task().value().equals(task))
                .map(each -> each.status().state()).toList();
    }

    interface Fact {
        boolean holds() throws Exception;
    }

    /** Until it is so; what happened is looked at after each report, and now and then. */
    void await(String what, Fact fact) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        lock.lockInterruptibly();
        try {
            while (!fact.holds()) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("not " + what + " in a minute; reports: " + reports
                            + ", journal: " + journal);
                }
                news.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Until that was said of a task. */
    TaskStatus await(String task, TaskState state) throws Exception {
        await(task + " " + state, () -> states(task).contains(state));
        return reports().stream().filter(each -> each.task().value().equals(task)
                && each.status().state() == state).findFirst().orElseThrow().status();
    }

    void assign(Assignment... assignments) {
        runners.assign(new AssignmentDelta(false, List.of(assignments), List.of()));
    }

    void assignWhole(Assignment... assignments) {
        runners.assign(new AssignmentDelta(true, List.of(assignments), List.of()));
    }

    void remove(String... tasks) {
        runners.assign(new AssignmentDelta(false, List.of(),
                List.of(tasks).stream().map(TaskId::new).toList()));
    }

    static CreateContainerRequest.Builder sleep() {
        return options("sleep", "1000");
    }

    static CreateContainerRequest.Builder options(String... args) {
        return CreateContainerRequest.newBuilder().setNetworkMode("none").addAllArgs(List.of(args))
                .setStopTimeoutSeconds(1);
    }

    /** Of the service web, wanted to run. */
    static Assignment task(String id, String image, CreateContainerRequest.Builder options) {
        TaskTemplate template = TaskTemplate.of(
                new ContainerTemplate(image, options.build().toByteArray()), Resources.of(0, 0)).with(AT_ONCE);
        return new Assignment(new TaskId(id), new ServiceId("s1"), "web", 1, Desire.RUNNING, template, false,
                "host-1", List.of());
    }

    static Assignment task(String id, CreateContainerRequest.Builder options) {
        return task(id, "host", options);
    }

    static Assignment unique(Assignment other) {
        return new Assignment(other.task(), other.service(), other.serviceName(), other.slot(), other.desire(),
                other.template(), true, other.nodeName(), other.files(), other.serviceLabels());
    }

    static Assignment restarted(Assignment other, RestartPolicy policy) {
        return new Assignment(other.task(), other.service(), other.serviceName(), other.slot(), other.desire(),
                other.template().with(policy), other.unique(), other.nodeName(), other.files(),
                other.serviceLabels());
    }

    static AssignedFile secret(String name, String text) {
        return new AssignedFile(name, true, "/run/secrets/" + name, 0, 0, 0400, text.getBytes(
                StandardCharsets.UTF_8));
    }

    static AssignedFile config(String name, String text) {
        return new AssignedFile(name, false, "/etc/" + name, 0, 0, 0444, text.getBytes(
                StandardCharsets.UTF_8));
    }
}
