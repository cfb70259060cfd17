package runtime.oci;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import linux.socket.UnixSocket;
import linux.syscall.Descriptors;
import runtime.launch.HandedProcess;
import runtime.spec.Process;

/** Hands a terminal to who asked for it, as {@code --console-socket} of all OCI runtimes does. */
final class Console {
    private Console() {}

    /** Refuses a terminal that nobody would hold, and a socket for none. */
    static void check(Process process, Optional<Path> socket) throws OciException {
        if (process.terminal() && socket.isEmpty()) {
            throw new OciException("process.terminal is true and there is no --console-socket: nobody"
                    + " would hold the terminal; give one, or set terminal to false");
        }
        if (!process.terminal() && socket.isPresent()) {
            throw new OciException("there is a --console-socket, but process.terminal is false");
        }
    }

    /** Sends the terminal's outer side. */
    static void send(HandedProcess process, Optional<Path> socket) throws IOException {
        if (socket.isEmpty()) {
            return;
        }
        int terminal = process.terminal();
        try (UnixSocket console = UnixSocket.connect(socket.get())) {
            console.send("/dev/ptmx".getBytes(StandardCharsets.US_ASCII), List.of(terminal));
        } finally {
            Descriptors.close(terminal);
        }
    }
}
