package runtime.observe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import linux.abi.Errno;
import linux.abi.FileFlags;
import linux.proc.NumberScan;
import linux.syscall.Descriptors;
import linux.syscall.Files;
import linux.syscall.SystemCallException;
import runtime.cgroup.CgroupPlace;
import runtime.cgroup.Counter;
import runtime.cgroup.CounterFile;
import runtime.cgroup.CounterFile.Reading;
import runtime.cgroup.Usage;

/**
 * The counter files of one container, kept open: a reading is one pread(2) per file. Its network counters
 * are those {@code /proc/PID/net/dev} shows of its first process, so nobody enters its namespace; the open
 * file keeps that namespace alive, so it must be closed when the container ends.
 *
 * <p>What cannot have changed is not read again ({@link CounterFile.Cadence}): of a container at rest a
 * reading is a handful of calls.
 */
final class OpenCounters implements Sampler.Counters {
    /** A container of more processes shows no disk use where it has no cgroup that counts it. */
    private static final int MOST_PROCESSES_ASKED = 256;
    /** Every so many readings all is read. */
    private static final int SELDOM = 10;
    /** For so long after it did something, what follows of that is looked for. */
    private static final int QUIET_READINGS = 3;
    private static final int CPU = Counter.CPU_NANOS.ordinal();
    private static final int MEMORY = Counter.MEMORY_BYTES.ordinal();
    private static final int DISK_READ = Counter.DISK_READ_BYTES.ordinal();
    private static final int DISK_WRITTEN = Counter.DISK_WRITTEN_BYTES.ordinal();

    /** An open file; -1 once it cannot be read. */
    private static final class Open {
        private final CounterFile file;
        private int descriptor;

        private Open(CounterFile file, int descriptor) {
            this.file = file;
            this.descriptor = descriptor;
        }
    }

    private final int pid;
    private final List<Open> files = new ArrayList<>();
    /** Lists the processes to ask for their disk use; -1 if the cgroup counts that. */
    private int processList = -1;
    private long[] last = Usage.emptyRow();
    /** The same object as long as nothing changes. */
    private Usage lastUsage = Usage.NOTHING;
    /** Shifts the seldom readings of each container to another second. */
    private int readings;
    /** The reading at which it last was seen to do something. */
    private int activeAt;

    private OpenCounters(int pid) {
        this.pid = pid;
        this.readings = pid;
    }

    /**
     * Opens what the kernel has of a container's counters.
     *
     * @param place      its cgroups
     * @param pid        of its first process
     * @param ownNetwork whether it has a network namespace of its own
     * @throws SystemCallException if a file that is there cannot be opened; nothing stays open then
     */
    static OpenCounters open(CgroupPlace place, int pid, boolean ownNetwork)
            throws SystemCallException {
        OpenCounters counters = new OpenCounters(pid);
        boolean done = false;
        try {
            boolean countsDisks = false;
            for (CounterFile file : CounterFile.of(place)) {
                boolean disks = file.reading() == Reading.LEGACY_DISKS
                        || file.reading() == Reading.UNIFIED_DISKS;
                countsDisks |= counters.add(file) && disks;
            }
            if (ownNetwork) {
                counters.add(CounterFile.network(pid));
            }
            if (!countsDisks) {
                counters.add(CounterFile.disks(pid));
                String folder =
                        place.unifiedFolder().orElseGet(() -> place.folders().getFirst());
                counters.processList = open(folder + "/cgroup.procs");
            }
            done = true;
            return counters;
        } finally {
            if (!done) {
                counters.close();
            }
        }
    }

    private boolean add(CounterFile file) throws SystemCallException {
        int descriptor = open(file.path());
        if (descriptor >= 0) {
            files.add(new Open(file, descriptor));
        }
        return descriptor >= 0;
    }

    /** A descriptor, or -1 if there is nothing of that name or the kernel has it switched off. */
    private static int open(String path) throws SystemCallException {
        try {
            return Files.openat(FileFlags.AT_FDCWD, Files.name(path), FileFlags.O_RDONLY, 0);
        } catch (SystemCallException failure) {
            boolean absent = failure.is(Errno.ENOENT) || failure.is(Errno.ESRCH)
                    || failure.is(Errno.ENODEV) || failure.is(Errno.EOPNOTSUPP);
            if (absent) {
                return -1;
            }
            throw failure;
        }
    }

