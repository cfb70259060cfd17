package runtime.oci;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import linux.abi.Errno;
import linux.proc.ProcessStat;
import linux.syscall.Descriptors;
import linux.syscall.Processes;
import linux.syscall.SystemCallException;

/** A container's first process by a handle that is never another's. */
final class FirstProcess implements AutoCloseable {
    private final int pidfd;

    private FirstProcess(int pidfd) {
        this.pidfd = pidfd;
    }

    /** When a process began, in the kernel's ticks; empty if there is none, or only its exit status. */
    static Optional<Long> startTicks(int pid) throws IOException {
        String text;
        try (var stream = Files.newInputStream(Path.of("/proc", Integer.toString(pid), "stat"))) {
            text = new String(stream.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        } catch (IOException ended) {
            // ESRCH: it ended between open(2) and read(2).
            return Optional.empty();
        }
        String state = text.substring(text.lastIndexOf(')') + 1).strip();
        boolean dead = state.startsWith("Z") || state.startsWith("X");
        return dead ? Optional.empty() : Optional.of(ProcessStat.parse(text).startTicks());
    }

    /** The process of a record; empty if it has ended. */
    static Optional<FirstProcess> of(ContainerRecord record) throws IOException {
        if (record.pid() <= 0) {
            return Optional.empty();
        }
        int pidfd;
        try {
            pidfd = Processes.open(record.pid());
        } catch (SystemCallException failed) {
            if (failed.errno() == Errno.ESRCH.number()) {
                return Optional.empty();
            }
            throw failed;
        }
        // Looked at after the handle was made: it is this process's, or the number is another's by now.
        if (startTicks(record.pid()).filter(ticks -> ticks == record.startTicks()).isEmpty()) {
            Descriptors.close(pidfd);
            return Optional.empty();
        }
        return Optional.of(new FirstProcess(pidfd));
    }

    int pidfd() {
        return pidfd;
    }

    /** @return false if it has ended */
    boolean signal(int signal) throws SystemCallException {
        return Processes.signal(pidfd, signal);
    }

    @Override
    public void close() {
        Descriptors.close(pidfd);
    }
}
