package cli.command;

import static api.node.Resources.*;

import api.node.CreateContainerRequest;
import api.node.HugetlbLimit;
import api.node.IoLimit;
import api.node.Ulimit;
import cli.wire.MessageWriter;
import java.math.BigDecimal;

/** --memory, --cpus and the other limits. */
final class ResourceOptions {
    private static final String[] NAMES = {
        "as", "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile",
        "nproc", "rss", "rtprio", "rttime", "sigpending", "stack",
    };

    private ResourceOptions() {}

    static void add(MessageWriter request, Arguments arguments)
            throws UsageException {
        request.message(CreateContainerRequest.RESOURCES_FIELD_NUMBER, resources(arguments));
    }

    /** The message Resources. */
    static MessageWriter resources(Arguments arguments) throws UsageException {
        MessageWriter resources = new MessageWriter();
        memory(resources, arguments);
        processors(resources, arguments);
        inputAndOutput(resources, arguments);
        if (arguments.has("pids-limit")) {
            resources.optionalNumber(PIDS_LIMIT_FIELD_NUMBER, arguments.number("pids-limit"));
        }
        for (String word : arguments.values("ulimit")) {
            resources.bytes(ULIMITS_FIELD_NUMBER, ulimit(word).toByteArray());
        }
        return resources;
    }

    private static void memory(MessageWriter resources, Arguments arguments)
            throws UsageException {
        resources.number(MEMORY_LIMIT_BYTES_FIELD_NUMBER, arguments.bytes("memory"))
                .number(MEMORY_SWAP_LIMIT_BYTES_FIELD_NUMBER, arguments.bytesOrUnlimited("memory-swap"))
                .number(MEMORY_RESERVATION_BYTES_FIELD_NUMBER, arguments.bytes("memory-reservation"))
                .flag(OOM_KILL_DISABLE_FIELD_NUMBER, arguments.isOn("oom-kill-disable"));
        if (arguments.has("memory-swappiness")) {
            int swappiness = arguments.integer("memory-swappiness");
            if (swappiness < -1 || swappiness > 100) {
                throw Arguments.invalid("memory-swappiness", arguments.value("memory-swappiness"),
                        "expected 0 to 100");
            }
            if (swappiness >= 0) {
                resources.optionalNumber(MEMORY_SWAPPINESS_FIELD_NUMBER, swappiness);
            }
        }
        for (String word : arguments.values("hugetlb")) {
            String[] pair = KeyValue.split("hugetlb", word);
            resources.bytes(HUGETLB_LIMITS_FIELD_NUMBER, HugetlbLimit.newBuilder()
                    .setPageSizeBytes(Arguments.bytes("hugetlb", pair[0]))
                    .setLimitBytes(Arguments.bytes("hugetlb", pair[1])).build().toByteArray());
        }
    }

    private static void processors(MessageWriter resources, Arguments arguments)
            throws UsageException {
        if (arguments.has("cpus")) {
            resources.number(NANO_CPUS_FIELD_NUMBER, nanoCpus(arguments.value("cpus")));
        }
        resources.number(CPU_SHARES_FIELD_NUMBER, arguments.number("cpu-shares"))
                .number(CPU_PERIOD_MICROS_FIELD_NUMBER, arguments.number("cpu-period"))
                .number(CPU_QUOTA_MICROS_FIELD_NUMBER, arguments.number("cpu-quota"))
                .string(CPUSET_CPUS_FIELD_NUMBER, arguments.value("cpuset-cpus"))
                .string(CPUSET_MEMS_FIELD_NUMBER, arguments.value("cpuset-mems"));
    }

    private static void inputAndOutput(MessageWriter resources, Arguments arguments)
            throws UsageException {
        resources.number(IO_WEIGHT_FIELD_NUMBER, arguments.integer("blkio-weight"));
        ioLimits(resources, arguments, "device-read-bps", IoLimit.Kind.READ_BYTES_PER_SECOND);
        ioLimits(resources, arguments, "device-write-bps", IoLimit.Kind.WRITE_BYTES_PER_SECOND);
        ioLimits(resources, arguments, "device-read-iops",
                IoLimit.Kind.READ_OPERATIONS_PER_SECOND);
        ioLimits(resources, arguments, "device-write-iops",
                IoLimit.Kind.WRITE_OPERATIONS_PER_SECOND);
    }

    private static void ioLimits(
            MessageWriter resources, Arguments arguments, String option, IoLimit.Kind kind)
            throws UsageException {
        for (String word : arguments.values(option)) {
            int colon = word.lastIndexOf(':');
            if (!word.startsWith("/") || colon < 0) {
                throw Arguments.invalid(option, word, "expected /dev/path:limit");
            }
            String limit = word.substring(colon + 1);
            resources.bytes(IO_LIMITS_FIELD_NUMBER, IoLimit.newBuilder().setKind(kind)
                    .setDevicePath(word.substring(0, colon))
                    .setLimit(option.endsWith("bps") ? Arguments.bytes(option, limit)
                            : Arguments.number(option, limit)).build().toByteArray());
        }
    }

    /** Billionths of a processor, from "1.5". */
    static long nanoCpus(String word) throws UsageException {
        try {
            long nanos = new BigDecimal(word).movePointRight(9).longValueExact();
            if (nanos < 0) {
                throw Arguments.invalid("cpus", word, "expected a number above 0");
            }
            return nanos;
        } catch (NumberFormatException e) {
            throw Arguments.invalid("cpus", word, "expected a number like 1.5");
        } catch (ArithmeticException e) {
            throw Arguments.invalid("cpus", word, "too large, or finer than billionths");
        }
    }

    /** "nofile=1024:4096", "core=-1", "nproc=unlimited". */
    static Ulimit ulimit(String word) throws UsageException {
        String[] pair = KeyValue.split("ulimit", word);
        boolean known = false;
        for (String name : NAMES) {
            known |= name.equals(pair[0]);
        }
        if (!known) {
            throw Arguments.invalid("ulimit", word, "unknown limit \"" + pair[0] + "\"");
        }
        int colon = pair[1].indexOf(':');
        long soft = limit(word, colon < 0 ? pair[1] : pair[1].substring(0, colon));
        long hard = colon < 0 ? soft : limit(word, pair[1].substring(colon + 1));
        if (hard >= 0 && (soft < 0 || soft > hard)) {
            throw Arguments.invalid("ulimit", word, "the soft limit is above the hard limit");
        }
        return Ulimit.newBuilder().setName(pair[0]).setSoft(soft).setHard(hard).build();
    }

    private static long limit(String word, String text) throws UsageException {
        if (text.equals("unlimited")) {
            return -1;
        }
        long limit = Arguments.number("ulimit", text);
        if (limit < -1) {
            throw Arguments.invalid("ulimit", word, "a limit below -1");
        }
        return limit;
    }
}