    @Override
    public synchronized Usage read(ReadBuffer buffer) {
        boolean all = last[CPU] == NumberScan.ABSENT || readings % SELDOM == 0;
        readings++;
        long[] row = all ? Usage.emptyRow() : last.clone();
        for (Open each : files) {
            boolean due = each.descriptor >= 0 && switch (each.file.reading().cadence()) {
                case ALWAYS -> true;
                case WHEN_ACTIVE -> all || isActive(row);
                case UNLESS_QUIET -> all || readings - activeAt <= QUIET_READINGS
                        || isActive(row) || !each.file.isQuiet(last);
                case SELDOM -> all;
            };
            if (due && !read(each, buffer, row)) {
                // The container has ended, or is about to: what was last seen of the file is no more.
                return Usage.of(complete(buffer));
            }
        }
        if (isActive(row)) {
            activeAt = readings;
        }
        if (!Arrays.equals(row, last)) {
            lastUsage = Usage.of(row);
        }
        last = row;
        return lastUsage;
    }

    /** By the files that are read first. */
    private boolean isActive(long[] row) {
        return row[CPU] != last[CPU] || row[MEMORY] != last[MEMORY];
    }

    /** Everything that can be read, and nothing of before. */
    private long[] complete(ReadBuffer buffer) {
        long[] row = Usage.emptyRow();
        for (Open each : files) {
            if (each.descriptor >= 0) {
                read(each, buffer, row);
            }
        }
        forget();
        return row;
    }

    private void forget() {
        last = Usage.emptyRow();
        lastUsage = Usage.NOTHING;
    }

    /** False if it cannot be read any more: it is closed then. */
    private boolean read(Open open, ReadBuffer buffer, long[] row) {
        try {
            if (open.file.reading() == Reading.PROCESS_DISKS) {
                readProcesses(open, buffer, row);
            } else {
                int length = buffer.read(open.descriptor, open.file.hasManyRecords());
                open.file.read(buffer.text(), length, row);
            }
            return true;
        } catch (SystemCallException gone) {
            Descriptors.close(open.descriptor);
            open.descriptor = -1;
            return false;
        }
    }

    /** What the first process has read and written, and the others if there are some. */
    private void readProcesses(Open first, ReadBuffer buffer, long[] row)
            throws SystemCallException {
        row[DISK_READ] = NumberScan.ABSENT;
        row[DISK_WRITTEN] = NumberScan.ABSENT;
        int length = buffer.read(first.descriptor, false);
        first.file.read(buffer.text(), length, row);
        if (row[Counter.TASKS.ordinal()] > 1 && processList >= 0) {
            addOthers(buffer, row);
        }
        // A process may have ended and not been waited for: its share comes back with its parent's.
        if (row[DISK_READ] != NumberScan.ABSENT) {
            row[DISK_READ] = Math.max(row[DISK_READ], last[DISK_READ]);
            row[DISK_WRITTEN] = Math.max(row[DISK_WRITTEN], last[DISK_WRITTEN]);
        }
    }

    private void addOthers(ReadBuffer buffer, long[] row) throws SystemCallException {
        int length = buffer.read(processList, true);
        int[] pids = new int[MOST_PROCESSES_ASKED];
        int count = 0;
        for (int line = 0; line < length;
                line = NumberScan.afterLine(buffer.text(), line, length)) {
            long other = NumberScan.at(buffer.text(), line, length);
            if (count == MOST_PROCESSES_ASKED) {
                row[DISK_READ] = NumberScan.ABSENT;
                row[DISK_WRITTEN] = NumberScan.ABSENT;
                return;
            }
            if (other > 0 && other != pid) {
                pids[count++] = (int) other;
            }
        }
        for (int i = 0; i < count; i++) {
            addProcess(pids[i], buffer, row);
        }
    }

    private static void addProcess(int other, ReadBuffer buffer, long[] row)
            throws SystemCallException {
        CounterFile file = CounterFile.disks(other);
        int descriptor = open(file.path());
        if (descriptor < 0) {
            return;
        }
        try {
            int length = buffer.read(descriptor, false);
            file.read(buffer.text(), length, row);
        } catch (SystemCallException ended) {
            if (!ended.is(Errno.ESRCH)) {
                throw ended;
            }
        } finally {
            Descriptors.close(descriptor);
        }
    }

    @Override
    public synchronized void close() {
        for (Open each : files) {
            if (each.descriptor >= 0) {
                Descriptors.close(each.descriptor);
            }
        }
        files.clear();
        forget();
        if (processList >= 0) {
            Descriptors.close(processList);
            processList = -1;
        }
    }
}
