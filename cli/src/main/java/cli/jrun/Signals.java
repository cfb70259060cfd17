package cli.jrun;

import java.io.IOException;
import linux.syscall.Processes;
import linux.syscall.SystemCallException;
import runtime.oci.ContainerRecord;
import sun.misc.Signal;

/** Passes the signals that ask a foreground container to end, or mean its program, on to it. */
final class Signals {
    private static final String[] NAMES = {"INT", "TERM", "HUP", "USR1", "WINCH", "CONT"};

    private Signals() {}

    static void forward(ContainerRecord record) throws IOException {
        int pidfd = Processes.open(record.pid());
        for (String name : NAMES) {
            try {
                Signal.handle(new Signal(name), signal -> send(pidfd, signal.getNumber()));
            } catch (IllegalArgumentException taken) {
                // One the JVM keeps for itself under its present options: it cannot be passed on.
                continue;
            }
        }
    }

    private static void send(int pidfd, int signal) {
        try {
            Processes.signal(pidfd, signal);
        } catch (SystemCallException refused) {
            System.err.println("jrun: signal " + signal + " could not be passed on: "
                    + refused.getMessage());
        }
    }
}
