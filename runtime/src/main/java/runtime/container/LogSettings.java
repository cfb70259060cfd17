package runtime.container;

import java.nio.file.Path;
import runtime.forward.LogChoice;

/**
 * What the daemon's operator says of logs.
 *
 * @param standard what becomes of the output of containers that say nothing else
 * @param journal  where systemd-journald takes datagrams
 */
public record LogSettings(LogChoice standard, Path journal) {
    /** The own bounded log, and journald where systemd has it. */
    public static final LogSettings STANDARD =
            new LogSettings(LogChoice.OWN, Path.of("/run/systemd/journal/socket"));
}
