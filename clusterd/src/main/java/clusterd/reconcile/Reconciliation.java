package clusterd.reconcile;

import clusterd.state.Command;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a service needs.
 *
 * @param commands     to be proposed together, in this order
 * @param wakeAtMillis when to look again if nothing changes before, milliseconds since 1970; empty = never
 */
public record Reconciliation(List<Command> commands, OptionalLong wakeAtMillis) {
    /** Copies the list. */
    public Reconciliation {
        commands = List.copyOf(commands);
    }
}
