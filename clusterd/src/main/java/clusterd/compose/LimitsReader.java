package clusterd.compose;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;

/** What containers may use, from {@code deploy.resources.limits} and the older keys of the service. */
final class LimitsReader {
    private static final long NANOS = 1_000_000_000;
    private static final long MOST_CPUS = 1_000_000;
    private static final long LEAST_MEMORY_BYTES = 6L << 20;

    private LimitsReader() {
    }

    static Limits read(Section service) {
        Section deploy = service.section("deploy").section("resources").section("limits");
        long nanoCpus = either(service, "cpus", deploy, "cpus",
                value -> value.scaled(NANOS, MOST_CPUS * NANOS)).orElse(0L);
        long memory = either(service, "mem_limit", deploy, "memory", LimitsReader::memory).orElse(0L);
        OptionalLong pids = either(service, "pids_limit", deploy, "pids",
                value -> value.whole(-1, Integer.MAX_VALUE)).map(count -> OptionalLong.of(count == 0 ? -1 : count))
                .orElse(OptionalLong.empty());
        List<Limits.Io> io = new ArrayList<>();
        Section blocks = service.section("blkio_config");
        for (Limits.IoKind kind : Limits.IoKind.values()) {
            for (Value each : blocks.list(kind.name().toLowerCase(Locale.ROOT))) {
                io.add(io(kind, each.section()));
            }
        }
        return new Limits(nanoCpus, memory, swap(service, memory), number(service, "mem_swappiness", 0, 100), pids,
                whole(service, "cpu_shares", 0, 262_144), micros(service, "cpu_period", 1_000, 1_000_000),
                micros(service, "cpu_quota", -1, 1_000_000_000_000L), cpuset(service),
                service.truth("oom_kill_disable"), (int) whole(blocks, "weight", 10, 1000), io, ulimits(service));
    }

    /** Both ways to say one thing must say the same. */
    static <T> Optional<T> either(Section service, String key, Section deploy, String deployKey,
            Function<Value, T> reading) {
        Optional<T> older = service.get(key).map(reading);
        Optional<T> newer = deploy.get(deployKey).map(reading);
        if (older.isPresent() && newer.isPresent() && !older.equals(newer)) {
            service.get(key).orElseThrow().error("it differs from " + deploy.path() + "." + deployKey
                    + ": leave one of them out");
        }
        return newer.or(() -> older);
    }

    /** Bytes, if they are enough for a program to run at all. */
    private static long memory(Value value) {
        long bytes = value.bytes();
        if (bytes > 0 && bytes < LEAST_MEMORY_BYTES) {
            value.error("expected 6m at least, found " + value.tree().describe());
        }
        return bytes;
    }

    private static long swap(Section service, long memory) {
        return service.get("memswap_limit").map(value -> {
            if (value.isWord() && value.text().equals("-1")) {
                return -1L;
            }
            long bytes = value.bytes();
            if (bytes > 0 && bytes < memory) {
                value.error("memory and swap together are less than memory alone");
            }
            return bytes;
        }).orElse(0L);
    }

    private static OptionalInt number(Section section, String key, int lowest, int highest) {
        return section.get(key).map(value -> OptionalInt.of(value.whole(lowest, highest)))
                .orElse(OptionalInt.empty());
    }

    private static long whole(Section section, String key, long lowest, long highest) {
        return section.get(key).map(value -> value.whole(lowest, highest)).orElse(0L);
    }

    /** A number of microseconds, or a duration. */
    private static long micros(Section service, String key, long lowest, long highest) {
        return service.get(key).map(value -> {
            boolean duration = value.isWord() && value.text().matches(".*[a-z]");
            long micros = duration ? value.millis() * 1000 : value.whole(lowest, highest);
            if (duration && (micros < lowest || micros > highest)) {
                value.error("expected " + lowest + " to " + highest + " microseconds");
            }
            return micros;
        }).orElse(0L);
    }

    private static String cpuset(Section service) {
        return service.get("cpuset").map(value -> {
            if (!value.text().matches("[0-9]{1,5}(-[0-9]{1,5})?(,[0-9]{1,5}(-[0-9]{1,5})?){0,500}")) {
                value.error("expected processors such as 0-3,5, found " + value.tree().describe());
            }
            return value.text();
        }).orElse("");
    }

    private static Limits.Io io(Limits.IoKind kind, Section section) {
        String path = section.required("path").map(Value::text).orElse("");
        boolean bytes = kind == Limits.IoKind.DEVICE_READ_BPS || kind == Limits.IoKind.DEVICE_WRITE_BPS;
        long rate = section.required("rate").map(value -> bytes ? value.bytes() : value.whole(1, Long.MAX_VALUE))
                .orElse(0L);
        if (!path.isEmpty() && !path.startsWith("/")) {
            section.error("expected the path of a device such as /dev/sda, found " + Problems.quote(path));
        }
        return new Limits.Io(kind, path, rate);
    }

    private static TreeMap<String, Limits.Range> ulimits(Section service) {
        TreeMap<String, Limits.Range> ulimits = new TreeMap<>();
        Map<String, Value> named = service.get("ulimits").map(Value::named).orElse(Map.of());
        named.forEach((name, value) -> {
            if (!name.matches("[a-z]{1,20}")) {
                value.error(Problems.quote(name) + " is no resource: nofile, nproc, core and the like are");
                return;
            }
            Limits.Range range;
            if (value.isWord()) {
                long both = value.whole(-1, Long.MAX_VALUE);
                range = new Limits.Range(both, both);
            } else {
                Section section = value.section();
                range = new Limits.Range(section.required("soft").map(each -> each.whole(-1, Long.MAX_VALUE))
                        .orElse(-1L), section.required("hard").map(each -> each.whole(-1, Long.MAX_VALUE))
                        .orElse(-1L));
            }
            if (range.hard() >= 0 && (range.soft() > range.hard() || range.soft() < 0)) {
                value.error("soft is above hard");
            }
            ulimits.put(name, range);
        });
        return ulimits;
    }
}
