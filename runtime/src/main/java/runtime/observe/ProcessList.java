package runtime.observe;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import linux.proc.Accounts;
import linux.proc.MemoryInformation;
import linux.proc.ProcFormatException;
import linux.proc.ProcessClock;
import linux.proc.ProcessFacts;
import linux.proc.ProcessStat;
import linux.proc.ProcessStatus;
import runtime.cgroup.CgroupControl;
import runtime.cgroup.CgroupPlace;
import runtime.container.ContainerRecord;

/** The processes of a container as the host sees them, read from /proc: the container's own ps is not asked. */
public final class ProcessList {
    private static final Path PROC = Path.of("/proc");
    private static final int MOST_ARGUMENT_BYTES = 4096;
    /** After so much text of all processes together only their names are shown. */
    private static final int ARGUMENTS_BUDGET_BYTES = 4 << 20;

    private final CounterSource source;

    public ProcessList(CounterSource source) {
        this.source = source;
    }

    /** This machine now, with the users of its own passwd(5). */
    public static ProcessClock machine() throws IOException {
        String uptime = text(PROC.resolve("uptime"));
        return new ProcessClock(Instant.now(), ZoneId.systemDefault(),
                Double.parseDouble(uptime.substring(0, uptime.indexOf(' '))),
                MemoryInformation.parse(text(PROC.resolve("meminfo"))).totalBytes(),
                Accounts.parse(optional(Path.of("/etc/passwd")), optional(Path.of("/etc/group"))));
    }

    /** Every process of a container that runs, by pid; those in cgroups it made itself, too. */
    public List<ProcessFacts> of(ContainerRecord running) throws IOException {
        CgroupPlace place = source.place(running);
        TreeSet<Integer> pids = new TreeSet<>();
        for (String folder : place.folders().stream().limit(1).toList()) {
            collect(Path.of(folder), pids);
        }
        List<ProcessFacts> processes = new ArrayList<>();
        int budget = ARGUMENTS_BUDGET_BYTES;
        for (int pid : pids) {
            Optional<ProcessFacts> process = facts(pid, budget > 0);
            if (process.isPresent()) {
                processes.add(process.get());
                for (String argument : process.get().arguments()) {
                    budget -= argument.length();
                }
            }
        }
        return processes;
    }

    private static void collect(Path folder, TreeSet<Integer> pids) throws IOException {
        try {
            pids.addAll(CgroupControl.processes(text(folder.resolve("cgroup.procs"))));
            try (DirectoryStream<Path> entries =
                    Files.newDirectoryStream(folder, Files::isDirectory)) {
                for (Path entry : entries) {
                    collect(entry, pids);
                }
            }
        } catch (NoSuchFileException removed) {
            // A group the container took away meanwhile: its processes are in another.
            return;
        }
    }

    /** Nothing for a process that has ended meanwhile. */
    private static Optional<ProcessFacts> facts(int pid, boolean arguments) throws IOException {
        Path folder = PROC.resolve(Integer.toString(pid));
        try {
            return Optional.of(new ProcessFacts(
                    ProcessStat.parse(text(folder.resolve("stat"))),
                    ProcessStatus.parse(text(folder.resolve("status"))),
                    arguments ? arguments(folder.resolve("cmdline")) : List.of()));
        } catch (NoSuchFileException | ProcFormatException ended) {
            return Optional.empty();
        } catch (IOException failure) {
            if (Files.exists(folder)) {
                throw failure;
            }
            return Optional.empty();
        }
    }

    private static List<String> arguments(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(MOST_ARGUMENT_BYTES), StandardCharsets.UTF_8);
            String whole = text.endsWith("\0") ? text.substring(0, text.length() - 1) : text;
            return whole.isEmpty() ? List.of() : List.of(whole.split("\0", -1));
        }
    }

    private static String optional(Path file) throws IOException {
        return Files.exists(file) ? text(file) : "";
    }

    /** Latin letters at least; names of programs are any bytes. */
    private static String text(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
