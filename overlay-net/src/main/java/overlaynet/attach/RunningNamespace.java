package overlaynet.attach;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import linux.abi.OpenFlag;
import linux.netlink.NetlinkRequest;
import linux.socket.NetlinkSocket;
import linux.syscall.Descriptors;
import linux.syscall.SeparateThread;

/** The network namespace of a process that runs. */
final class RunningNamespace implements AutoCloseable {
    private final int descriptor;

    private RunningNamespace(int descriptor) {
        this.descriptor = descriptor;
    }

    /** That of the process; the namespace is held until this is closed. */
    static RunningNamespace of(int pid) throws IOException {
        return new RunningNamespace(Descriptors.open(
                Path.of("/proc", Integer.toString(pid), "ns", "net"), OpenFlag.O_RDONLY));
    }

    /** As a file descriptor of this process. */
    int descriptor() {
        return descriptor;
    }

    /** Sends requests in the namespace of the calling thread, one after the other. */
    static void sendHere(List<NetlinkRequest> requests) throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.route()) {
            for (NetlinkRequest request : requests) {
                socket.request(request);
            }
        }
    }

    /** Sends requests in the namespace. */
    void send(List<NetlinkRequest> requests) throws IOException {
        SeparateThread.inNetwork(descriptor, () -> {
            sendHere(requests);
            return null;
        });
    }

    @Override
    public void close() {
        Descriptors.close(descriptor);
    }
}
