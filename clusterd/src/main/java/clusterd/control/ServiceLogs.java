package clusterd.control;

import api.cluster.ServiceLogEntry;
import api.cluster.ServiceLogsRequest;
import api.node.LogEntry;
import api.node.OutputStream;
import clusterd.dispatch.Dispatcher;
import clusterd.dispatch.LogReadings;
import clusterd.explain.Names;
import clusterd.manager.ClusterAccess;
import clusterd.model.Mode;
import clusterd.model.Service;
import clusterd.model.ServiceId;
import clusterd.model.Task;
import clusterd.model.TaskId;
import clusterd.model.TaskState;
import clusterd.session.LogChunk;
import clusterd.session.ToNode;
import clusterd.state.Change;
import clusterd.state.ClusterState;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What the tasks of a service wrote, from every node that has one, to one client. */
final class ServiceLogs {
    private static final int CHUNKS_KEPT = 256;
    /** After so long without a word a node will not begin any more. */
    private static final int SILENT_SECONDS = 10;

    private final ClusterAccess access;
    private final Dispatcher dispatcher;
    private final LogReadings readings;
    private final ServerCallStreamObserver<ServiceLogEntry> observer;
    private final LinkedBlockingQueue<Runnable> events = new LinkedBlockingQueue<>(CHUNKS_KEPT);
    private final Semaphore ready = new Semaphore(0);
    private final List<String> problems = new ArrayList<>();
    private final Map<TaskId, Reading> begun = new LinkedHashMap<>();
    private final AtomicBoolean changed = new AtomicBoolean();
    private volatile boolean ended;
    private ClusterState state;
    private int open;

    ServiceLogs(ClusterAccess access, Dispatcher dispatcher, LogReadings readings,
            ServerCallStreamObserver<ServiceLogEntry> observer) {
        this.access = access;
        this.dispatcher = dispatcher;
        this.readings = readings;
        this.observer = observer;
        observer.setOnReadyHandler(ready::release);
        observer.setOnCancelHandler(() -> {
            ended = true;
            ready.release();
            events.offer(() -> { });
        });
    }

    /** Sends all there is; blocks until that is done, or the client has left. */
    void send(ServiceLogsRequest request, String name) throws Exception {
        state = access.glance();
        Optional<ServiceId> service = service(request.getName());
        Consumer<ClusterState.Applied> listener = applied -> note(applied, service);
        boolean goesOn = request.getFollow() && service.isPresent();
        try {
            if (goesOn) {
                state = access.attach(listener);
            }
            begin(request, name, service);
            while ((open > 0 || goesOn && isThere(service.get())) && !ended) {
                Runnable event = events.poll(SILENT_SECONDS, TimeUnit.SECONDS);
                if (event != null) {
                    event.run();
                } else {
                    access.checkTakesPart();
                    begun.values().forEach(Reading::failIfSilent);
                }
                if (goesOn && changed.getAndSet(false)) {
                    state = access.glance();
                    begin(request, name, service);
                }
            }
            if (!ended && !problems.isEmpty()) {
                throw Answer.of(Status.UNAVAILABLE, "INCOMPLETE", "not all was read: "
                        + String.join("; ", problems));
            }
        } finally {
            ended = true;
            access.detach(listener);
            begun.values().forEach(each -> readings.end(each.name));
        }
    }

    /** Begins with the tasks that are new since the last time. */
    private void begin(ServiceLogsRequest request, String name, Optional<ServiceId> service)
            throws Names.UnknownNameException {
        for (Task task : tasks(service, request.getName())) {
            if (begun.containsKey(task.id())) {
                continue;
            }
            Reading its = new Reading(name + "-" + begun.size(), task);
            begun.put(task.id(), its);
            open++;
            readings.begin(its.name, its);
            dispatcher.readLogs(task.node().orElseThrow(), new ToNode.ReadLogs(its.name, task.id(),
                    request.getFollow(), request.getTail(), request.getSinceUnixNanos(),
                    request.getUntilUnixNanos()), why -> put(() -> its.fail(why)));
        }
    }

    /** The service whose later tasks are wanted, too; empty if it is a task that was named. */
    private Optional<ServiceId> service(String name) {
        try {
            return Optional.of(Names.service(name, state).id());
        } catch (Names.UnknownNameException other) {
            return Optional.empty();
        }
    }

    /** Whether there may be more to read: a job that is over writes no more. */
    private boolean isThere(ServiceId service) {
        Optional<Service> found = state.service(service);
        return found.isPresent() && !(mayEnd(found.get().spec().mode())
                && state.tasksOf(service).noneMatch(Task::isAlive));
    }

    private static boolean mayEnd(Mode mode) {
        return mode instanceof Mode.Job || mode instanceof Mode.GlobalJob;
    }

    private void note(ClusterState.Applied applied, Optional<ServiceId> service) {
        for (Change each : applied.changes()) {
            Optional<ServiceId> its = switch (each) {
                case Change.ServiceChange change -> Optional.of(change.latest().id());
                case Change.TaskChange change -> Optional.of(change.latest().service());
                default -> Optional.empty();
            };
            if (its.isPresent() && its.equals(service)) {
                changed.set(true);
                // Wakes the sender; if there is no place it is awake.
                events.offer(() -> { });
                return;
            }
        }
    }

    private List<Task> tasks(Optional<ServiceId> service, String name) throws Names.UnknownNameException {
        Stream<Task> tasks = service.isPresent() ? state.tasksOf(service.get()) : Stream.of(Names.task(name, state));
        return tasks.filter(ServiceLogs::hasContainer).sorted(TaskFilters.ORDER).toList();
    }

    private static boolean hasContainer(Task task) {
        return task.node().isPresent() && !task.status().containerId().isEmpty()
                && task.status().state() != TaskState.ORPHANED;
    }

    private boolean put(Runnable event) {
        try {
            while (!ended) {
                if (events.offer(event, 1, TimeUnit.SECONDS)) {
                    return true;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    /** One task's. */
    private final class Reading implements LogReadings.Sink {
        private final String name;
        private final Task task;
        private final String taskName;
        private final String nodeName;
        private boolean over;
        private boolean heard;

        Reading(String name, Task task) {
            this.name = name;
            this.task = task;
            this.taskName = Names.of(task, state);
            this.nodeName = Names.node(task.node().orElseThrow(), state);
        }

        private void fail(String why) {
            if (!over) {
                over = true;
                problems.add(taskName + " (" + task.id() + "): " + why);
                open--;
            }
        }

        private void failIfSilent() {
            if (!heard) {
                fail("node " + nodeName + " does not send it");
            }
        }

        @Override
        public boolean accept(LogChunk chunk) {
            return put(() -> {
                heard = true;
                if (chunk.data().length == 0 && chunk.problem().isEmpty()) {
                    return;
                }
                if (!chunk.problem().isEmpty()) {
                    problems.add(taskName + " (" + task.id() + "): " + chunk.problem());
                    return;
                }
                while (!observer.isReady() && !ended) {
                    ready.acquireUninterruptibly();
                }
                if (!ended) {
                    observer.onNext(ServiceLogEntry.newBuilder().setTaskName(taskName + "." + task.id())
                            .setNodeName(nodeName).setEntry(LogEntry.newBuilder()
                                    .setUnixNanos(chunk.unixNanos())
                                    .setStream(chunk.stream() == 2 ? OutputStream.STDERR : OutputStream.STDOUT)
                                    .setData(ByteString.copyFrom(chunk.data()))).build());
                }
            });
        }

        @Override
        public void end() {
            put(() -> {
                if (!over) {
                    over = true;
                    open--;
                }
            });
        }
    }
}
