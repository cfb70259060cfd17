package runtime.launch;

import java.nio.file.Path;

/**
 * One launch.
 *
 * @param program   what to do
 * @param runFolder an existing folder of this container alone, on a file system that is empty after a
 *                  reboot; holds the keeper's status page ({@code status}) and the standard input FIFO
 */
public record LaunchRequest(KeeperProgram program, Path runFolder) {}
