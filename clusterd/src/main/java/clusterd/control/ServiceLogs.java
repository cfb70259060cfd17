package clusterd.control;

import api.cluster.ServiceLogEntry;
import api.cluster.ServiceLogsRequest;
import api.node.LogEntry;
import api.node.OutputStream;
import clusterd.dispatch.Dispatcher;
import clusterd.dispatch.LogReadings;
import clusterd.explain.Names;
import clusterd.model.Service;
import clusterd.model.Task;
import clusterd.model.TaskState;
import clusterd.session.LogChunk;
import clusterd.session.ToNode;
import clusterd.state.ClusterState;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** What the tasks of a service wrote, from every node that has one, to one client. */
final class ServiceLogs {
    private static final int CHUNKS_KEPT = 256;
    /** After so long without a word a node will not begin any more. */
    private static final int SILENT_SECONDS = 10;

    private final ClusterState state;
    private final Dispatcher dispatcher;
    private final LogReadings readings;
    private final ServerCallStreamObserver<ServiceLogEntry> observer;
    private final LinkedBlockingQueue<Runnable> events = new LinkedBlockingQueue<>(CHUNKS_KEPT);
    private final Semaphore ready = new Semaphore(0);
    private final List<String> problems = new ArrayList<>();
    private volatile boolean ended;
    private int open;

    ServiceLogs(ClusterState state, Dispatcher dispatcher, LogReadings readings,
            ServerCallStreamObserver<ServiceLogEntry> observer) {
        this.state = state;
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
        List<Task> tasks = tasks(request.getName());
        List<String> names = new ArrayList<>();
        List<Reading> begun = new ArrayList<>();
        for (Task task : tasks) {
            String reading = name + "-" + names.size();
            names.add(reading);
            open++;
            Reading its = new Reading(task);
            begun.add(its);
            readings.begin(reading, its);
            dispatcher.readLogs(task.node().orElseThrow(), new ToNode.ReadLogs(reading, task.id(),
                    request.getFollow(), request.getTail(), request.getSinceUnixNanos(),
                    request.getUntilUnixNanos()), why -> put(() -> its.fail(why)));
        }
        try {
            while (open > 0 && !ended) {
                Runnable event = events.poll(SILENT_SECONDS, TimeUnit.SECONDS);
                if (event == null) {
                    begun.forEach(Reading::failIfSilent);
                } else {
                    event.run();
                }
            }
            if (!ended && !problems.isEmpty()) {
                throw Answer.of(Status.UNAVAILABLE, "INCOMPLETE", "not all was read: "
                        + String.join("; ", problems));
            }
        } finally {
            ended = true;
            names.forEach(readings::end);
        }
    }

    private List<Task> tasks(String name) throws Names.UnknownNameException {
        Service service;
        try {
            service = Names.service(name, state);
        } catch (Names.UnknownNameException other) {
            return List.of(Names.task(name, state)).stream().filter(ServiceLogs::hasContainer).toList();
        }
        return state.tasksOf(service.id()).filter(ServiceLogs::hasContainer).sorted(TaskFilters.ORDER).toList();
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
        private final Task task;
        private final String taskName;
        private final String nodeName;
        private boolean over;
        private boolean heard;

        Reading(Task task) {
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
