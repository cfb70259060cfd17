package cli.jrun;

import java.io.IOException;
import linux.syscall.Descriptors;
import linux.syscall.Processes;
import linux.syscall.SystemCallException;
import runtime.oci.ContainerRecord;
import sun.misc.Signal;

/** Passes the signals that ask a foreground container to end, or mean its program, on to it. */
final class Signals {
    private static final String[] NAMES = {"INT", "TERM", "HUP", "USR2", "WINCH", "CONT"};

    private Signals() {}

    static void forward(ContainerRecord record) throws IOException {
        int pidfd = Processes.open(record.pid());
        for (String name : NAMES) {
            try {
                Signal.handle(new Signal(name), signal -> send(pidfd, signal.getNumber()));
            } catch (IllegalArgumentException taken) {
                // The JVM keeps it to itself: then it is not passed on.
                Descriptors.close(-1);
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
