package runtime.metrics;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import linux.proc.NetworkDevice;
import linux.proc.PressureStall;
import runtime.cgroup.CgroupStatistics;
import runtime.container.ContainerRecord;
import runtime.observe.ContainerMeasures;
import runtime.observe.ContainerMeasures.Resource;

/**
 * Measures as Prometheus' text (prometheus.io, "Exposition formats"); names are cAdvisor's where it has
 * them.
 */
final class Exposition implements MetricsSink {
    /** What the text is, for HTTP. */
    static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MICROS_PER_SECOND = 1e6;
    private static final String LOOPBACK = "lo";

    private final Map<String, MetricFamily> families = new LinkedHashMap<>();
    private final List<MetricSnapshot> histograms = new ArrayList<>();

    private void add(String name, String help, Labels labels, double value) {
        families.computeIfAbsent(name, absent -> new MetricFamily(name, help)).add(labels, value);
    }

    private void add(String name, String help, Labels labels, OptionalLong value) {
        if (value.isPresent()) {
            add(name, help, labels, value.getAsLong());
        }
    }

    /** The counters of the daemon itself. */
    Exposition daemon(DaemonMeasures daemon) {
        add("jctl_build_info", "The daemon's version", Labels.of("version", daemon.version()), 1);
        daemon.containersByState().forEach((state, count) -> add("jctl_containers",
                "Containers by state", Labels.of("state", state), count));
        add("jctl_images", "Images stored", Labels.EMPTY, daemon.images());
        daemon.eventsByAction().forEach((key, count) -> add("jctl_events_total",
                "What has happened since the daemon began, by type and action",
                Labels.of("type", key.type().word(), "action", key.action()), count));
        add("process_cpu_seconds_total", "Processor time of the daemon", Labels.EMPTY,
                daemon.cpuSeconds());
        add("process_resident_memory_bytes", "Resident memory of the daemon", Labels.EMPTY,
                daemon.residentBytes());
        add("process_start_time_seconds", "When the daemon began, since 1970", Labels.EMPTY,
                daemon.startedUnixSeconds());
        add("process_open_fds", "Open descriptors of the daemon", Labels.EMPTY,
                daemon.openDescriptors());
        daemon.spansByFate().forEach((fate, count) -> add("jctl_trace_spans_total",
                "Spans of traces by what became of them", Labels.of("fate",
                        fate.name().toLowerCase(Locale.ROOT)), count));
        return this;
    }

    /** The counters of one container. */
    Exposition container(ContainerMeasures measures) {
        ContainerRecord record = measures.container();
        Labels who = Labels.of("id", record.id(), "image", record.options().image(), "name",
                record.name());
        record.run().ifPresent(run -> add("container_start_time_seconds",
                "When it was started, since 1970", who,
                run.startedAt().toEpochMilli() / 1000.0));
        processor(measures.statistics(), who);
        memory(measures.statistics(), who);
        measures.statistics().disks().forEach((device, disk) -> {
            Labels which = who.add("device", device);
            add("container_fs_reads_bytes_total", "Read from a disk", which, disk.readBytes());
            add("container_fs_writes_bytes_total", "Written to a disk", which,
                    disk.writtenBytes());
            add("container_fs_reads_total", "Reads of a disk", which, disk.reads());
            add("container_fs_writes_total", "Writes to a disk", which, disk.writes());
        });
        for (NetworkDevice device : measures.devices()) {
            if (!device.name().equals(LOOPBACK)) {
                direction("receive", device.received(), who.add("interface", device.name()));
                direction("transmit", device.sent(), who.add("interface", device.name()));
            }
        }
        measures.pressures().forEach((resource, stall) -> pressure(resource, stall, who));
        return this;
    }

    private void processor(CgroupStatistics statistics, Labels who) {
        add("container_cpu_usage_seconds_total", "Processor time", who.add("cpu", "total"),
                statistics.cpuUsageNanos() / NANOS_PER_SECOND);
        add("container_cpu_user_seconds_total", "Processor time in user mode", who,
                statistics.cpuUserNanos() / NANOS_PER_SECOND);
        add("container_cpu_system_seconds_total", "Processor time in the kernel", who,
                statistics.cpuSystemNanos() / NANOS_PER_SECOND);
        add("container_cpu_cfs_periods_total", "Periods in which it ran under a quota", who,
                statistics.cpuPeriods());
        add("container_cpu_cfs_throttled_periods_total", "Periods in which it was stopped", who,
                statistics.cpuThrottledPeriods());
        add("container_cpu_cfs_throttled_seconds_total", "Time it was stopped for", who,
                statistics.cpuThrottledNanos() / NANOS_PER_SECOND);
        add("container_threads", "Processes and threads", who, statistics.tasks());
        add("container_threads_max", "Limit of processes and threads", who,
                statistics.tasksLimit());
    }

    private void memory(CgroupStatistics statistics, Labels who) {
        add("container_memory_usage_bytes", "Memory in use, page cache included", who,
                statistics.memoryUsageBytes());
        add("container_memory_working_set_bytes",
                "Memory in use without the page cache that could go at once", who,
                statistics.memoryWorkingSetBytes());
        add("container_memory_max_usage_bytes", "The most memory it ever used", who,
                statistics.memoryPeakBytes());
        add("container_spec_memory_limit_bytes", "Limit of memory; 0 for none", who,
                statistics.memoryLimitBytes().orElse(0));
        add("container_oom_events_total", "Processes killed for lack of memory", who,
                statistics.oomKills());
    }

    private void direction(String word, NetworkDevice.Direction direction, Labels which) {
        String prefix = "container_network_" + word + "_";
        add(prefix + "bytes_total", "Bytes of a link", which, direction.bytes());
        add(prefix + "packets_total", "Packets of a link", which, direction.packets());
        add(prefix + "errors_total", "Errors of a link", which, direction.errors());
        add(prefix + "packets_dropped_total", "Packets a link dropped", which,
                direction.dropped());
    }

    private void pressure(Resource resource, PressureStall stall, Labels who) {
        String prefix =
                "container_pressure_" + resource.name().toLowerCase(Locale.ROOT) + "_";
        add(prefix + "waiting_seconds_total", "Time in which some task waited", who,
                stall.some().totalMicros() / MICROS_PER_SECOND);
        stall.full().ifPresent(full -> add(prefix + "stalled_seconds_total",
                "Time in which every task waited", who, full.totalMicros() / MICROS_PER_SECOND));
    }

    @Override
    public void value(String name, String help, Map<String, String> labels, double value) {
        Labels.Builder all = Labels.builder();
        labels.forEach(all::label);
        add(name, help, all.build(), value);
    }

    @Override
    public void histogram(String name, String help, Histogram histogram) {
        histograms.add(HistogramSnapshot.builder().name(name).help(help)
                .dataPoint(HistogramSnapshot.HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(ClassicHistogramBuckets.of(
                                histogram.upperBoundsSeconds(), histogram.counts()))
                        .sum(histogram.sumSeconds()).build()).build());
    }

    /** All that was added. */
    byte[] text() throws IOException {
        List<MetricSnapshot> snapshots = new ArrayList<>();
        for (MetricFamily family : families.values()) {
            snapshots.add(family.snapshot());
        }
        snapshots.addAll(histograms);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(text, new MetricSnapshots(snapshots));
        return text.toByteArray();
    }
}
