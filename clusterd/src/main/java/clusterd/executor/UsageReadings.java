package clusterd.executor;

import api.node.ContainerStats;
import api.node.ContainerSummary;
import api.node.Filter;
import api.node.ListContainersRequest;
import api.node.NodeGrpc;
import api.node.StatsContainersReply;
import api.node.StatsContainersRequest;
import clusterd.agent.Usages;
import clusterd.model.MetricQuery;
import clusterd.model.ServiceId;
import clusterd.model.TaskId;
import clusterd.session.FromNode;
import clusterd.session.MetricValue;
import clusterd.session.ServiceMetrics;
import clusterd.session.TaskUsage;
import clusterd.session.ToNode;
import clusterd.template.TaskNames;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import runtime.container.Journal;

/** Says what this node and its tasks use, for as long as a manager wants to know it. Nobody counts otherwise. */
public final class UsageReadings implements Usages, AutoCloseable {
    private static final long REST_MILLIS = 1_000;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long MILLIS = 1_000;
    private static final long KILOBYTE = 1024;
    private static final Path STAT = Path.of("/proc/stat");
    private static final Path MEMORY = Path.of("/proc/meminfo");

    private final NodeGrpc.NodeBlockingStub node;
    private final Consumer<FromNode.Usage> told;
    private final Journal journal;
    private final MetricReadings metrics = new MetricReadings(MetricReadings.LIMIT_MILLIS);
    private ToNode.Measure wanted = ToNode.Measure.NOTHING;
    private Context.CancellableContext reading;
    private Thread thread;
    /** Whether some task could not be asked: it may have another address by now. */
    private boolean unanswered;

    /** A container of a task. */
    private record Known(TaskId task, ServiceId service, String address) {
    }

    /** Processor time of a container at a moment. */
    private record Spent(long cpuNanos, long atNanos) {
    }

    /**
     * Reads nothing before it is asked to.
     *
     * @param node to its daemon
     * @param told each reading; must not block
     */
    public UsageReadings(Channel node, Consumer<FromNode.Usage> told, Journal journal) {
        this.node = NodeGrpc.newBlockingStub(node);
        this.told = told;
        this.journal = journal;
    }

    @Override
    public synchronized void measure(ToNode.Measure measure) {
        boolean begins = wanted.everyMillis() == 0 && measure.everyMillis() > 0;
        wanted = measure;
        if (measure.everyMillis() == 0) {
            end();
        } else if (begins) {
            Context.CancellableContext mine = Context.ROOT.withCancellation();
            reading = mine;
            thread = Thread.ofVirtual().name("usage").start(mine.wrap(() -> run(mine)));
        }
    }

    private synchronized ToNode.Measure wanted() {
        return wanted;
    }

    private void end() {
        if (thread != null) {
            reading.cancel(null);
            thread.interrupt();
            thread = null;
        }
    }

    private void run(Context.CancellableContext mine) {
        String said = "";
        while (!mine.isCancelled()) {
            try {
                follow(mine);
            } catch (StatusRuntimeException | IOException broken) {
                if (!mine.isCancelled() && !said.equals(broken.getMessage())) {
                    said = String.valueOf(broken.getMessage());
                    journal.say("what is in use here cannot be read, and is tried again: " + said);
                }
            } catch (InterruptedException end) {
                return;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(mine.isCancelled() ? 0 : REST_MILLIS);
            } catch (InterruptedException end) {
                return;
            }
        }
    }

    /** The daemon reads its counters once a second; those that come too early are left out. */
    private void follow(Context.CancellableContext mine) throws IOException, InterruptedException {
        ProcessorUse processors = new ProcessorUse();
        Map<String, Known> known = new HashMap<>();
        Map<String, Spent> spent = new HashMap<>();
        Iterator<StatsContainersReply> replies =
                node.statsContainers(StatsContainersRequest.getDefaultInstance());
        long dueNanos = System.nanoTime();
        while (!mine.isCancelled() && replies.hasNext()) {
            StatsContainersReply reply = replies.next();
            ToNode.Measure measure = wanted();
            long now = System.nanoTime();
            // A tick that is early by a breath is the one that was meant.
            if (now < dueNanos - REST_MILLIS / 2 * NANOS_PER_MILLI) {
                continue;
            }
            dueNanos = now + measure.everyMillis() * NANOS_PER_MILLI;
            look(reply, known);
            told.accept(new FromNode.Usage(
                    processors.look(Files.readString(STAT), Runtime.getRuntime().availableProcessors()),
                    memory(), tasks(reply, known, spent, measure, now)));
        }
    }

