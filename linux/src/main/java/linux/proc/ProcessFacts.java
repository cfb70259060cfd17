package linux.proc;

import java.util.List;

/**
 * What is known of one process.
 *
 * @param stat      {@code /proc/PID/stat}
 * @param status    {@code /proc/PID/status}
 * @param arguments {@code /proc/PID/cmdline}; none for a zombie
 */
public record ProcessFacts(ProcessStat stat, ProcessStatus status, List<String> arguments) {
    public ProcessFacts {
        arguments = List.copyOf(arguments);
    }
}
