package runtime.launch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One launch.
 *
 * @param program   what to do
 * @param runFolder an existing folder of this container alone, on a file system that is empty after a
 *                  reboot; holds the keeper's status page ({@code status}) and the standard input FIFO
 * @param meanwhile what is done while the container waits for it, for a spec that
 *                  {@linkplain runtime.spec.ContainerSpec#waitsForHooks waits}
 */
public record LaunchRequest(KeeperProgram program, Path runFolder, Optional<Meanwhile> meanwhile) {
    /** One that waits for nobody. */
    public LaunchRequest(KeeperProgram program, Path runFolder) {
        this(program, runFolder, Optional.empty());
    }

    /** What is done when the container's root is filled and not yet changed. */
    @FunctionalInterface
    public interface Meanwhile {
        /**
         * Does it.
         *
         * @param pid the container's first process, as the host numbers it
         * @throws IOException if the container is not to run
         */
        void run(int pid) throws IOException;
    }
}