    private static long memory() throws IOException {
        long total = 0;
        long available = 0;
        for (String line : Files.readAllLines(MEMORY)) {
            if (line.startsWith("MemTotal:")) {
                total = kilobytes(line);
            } else if (line.startsWith("MemAvailable:")) {
                available = kilobytes(line);
            }
        }
        return Math.max(0, total - available);
    }

    /** Of a line {@code Name:   123 kB} of {@code proc_meminfo(5)}, in bytes. */
    private static long kilobytes(String line) {
        String[] words = line.split(" +");
        return Long.parseLong(words[1]) * KILOBYTE;
    }

    /** Whose containers these are, and where they answer. Asked again when there is one that was not seen before. */
    private void look(StatsContainersReply reply, Map<String, Known> known) {
        boolean news = reply.getContainersList().stream().anyMatch(each -> !known.containsKey(each.getId()));
        if (!news && !unanswered) {
            return;
        }
        Map<String, Known> found = new HashMap<>();
        for (ContainerSummary each : node.listContainers(ListContainersRequest.newBuilder()
                .addFilters(Filter.newBuilder().setKey("label").setValue(TaskNames.TASK_LABEL)).build())
                .getContainersList()) {
            String task = each.getLabelsOrDefault(TaskNames.TASK_LABEL, "");
            String service = each.getLabelsOrDefault(TaskNames.SERVICE_LABEL, "");
            String address = each.getAddressesCount() > 0 ? each.getAddresses(0)
                    : each.getNetworkMode().equals("host") ? "127.0.0.1" : "";
            try {
                found.put(each.getId(), new Known(new TaskId(task), new ServiceId(service), address));
            } catch (IllegalArgumentException somebodyElses) {
                continue; // a container with a label like a task's
            }
        }
        known.clear();
        reply.getContainersList().forEach(each -> known.put(each.getId(), found.get(each.getId())));
    }

    private List<TaskUsage> tasks(StatsContainersReply reply, Map<String, Known> known, Map<String, Spent> spent,
            ToNode.Measure measure, long nowNanos) throws InterruptedException {
        Map<ServiceId, List<MetricQuery>> queries = new HashMap<>();
        for (ServiceMetrics each : measure.metrics()) {
            queries.put(each.service(), each.queries());
        }
        List<MetricReadings.Asked> asked = new ArrayList<>();
        List<ContainerStats> ours = reply.getContainersList().stream()
                .filter(each -> known.get(each.getId()) != null).toList();
        for (ContainerStats each : ours) {
            Known its = known.get(each.getId());
            if (queries.containsKey(its.service())) {
                asked.add(new MetricReadings.Asked(its.task(), its.address(), queries.get(its.service())));
            }
        }
        Map<TaskId, List<MetricValue>> values = metrics.read(asked);
        unanswered = values.values().stream().flatMap(List::stream).anyMatch(each -> !each.isAnswer());
        List<TaskUsage> tasks = new ArrayList<>();
        for (ContainerStats each : ours) {
            TaskId task = known.get(each.getId()).task();
            tasks.add(new TaskUsage(task, cpu(each, spent, nowNanos), each.hasMemoryBytes()
                    ? OptionalLong.of(each.getMemoryBytes()) : OptionalLong.empty(),
                    values.getOrDefault(task, List.of())));
        }
        spent.keySet().retainAll(ours.stream().map(ContainerStats::getId).toList());
        return tasks;
    }

    /** Since it was last said. */
    private static OptionalLong cpu(ContainerStats stats, Map<String, Spent> spent, long nowNanos) {
        if (!stats.hasCpuNanos()) {
            return OptionalLong.empty();
        }
        Spent before = spent.put(stats.getId(), new Spent(stats.getCpuNanos(), nowNanos));
        if (before == null || nowNanos <= before.atNanos()) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Math.max(0, Math.round((double) MILLIS * (stats.getCpuNanos() - before.cpuNanos())
                / (nowNanos - before.atNanos()))));
    }

    @Override
    public synchronized void close() {
        wanted = ToNode.Measure.NOTHING;
        end();
    }
}
