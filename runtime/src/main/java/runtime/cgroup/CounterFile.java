package runtime.cgroup;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import linux.proc.NumberScan;

/**
 * A file of the kernel with counters of one container, and how it is read: for v1, v2 and hosts that are
 * both (kernel's admin-guide/cgroup-v1, admin-guide/cgroup-v2.rst, accounting/psi.rst; proc(5)).
 *
 * @param path    absolute
 * @param reading how its text is understood
 */
public record CounterFile(String path, Reading reading) {
    private static final long NANOS_PER_MICRO = 1_000;
    /** v1 says "no limit" as the largest number of whole pages. */
    private static final long LEGACY_NO_LIMIT = Long.MAX_VALUE & ~0xFFFFL;
    private static final byte[] INACTIVE = bytes("inactive_file");
    private static final byte[] TOTAL_INACTIVE = bytes("total_inactive_file");
    private static final byte[] USAGE_MICROS = bytes("usage_usec");
    private static final byte[] READ_BYTES = bytes("read_bytes:");
    private static final byte[] WRITTEN_BYTES = bytes("write_bytes:");
    private static final byte[] READ_WORD = bytes(" Read ");
    private static final byte[] WRITE_WORD = bytes(" Write ");
    private static final byte[] READ_KEY = bytes(" rbytes=");
    private static final byte[] WRITE_KEY = bytes(" wbytes=");
    private static final byte[] LOOPBACK = bytes("lo:");
    private static final byte[] SOME_PERCENT = bytes("some avg10=");
    /** In {@code /proc/PID/net/dev}: received bytes come first, sent ones ninth. */
    private static final int SENT_COLUMN = 8;

    /** When a number is worth reading again, for one who reads every second. */
    public enum Cadence {
        /** It may change at any time. */
        ALWAYS,
        /** Only the container's own doing changes it, and that takes processor time. */
        WHEN_ACTIVE,
        /**
         * As {@link #ALWAYS}, but while it is 0 only the container's own doing changes it, be it some seconds
         * later: the kernel works pressure out every two seconds (accounting/psi.rst); and a link that has
         * carried nothing hears of others' packets seldom.
         */
        UNLESS_QUIET,
        /** Only an operator changes it. */
        SELDOM
    }

    /** The formats. */
    public enum Reading {
        CPU_NANOS(Cadence.ALWAYS), CPU_STAT(Cadence.ALWAYS), MEMORY_USAGE(Cadence.ALWAYS),
        MEMORY_STAT(Cadence.WHEN_ACTIVE), MEMORY_LIMIT(Cadence.SELDOM),
        TASKS(Cadence.WHEN_ACTIVE), TASKS_LIMIT(Cadence.SELDOM),
        LEGACY_DISKS(Cadence.ALWAYS), UNIFIED_DISKS(Cadence.ALWAYS),
        PROCESS_DISKS(Cadence.WHEN_ACTIVE), NETWORK(Cadence.UNLESS_QUIET),
        CPU_PRESSURE(Cadence.UNLESS_QUIET), MEMORY_PRESSURE(Cadence.UNLESS_QUIET),
        DISK_PRESSURE(Cadence.UNLESS_QUIET);

        private final Cadence cadence;

        Reading(Cadence cadence) {
            this.cadence = cadence;
        }

        /** When it is worth reading again. */
        public Cadence cadence() {
            return cadence;
        }
    }

    /**
     * The files of a cgroup, those first that tell whether the container was active; what the kernel
     * lacks of them is found out by opening.
     */
    public static List<CounterFile> of(CgroupPlace place) {
        Collector found = new Collector(place);
        place.legacyFile("cpuacct", "cpuacct.usage").ifPresentOrElse(
                path -> found.add(path, Reading.CPU_NANOS),
                () -> found.unified("cpu.stat", Reading.CPU_STAT));
        found.either("memory", "memory.usage_in_bytes", "memory.current", Reading.MEMORY_USAGE);
        found.either("memory", "memory.stat", "memory.stat", Reading.MEMORY_STAT);
        found.either("memory", "memory.limit_in_bytes", "memory.max", Reading.MEMORY_LIMIT);
        found.either("pids", "pids.current", "pids.current", Reading.TASKS);
        found.either("pids", "pids.max", "pids.max", Reading.TASKS_LIMIT);
        place.legacyFile("blkio", "blkio.throttle.io_service_bytes")
                .ifPresent(path -> found.add(path, Reading.LEGACY_DISKS));
        place.unifiedFile("io", "io.stat")
                .ifPresent(path -> found.add(path, Reading.UNIFIED_DISKS));
        found.unified("cpu.pressure", Reading.CPU_PRESSURE);
        found.unified("memory.pressure", Reading.MEMORY_PRESSURE);
        found.unified("io.pressure", Reading.DISK_PRESSURE);
        return found.files;
    }

