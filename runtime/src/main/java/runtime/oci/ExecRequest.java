package runtime.oci;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import runtime.spec.Process;

/**
 * What {@code exec} is given.
 *
 * @param id            the container's name
 * @param process       makes the process from the container's own
 * @param pidFile       where its number is written
 * @param consoleSocket where the terminal's outer side is sent
 * @param preserved     how many descriptors from 3 on it shall have
 * @param detach        whether nobody waits for its end
 */
public record ExecRequest(
        String id,
        Function<Process, Process> process,
        Optional<Path> pidFile,
        Optional<Path> consoleSocket,
        int preserved,
        boolean detach) {}
