package runtime.container;

import java.io.IOException;
import runtime.launch.Launched;

/** A terminal's size in character cells; 0 if unknown. */
public record TerminalSize(int rows, int columns) {
    /** The kernel's own: 0 by 0. */
    public static final TerminalSize UNKNOWN = new TerminalSize(0, 0);

    void applyTo(Launched launched) throws IOException {
        if (launched.hasTerminal() && rows > 0 && columns > 0) {
            launched.resize(rows, columns);
        }
    }
}
