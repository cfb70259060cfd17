package cli.command;

import api.cluster.Service;
import api.cluster.TaskView;
import api.node.LogEntry;
import api.node.LogsRequest;
import api.node.OutputStream;
import clusterd.compose.ComposeProject;
import clusterd.compose.ComposeService;
import clusterd.model.Mode;
import cli.transport.Call;
import cli.transport.CallException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What a project's containers write, each line with its service's name, while they come and go. */
final class ProjectLogs implements AutoCloseable {
    private final ComposeProject project;
    private final Console console;
    private final StackClient client;
    private final NodeClient node;
    private final int width;
    private final Set<String> followed = new HashSet<>();
    private final ConcurrentLinkedQueue<Thread> threads = new ConcurrentLinkedQueue<>();
    private final Object printing = new Object();
    private volatile IOException failure;

    ProjectLogs(ComposeProject project, StackClient client, Console console) throws UsageException, IOException {
        this.project = project;
        this.console = console;
        this.client = client;
        this.node = NodeClient.connect(console);
        this.width = project.services().values().stream().mapToInt(each ->
                each.name().length() + (hasSeveral(each) ? 3 : 0)).max().orElse(0);
    }

    private static boolean hasSeveral(ComposeService service) {
        return service.mode() instanceof Mode.Replicated replicated && replicated.replicas() > 1
                || service.mode() instanceof Mode.Job job && job.completions() > 1;
    }

    /** Follows the containers that are new since the last time. */
    void follow(Iterable<Service> services) throws CallException, IOException {
        for (Service service : services) {
            ComposeService composed = composed(service);
            if (composed == null) {
                continue;
            }
            for (TaskView task : client.tasks(service.getId())) {
                String container = task.getTask().getStatus().getContainerId();
                if (!container.isEmpty() && followed.add(container)) {
                    String name = composed.name() + (hasSeveral(composed) ? "." + task.getTask().getSlot() : "");
                    threads.add(Thread.ofVirtual().start(() -> print(container,
                            name + " ".repeat(Math.max(0, width - name.length())) + "  | ")));
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private ComposeService composed(Service service) {
        return project.services().values().stream().filter(each ->
                project.serviceName(each.name()).equals(service.getSpec().getName())).findFirst().orElse(null);
    }

    private void print(String container, String prefix) {
        LogLine out = new LogLine(false, console);
        LogLine err = new LogLine(true, console);
        try (Call call = node.stream("Logs", LogsRequest.newBuilder().setContainer(container).setFollow(true)
                .setAwaitStart(true).build())) {
            for (LogEntry entry = NodeClient.next(call, LogEntry.parser()); entry != null;
                    entry = NodeClient.next(call, LogEntry.parser())) {
                synchronized (printing) {
                    (entry.getStream() == OutputStream.STDERR ? err : out)
                            .add(entry.getData().toByteArray(), prefix);
                }
            }
            synchronized (printing) {
                out.end();
                err.end();
            }
        } catch (OutputClosedException e) {
            failure = e;
        } catch (CallException | IOException e) {
            gone(prefix, e);
        }
    }

    /** A container that is removed takes its log along; anything else is worth a word. */
    private void gone(String prefix, Exception e) {
        boolean removed = e instanceof CallException call && (call.code() == CallException.NOT_FOUND
                || call.code() == CallException.CANCELLED);
        if (!removed && !closed) {
            try {
                console.say(prefix + "its log ended: " + e.getMessage());
            } catch (IOException closedToo) {
                failure = closedToo;
            }
        }
    }

    private volatile boolean closed;

    /** Waits for what has been written so far by containers that have ended, and ends the rest. */
    void finish() throws IOException {
        for (Thread thread : threads) {
            try {
                thread.join(java.time.Duration.ofSeconds(2));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new java.io.InterruptedIOException("interrupted while reading logs");
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        node.close();
    }
}