    /** The network counters of a process's network namespace. */
    public static CounterFile network(int pid) {
        return new CounterFile("/proc/" + pid + "/net/dev", Reading.NETWORK);
    }

    /** What a process and those of its children it has waited for read and wrote. */
    public static CounterFile disks(int pid) {
        return new CounterFile("/proc/" + pid + "/io", Reading.PROCESS_DISKS);
    }

    private record Collector(CgroupPlace place, List<CounterFile> files) {
        Collector(CgroupPlace place) {
            this(place, new ArrayList<>());
        }

        void add(String path, Reading reading) {
            files.add(new CounterFile(path, reading));
        }

        void either(String controller, String legacy, String unified, Reading reading) {
            place.legacyFile(controller, legacy).or(() -> place.unifiedFile(controller, unified))
                    .ifPresent(path -> add(path, reading));
        }

        void unified(String file, Reading reading) {
            place.unifiedFile(file).ifPresent(path -> add(path, reading));
        }
    }

    /** Whether one read(2) may return less than all: the file is made of many records. */
    public boolean hasManyRecords() {
        return reading == Reading.NETWORK;
    }

    /** Whether what a row has of this file is nothing but zeros, or absent. */
    public boolean isQuiet(long[] row) {
        return switch (reading) {
            case NETWORK -> row[Counter.NETWORK_RECEIVED_BYTES.ordinal()] <= 0
                    && row[Counter.NETWORK_SENT_BYTES.ordinal()] <= 0;
            case CPU_PRESSURE -> row[Counter.CPU_PRESSURE_HUNDREDTHS.ordinal()] <= 0;
            case MEMORY_PRESSURE -> row[Counter.MEMORY_PRESSURE_HUNDREDTHS.ordinal()] <= 0;
            case DISK_PRESSURE -> row[Counter.DISK_PRESSURE_HUNDREDTHS.ordinal()] <= 0;
            case CPU_NANOS, CPU_STAT, MEMORY_USAGE, MEMORY_STAT, MEMORY_LIMIT, TASKS, TASKS_LIMIT,
                    LEGACY_DISKS, UNIFIED_DISKS, PROCESS_DISKS -> false;
        };
    }

    /** Reads the file's text into a row ({@link Usage#emptyRow}); what it does not say stays absent. */
    public void read(byte[] text, int length, long[] row) {
        switch (reading) {
            case MEMORY_USAGE -> set(row, Counter.MEMORY_BYTES, NumberScan.first(text, length));
            case MEMORY_STAT -> set(row, Counter.MEMORY_INACTIVE_BYTES, either(
                    NumberScan.keyed(text, length, TOTAL_INACTIVE),
                    NumberScan.keyed(text, length, INACTIVE)));
            case MEMORY_LIMIT -> set(row, Counter.MEMORY_LIMIT_BYTES,
                    limit(NumberScan.first(text, length)));
            case CPU_NANOS -> set(row, Counter.CPU_NANOS, NumberScan.first(text, length));
            case CPU_STAT -> set(row, Counter.CPU_NANOS,
                    micros(NumberScan.keyed(text, length, USAGE_MICROS)));
            case TASKS -> set(row, Counter.TASKS, NumberScan.first(text, length));
            case TASKS_LIMIT -> set(row, Counter.TASKS_LIMIT, NumberScan.first(text, length));
            case LEGACY_DISKS -> disks(text, length, READ_WORD, WRITE_WORD, row);
            case UNIFIED_DISKS -> disks(text, length, READ_KEY, WRITE_KEY, row);
            case PROCESS_DISKS -> {
                add(row, Counter.DISK_READ_BYTES, NumberScan.keyed(text, length, READ_BYTES));
                add(row, Counter.DISK_WRITTEN_BYTES,
                        NumberScan.keyed(text, length, WRITTEN_BYTES));
            }
            case NETWORK -> network(text, length, row);
            case CPU_PRESSURE -> set(row, Counter.CPU_PRESSURE_HUNDREDTHS, some(text, length));
            case MEMORY_PRESSURE ->
                    set(row, Counter.MEMORY_PRESSURE_HUNDREDTHS, some(text, length));
            case DISK_PRESSURE -> set(row, Counter.DISK_PRESSURE_HUNDREDTHS, some(text, length));
        }
    }

