package runtime.metrics;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import linux.proc.ProcessStat;
import linux.proc.ProcessStatus;
import runtime.container.ContainerRecord;
import runtime.container.ContainerState;
import runtime.container.Containers;
import runtime.observe.ContainerMeasures;
import runtime.observe.CounterSource;
import runtime.observe.EventLog;
import runtime.store.ImageStore;
import runtime.trace.Tracer;

/** Measures the daemon and its containers when somebody asks. */
public final class MetricsSource {
    private static final Path SELF = Path.of("/proc/self");
    private static final double TICKS_PER_SECOND = 100;

    private final String version;
    private final Containers containers;
    private final ImageStore images;
    private final CounterSource counters;
    private final EventLog events;
    private final Tracer tracer;
    private final Instant started = Instant.now();
    private volatile Consumer<MetricsSink> more = sink -> { };

    public MetricsSource(String version, Containers containers, ImageStore images,
            CounterSource counters, EventLog events, Tracer tracer) {
        this.version = version;
        this.containers = containers;
        this.images = images;
        this.counters = counters;
        this.events = events;
        this.tracer = tracer;
    }

    /** Asks another part of this process, too, whenever somebody asks. */
    public void add(Consumer<MetricsSink> another) {
        more = another;
    }

    /** Everything, as Prometheus' text. */
    byte[] text() throws IOException {
        List<ContainerRecord> records = containers.list();
        Exposition exposition = new Exposition().daemon(daemon(records));
        for (ContainerMeasures measures : counters.measure(records)) {
            exposition.container(measures);
        }
        more.accept(exposition);
        return exposition.text();
    }

    private DaemonMeasures daemon(List<ContainerRecord> records) throws IOException {
        Map<String, Integer> byState = new TreeMap<>();
        for (ContainerState state : ContainerState.values()) {
            byState.put(state.word(), 0);
        }
        records.forEach(record -> byState.merge(record.state().word(), 1, Integer::sum));
        ProcessStat stat = ProcessStat.parse(Files.readString(SELF.resolve("stat")));
        return new DaemonMeasures(version, byState, images.list().size(), events.counts(),
                (stat.userTicks() + stat.systemTicks()) / TICKS_PER_SECOND,
                ProcessStatus.parse(Files.readString(SELF.resolve("status"))).residentBytes()
                        .orElse(0),
                started.toEpochMilli() / 1000.0, openDescriptors(), tracer.counts());
    }

    private static int openDescriptors() throws IOException {
        int count = 0;
        try (DirectoryStream<Path> descriptors =
                Files.newDirectoryStream(SELF.resolve("fd"))) {
            for (Path ignored : descriptors) {
                count++;
            }
        }
        return count;
    }
}
