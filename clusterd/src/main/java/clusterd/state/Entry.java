package clusterd.state;

import java.util.List;

/**
 * One entry of the log: commands that are applied one after the other, with nothing between them.
 *
 * @param term     of the leader whose decision it is; 0 = it is nobody's decision, and good in any term
 * @param commands in their order
 */
public record Entry(long term, List<Command> commands) {
    /** Copies the list. */
    public Entry {
        commands = List.copyOf(commands);
    }
}
