package runtime.oci;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import linux.socket.UnixSocket;
import linux.syscall.Descriptors;
import runtime.spec.ContainerSpec;
import runtime.spec.Seccomp;

/**
 * Sends the listener of a filter with {@code SCMP_ACT_NOTIFY} to the socket that the spec names, with the
 * container process state (OCI runtime-spec config-linux.md, seccomp).
 */
final class SeccompListener {
    private final Seccomp seccomp;
    private final ContainerRecord record;

    SeccompListener(ContainerSpec spec, ContainerRecord record) {
        this.seccomp = spec.linux().seccomp().orElseThrow();
        this.record = record;
    }

    /** Whether the filter of a container has a listener. */
    static boolean isWanted(ContainerSpec spec) {
        return spec.linux().seccomp().filter(Seccomp::asksSupervisor).isPresent();
    }

    /**
     * Sends it and closes it.
     *
     * @param pid    of the process the filter is of, as the host numbers it
     * @param status of the container
     * @throws OciException if nobody takes it
     */
    void send(int listener, int pid, ContainerStatus status) throws OciException {
        Path path = Path.of(seccomp.listenerPath().orElseThrow());
        try (UnixSocket supervisor = UnixSocket.connect(path)) {
            supervisor.send(state(pid, status).toString().getBytes(StandardCharsets.UTF_8),
                    List.of(listener));
        } catch (IOException nobody) {
            throw new OciException("linux.seccomp.listenerPath " + path + ": the filter's listener cannot"
                    + " be sent there (" + nobody.getMessage() + "); start who is to be asked", nobody);
        } finally {
            Descriptors.close(listener);
        }
    }

    private ObjectNode state(int pid, ContainerStatus status) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("ociVersion", record.ociVersion());
        node.putArray("fds").add("seccompFd");
        node.put("pid", pid);
        seccomp.listenerMetadata().ifPresent(text -> node.put("metadata", text));
        node.set("state", record.state(status));
        return node;
    }
}
