package runtime.launch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import linux.abi.Errno;
import linux.abi.FileFlags;
import linux.abi.OpenFlag;
import linux.program.Encoder;
import linux.syscall.Descriptors;
import linux.syscall.Files;
import linux.syscall.SystemCallException;
import runtime.plan.FailureAdvice;
import runtime.plan.StatusPage;

/** A container that was handed over and waits for start, seen through its status page. */
public final class CreatedProcess {
    private final Path file;
    private final StatusView page;

    private CreatedProcess(Path file, StatusView page) {
        this.file = file;
        this.page = page;
    }

    /** @param runFolder of its launch */
    public static CreatedProcess in(Path runFolder) throws IOException {
        Path file = KeeperLauncher.statusFile(runFolder);
        if (java.nio.file.Files.size(file) != StatusPage.SIZE_BYTES) {
            throw new IOException(file + " is not a status page");
        }
        return new CreatedProcess(file, StatusView.map(file));
    }

    /** Whether somebody has started it. */
    public boolean isStarted() {
        return page.integer(StatusPage.COMMAND) != 0;
    }

    /**
     * Lets it go on until its seccomp filter has a listener; the caller closes it, and calls
     * {@link #listenerTaken} when it has sent it on.
     *
     * @param pidfd of the process
     * @return empty if the process has ended before
     */
    public OptionalInt takeListener(int pidfd) throws SystemCallException {
        page.set(StatusPage.COMMAND, StatusPage.COMMAND_START);
        return FilterListener.take(page, pidfd);
    }

    /** Lets the process go on to its program. */
    public void listenerTaken() {
        page.set(StatusPage.LISTENER_TAKEN, 1);
    }

    /**
     * Lets it execute its program, and returns when it has or has failed to.
     *
     * @param program what it executes, for the message
     * @param steps   {@link HandedProcess#remainingSteps}
     * @throws LaunchException with the step that failed
     */
    public void start(String program, List<String> steps) throws LaunchException, IOException {
        page.set(StatusPage.COMMAND, StatusPage.COMMAND_START);
        int descriptor = Descriptors.open(file, OpenFlag.O_RDWR);
        try {
            // Free when the process has let go of the page: by execve, or by its end.
            Files.flock(descriptor, FileFlags.LOCK_SH);
        } finally {
            Descriptors.close(descriptor);
        }
        int record = StatusPage.offsetBytes(StatusPage.FAILURE);
        int offset = page.integer(record) - 1;
        if (offset >= 0) {
            throw failure(program, steps, offset, -page.integer(record + Integer.BYTES));
        }
    }

    private static LaunchException failure(
            String program, List<String> steps, int offset, int errno) {
        String prefix = offset / Encoder.STEP_BYTES + "\t";
        for (String line : steps) {
            String[] words = line.split("\t", 4);
            if (line.startsWith(prefix) && words.length == 4) {
                if (words[1].equals("program")) {
                    return new LaunchException("exec: \"" + program + "\": " + Errno.describe(errno)
                            + FailureAdvice.ofProgram(errno), -1, errno, 126);
                }
                return new LaunchException(words[1] + ": " + words[2] + " = " + Errno.describe(errno)
                        + "; it is there because " + words[3], -1, errno, 125);
            }
        }
        return new LaunchException("a step of the start failed: " + Errno.describe(errno), -1, errno,
                125);
    }
}
