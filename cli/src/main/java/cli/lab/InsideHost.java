package cli.lab;

import java.io.IOException;
import java.nio.file.Path;
import linux.abi.CloneFlag;
import linux.abi.OpenFlag;
import linux.abi.SystemCall;
import linux.syscall.Descriptors;
import linux.syscall.Kernel;
import linux.syscall.Mounts;
import linux.syscall.SeparateThread;

/** This process's own work in the namespaces of a virtual host, on a thread that enters them and ends. */
final class InsideHost {
    private InsideHost() {}

    /** In its network namespace alone. */
    static <T> T network(LabProcess init, SeparateThread.Work<T> work) throws IOException {
        int descriptor = open(init, "net");
        try {
            return SeparateThread.inNetwork(descriptor, work);
        } finally {
            Descriptors.close(descriptor);
        }
    }

    /**
     * In its network, name and mount namespaces. {@code /proc} shows the host's processes there, of which
     * the thread is none: it has no {@code /proc/self}.
     */
    static <T> T all(LabProcess init, SeparateThread.Work<T> work) throws IOException {
        return SeparateThread.call("virtual-host", () -> {
            int network = open(init, "net");
            int name = open(init, "uts");
            int mounts = open(init, "mnt");
            try {
                Mounts.unshare(CloneFlag.CLONE_FS);
                enter("network", network, CloneFlag.CLONE_NEWNET);
                enter("name", name, CloneFlag.CLONE_NEWUTS);
                Mounts.enter(mounts);
            } finally {
                Descriptors.close(network);
                Descriptors.close(name);
                Descriptors.close(mounts);
            }
            return work.run();
        });
    }

    /** A descriptor of one of its namespaces. */
    static int open(LabProcess init, String namespace) throws IOException {
        return Descriptors.open(Path.of("/proc", Integer.toString(init.pid()), "ns", namespace),
                OpenFlag.O_RDONLY);
    }

    private static void enter(String what, int descriptor, CloneFlag flag) throws IOException {
        Kernel.check(SystemCall.SETNS, what + " namespace, " + flag, descriptor, flag.value());
    }
}
