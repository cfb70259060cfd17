package runtime.container;

import runtime.spec.ContainerSpec;
import runtime.spec.Process;

/** A terminal's size in character cells; 0 if unknown. */
public record TerminalSize(int rows, int columns) {
    /** The kernel's own: 0 by 0. */
    public static final TerminalSize UNKNOWN = new TerminalSize(0, 0);

    /** The spec with a terminal of this size, if it has a terminal and the size is known. */
    ContainerSpec of(ContainerSpec spec) {
        return spec.process().terminal() && rows > 0 && columns > 0
                ? spec.withProcess(spec.process().withConsoleSize(
                        new Process.ConsoleSize(rows, columns)))
                : spec;
    }
}
