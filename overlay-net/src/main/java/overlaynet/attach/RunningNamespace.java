package overlaynet.attach;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import linux.abi.CloneFlag;
import linux.abi.OpenFlag;
import linux.abi.SystemCall;
import linux.netlink.NetlinkRequest;
import linux.socket.NetlinkSocket;
import linux.syscall.Descriptors;
import linux.syscall.Kernel;

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

    /**
     * Sends requests in the namespace. {@code setns(2)} moves one thread, so that is done by one made
     * for it, which ends after that.
     */
    void send(List<NetlinkRequest> requests) throws IOException {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("network-namespace").start(() -> {
            try {
                Kernel.check(SystemCall.SETNS, "network namespace, CLONE_NEWNET", descriptor,
                        CloneFlag.CLONE_NEWNET.value());
                sendHere(requests);
                sent.complete(null);
            } catch (Throwable failed) { // also an Error: somebody waits
                sent.completeExceptionally(failed);
            }
        });
        try {
            sent.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw failed;
        }
    }

    @Override
    public void close() {
        Descriptors.close(descriptor);
    }
}
