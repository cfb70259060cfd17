package runtime.node;

import api.node.ContainerStats;
import api.node.StatsContainersReply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
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
 * @param made            the newest message of each container, for all clients: one at rest has the same
 *                        one second after second
 */
record StatsTranslation(long hostMemoryBytes, Map<String, Made> made) {
    private static final int MADE_MARGIN = 64;

    /** A message and what it was made of. */
    record Made(ContainerRecord record, Usage usage, OptionalLong cpu, ContainerStats message) {
        boolean isOf(ContainerRecord record, Usage usage, OptionalLong cpu) {
            return this.record == record && this.usage == usage && this.cpu.equals(cpu);
        }
    }

    static StatsTranslation ofHost() throws IOException {
        return new StatsTranslation(MemoryInformation.parse(
                Files.readString(Path.of("/proc/meminfo"))).totalBytes(),
                new ConcurrentHashMap<>());
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
            OptionalLong cpu = usage.cpuHundredthsPercent(earlier, elapsedNanos);
            Made newest = made.get(record.id());
            if (newest == null || !newest.isOf(record, usage, cpu)) {
                newest = new Made(record, usage, cpu, stats(record, usage, cpu).build());
                made.put(record.id(), newest);
            }
            reply.addContainers(newest.message);
        }
        if (made.size() > 2 * tick.usages().size() + MADE_MARGIN) {
            made.keySet().retainAll(tick.usages().keySet());
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
