package runtime.observe;

import java.util.ArrayList;
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
import runtime.cgroup.Usage;

/**
 * The counter files of one container, kept open: a reading is one pread(2) per file. Its network counters
 * are those {@code /proc/PID/net/dev} shows of its first process, so nobody enters its namespace; that
 * file is opened each time, since it would keep the namespace alive after its container. For one thread.
 */
final class OpenCounters implements Sampler.Counters {
    /** A container of more processes shows no disk use where it has no cgroup that counts it. */
    private static final int MOST_PROCESSES_ASKED = 256;
    private static final byte[] NETWORK_FILE = Files.name("net/dev");

    /** An open file; closed and forgotten once it cannot be read. */
    private static final class Open {
        private final CounterFile file;
        private int descriptor;

        private Open(CounterFile file, int descriptor) {
            this.file = file;
            this.descriptor = descriptor;
        }
    }

    private final List<Open> files = new ArrayList<>();
    private final int pid;
    private final boolean ownNetwork;
    private final CounterFile networkFile;
    private int processFolder = -1;
    /** Lists the processes to ask for their disk use; -1 if the cgroup counts that. */
    private int processList = -1;
    private long diskReadBytes;
    private long diskWrittenBytes;

    private OpenCounters(int pid, boolean ownNetwork) {
        this.pid = pid;
        this.ownNetwork = ownNetwork;
        this.networkFile = CounterFile.network(pid);
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
        OpenCounters counters = new OpenCounters(pid, ownNetwork);
        boolean done = false;
        try {
            boolean countsDisks = false;
            for (CounterFile file : CounterFile.of(place)) {
                int descriptor = open(file.path());
                if (descriptor >= 0) {
                    counters.files.add(new Open(file, descriptor));
                    countsDisks |= file.reading() == CounterFile.Reading.LEGACY_DISKS
                            || file.reading() == CounterFile.Reading.UNIFIED_DISKS;
                }
            }
            counters.processFolder = open("/proc/" + pid);
            if (!countsDisks) {
                counters.openProcesses(place);
            }
            done = true;
            return counters;
        } finally {
            if (!done) {
                counters.close();
            }
        }
    }

    private void openProcesses(CgroupPlace place) throws SystemCallException {
        CounterFile own = CounterFile.disks(pid);
        int descriptor = open(own.path());
        if (descriptor >= 0) {
            files.add(new Open(own, descriptor));
        }
        String folder = place.unifiedFolder().orElseGet(() -> place.folders().getFirst());
        processList = open(folder + "/cgroup.procs");
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

    /** The counters now; what cannot be read any more, as at the container's end, is absent. */
    @Override
    public Usage read(ReadBuffer buffer) {
        long[] row = Usage.emptyRow();
        for (Open each : files) {
            if (each.descriptor < 0) {
                continue;
            }
            try {
                int length = buffer.read(each.descriptor, false);
                each.file.read(buffer.text(), length, row);
            } catch (SystemCallException gone) {
                Descriptors.close(each.descriptor);
                each.descriptor = -1;
            }
        }
        if (ownNetwork && processFolder >= 0) {
            readNetwork(buffer, row);
        }
        if (processList >= 0) {
            readProcesses(buffer, row);
        }
        return Usage.of(row);
    }

    private void readNetwork(ReadBuffer buffer, long[] row) {
        try {
            int descriptor =
                    Files.openat(processFolder, NETWORK_FILE, FileFlags.O_RDONLY, 0);
            try {
                int length = buffer.read(descriptor, networkFile.hasManyRecords());
                networkFile.read(buffer.text(), length, row);
            } finally {
                Descriptors.close(descriptor);
            }
        } catch (SystemCallException ended) {
            Descriptors.close(processFolder);
            processFolder = -1;
        }
    }

    /** The first process is in the row already; the others' use is added if there are some. */
    private void readProcesses(ReadBuffer buffer, long[] row) {
        if (row[Counter.TASKS.ordinal()] > 1) {
            try {
                addOthers(buffer, row);
            } catch (SystemCallException ended) {
                Descriptors.close(processList);
                processList = -1;
            }
        }
        // A process may have ended and not been waited for: its share comes back with its parent's.
        diskReadBytes = Math.max(diskReadBytes, row[Counter.DISK_READ_BYTES.ordinal()]);
        diskWrittenBytes = Math.max(diskWrittenBytes, row[Counter.DISK_WRITTEN_BYTES.ordinal()]);
        if (row[Counter.DISK_READ_BYTES.ordinal()] != NumberScan.ABSENT) {
            row[Counter.DISK_READ_BYTES.ordinal()] = diskReadBytes;
            row[Counter.DISK_WRITTEN_BYTES.ordinal()] = diskWrittenBytes;
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
                row[Counter.DISK_READ_BYTES.ordinal()] = NumberScan.ABSENT;
                row[Counter.DISK_WRITTEN_BYTES.ordinal()] = NumberScan.ABSENT;
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
    public void close() {
        for (Open each : files) {
            if (each.descriptor >= 0) {
                Descriptors.close(each.descriptor);
            }
        }
        files.clear();
        if (processFolder >= 0) {
            Descriptors.close(processFolder);
            processFolder = -1;
        }
        if (processList >= 0) {
            Descriptors.close(processList);
            processList = -1;
        }
    }
}
