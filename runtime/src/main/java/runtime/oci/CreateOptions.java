package runtime.oci;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code create} and {@code run} are given.
 *
 * @param id            the container's name
 * @param bundle        absolute path of the bundle
 * @param pidFile       where the first process's number is written
 * @param consoleSocket where the terminal's outer side is sent
 * @param preserved     how many descriptors from 3 on the program shall have
 * @param listening     how many of them are sockets it is told of ({@code sd_listen_fds(3)})
 * @param systemd       whether its cgroup is to be a scope of systemd
 */
public record CreateOptions(
        String id,
        Path bundle,
        Optional<Path> pidFile,
        Optional<Path> consoleSocket,
        int preserved,
        int listening,
        boolean systemd) {}
