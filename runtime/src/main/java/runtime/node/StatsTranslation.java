package runtime.node;

import api.node.ContainerStats;
import api.node.StatsContainersReply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import linux.proc.MemoryInformation;
import runtime.cgroup.Counter;
import runtime.cgroup.Usage;
import runtime.container.ContainerRecord;
import runtime.observe.Sampler;

/**
 * Readings of counters, from our own words to the wire.
 *
 * @param hostMemoryBytes shown as the limit of a container without a lower one
 */
record StatsTranslation(long hostMemoryBytes) {

    static StatsTranslation ofHost() throws IOException {
        return new StatsTranslation(MemoryInformation.parse(
                Files.readString(Path.of("/proc/meminfo"))).totalBytes());
    }

    /** One reply; {@code before} is the reading the client has seen last, or the same one. */
    StatsContainersReply reply(List<ContainerRecord> shown, Sampler.Tick before,
            Sampler.Tick tick) {
        StatsContainersReply.Builder reply = StatsContainersReply.newBuilder()
                .setUnixNanos(ReplyTranslation.nanos(Instant.now()));
        long elapsedNanos = tick.atNanos() - before.atNanos();
        for (ContainerRecord record : shown) {
            Usage usage = tick.usages().getOrDefault(record.id(), Usage.NOTHING);
            Usage earlier = before.usages().getOrDefault(record.id(), Usage.NOTHING);
            reply.addContainers(stats(record, usage,
                    usage.cpuHundredthsPercent(earlier, elapsedNanos)));
        }
        return reply.build();
    }

    private ContainerStats.Builder stats(ContainerRecord record, Usage usage, OptionalLong cpu) {
        ContainerStats.Builder stats = ContainerStats.newBuilder().setId(record.id())
                .setName(record.name()).setState(ReplyTranslation.state(record.state()));
        cpu.ifPresent(stats::setCpuHundredthsPercent);
        set(usage, Counter.CPU_NANOS, stats::setCpuNanos);
        usage.workingSetBytes().ifPresent(stats::setMemoryBytes);
        set(usage, Counter.MEMORY_LIMIT_BYTES,
                limit -> stats.setMemoryLimitBytes(Math.min(limit, hostMemoryBytes)));
        set(usage, Counter.NETWORK_RECEIVED_BYTES, stats::setNetworkReceivedBytes);
        set(usage, Counter.NETWORK_SENT_BYTES, stats::setNetworkSentBytes);
        set(usage, Counter.DISK_READ_BYTES, stats::setDiskReadBytes);
        set(usage, Counter.DISK_WRITTEN_BYTES, stats::setDiskWrittenBytes);
        set(usage, Counter.TASKS, stats::setTasks);
        set(usage, Counter.TASKS_LIMIT, limit -> {
            if (limit < Long.MAX_VALUE) {
                stats.setTasksLimit(limit);
            }
        });
        set(usage, Counter.CPU_PRESSURE_HUNDREDTHS, stats::setCpuPressureHundredths);
        set(usage, Counter.MEMORY_PRESSURE_HUNDREDTHS, stats::setMemoryPressureHundredths);
        set(usage, Counter.DISK_PRESSURE_HUNDREDTHS, stats::setDiskPressureHundredths);
        return stats;
    }

    private static void set(Usage usage, Counter counter, LongConsumer field) {
        usage.get(counter).ifPresent(field);
    }
}
