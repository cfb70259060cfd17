package clusterd.compose;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;

/**
 * What runs in a service's containers.
 *
 * @param command          arguments; absent = the image's
 * @param entrypoint       what they are given to; absent = the image's, present and empty = nothing
 * @param environment      on top of the image's
 * @param workingDirectory {@code ""} = the image's
 * @param user             {@code user[:group]}; {@code ""} = the image's
 * @param groups           further ones, names or numbers
 * @param terminal         whether it has one
 * @param standardInput    whether it is kept open
 * @param init             whether a tiny first process passes signals on and reaps
 * @param stopSignal       {@code ""} = the image's
 * @param stopSeconds      between that and SIGKILL; absent = what is usual
 */
public record Program(Optional<List<String>> command, Optional<List<String>> entrypoint,
        SortedMap<String, String> environment, String workingDirectory, String user, List<String> groups,
        boolean terminal, boolean standardInput, boolean init, String stopSignal, OptionalInt stopSeconds) {
    /** Copies lists and map. */
    public Program {
        command = command.map(List::copyOf);
        entrypoint = entrypoint.map(List::copyOf);
        environment = ComposeProject.sorted(environment);
        groups = List.copyOf(groups);
    }
}