    private static void set(long[] row, Counter counter, long value) {
        row[counter.ordinal()] = value;
    }

    private static void add(long[] row, Counter counter, long value) {
        if (value != NumberScan.ABSENT) {
            row[counter.ordinal()] = Math.max(0, row[counter.ordinal()]) + value;
        }
    }

    private static long either(long first, long second) {
        return first == NumberScan.ABSENT ? second : first;
    }

    private static long limit(long value) {
        return value >= LEGACY_NO_LIMIT ? Long.MAX_VALUE : value;
    }

    private static long micros(long value) {
        return value == NumberScan.ABSENT ? value : value * NANOS_PER_MICRO;
    }

    /** A file without a line is one of a container that has not touched a disk. */
    private static void disks(byte[] text, int length, byte[] reads, byte[] writes, long[] row) {
        set(row, Counter.DISK_READ_BYTES, 0);
        set(row, Counter.DISK_WRITTEN_BYTES, 0);
        for (int line = 0; line < length; line = NumberScan.afterLine(text, line, length)) {
            add(row, Counter.DISK_READ_BYTES, inLine(text, line, length, reads));
            add(row, Counter.DISK_WRITTEN_BYTES, inLine(text, line, length, writes));
        }
    }

    /** The number after some bytes in one line. */
    private static long inLine(byte[] text, int line, int length, byte[] wanted) {
        int last = NumberScan.afterLine(text, line, length) - wanted.length;
        for (int place = line; place < last; place++) {
            if (NumberScan.startsWith(text, place, wanted)) {
                return NumberScan.at(text, place + wanted.length, length);
            }
        }
        return NumberScan.ABSENT;
    }

    /** Two lines of headings, then {@code NAME: received … sent …}; no name has a colon in it. */
    private static void network(byte[] text, int length, long[] row) {
        set(row, Counter.NETWORK_RECEIVED_BYTES, 0);
        set(row, Counter.NETWORK_SENT_BYTES, 0);
        int line = NumberScan.afterLine(text, NumberScan.afterLine(text, 0, length), length);
        for (; line < length; line = NumberScan.afterLine(text, line, length)) {
            int place = line;
            while (place < length && text[place] == ' ') {
                place++;
            }
            boolean loopback = place + LOOPBACK.length < length
                    && NumberScan.startsWith(text, place, LOOPBACK);
            while (place < length && text[place] != ':' && text[place] != '\n') {
                place++;
            }
            if (loopback || place == length || text[place] == '\n') {
                continue;
            }
            int columns = place + 1;
            add(row, Counter.NETWORK_RECEIVED_BYTES, NumberScan.at(text, columns, length));
            add(row, Counter.NETWORK_SENT_BYTES,
                    NumberScan.at(text, column(text, columns, length, SENT_COLUMN), length));
        }
    }

    /** Where a column begins, counted from 0; at the line's end if it has fewer. */
    private static int column(byte[] text, int from, int length, int number) {
        int place = from;
        for (int passed = 0; passed < number; passed++) {
            while (place < length && text[place] == ' ') {
                place++;
            }
            while (place < length && text[place] != ' ' && text[place] != '\n') {
                place++;
            }
        }
        return place;
    }

    /** The share of ten seconds in the line {@code some}, with its two decimals. */
    private static long some(byte[] text, int length) {
        if (length <= SOME_PERCENT.length || !NumberScan.startsWith(text, 0, SOME_PERCENT)) {
            return NumberScan.ABSENT;
        }
        int place = SOME_PERCENT.length;
        long whole = NumberScan.at(text, place, length);
        while (place < length && text[place] != '.' && text[place] != '\n') {
            place++;
        }
        long hundredths = place + 2 < length && text[place] == '.'
                ? NumberScan.at(text, place + 1, place + 3) : 0;
        return whole == NumberScan.ABSENT || hundredths == NumberScan.ABSENT || whole > 100
                ? NumberScan.ABSENT : whole * 100 + hundredths;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
