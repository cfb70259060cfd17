package cli.command;

import api.node.SessionRequest;
import api.node.TerminalSize;
import cli.terminal.RawTerminal;
import cli.transport.Call;
import cli.wire.MessageWriter;
import java.io.IOException;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Turns signals to this process into messages: with a terminal SIGWINCH into its new size, without
 * one SIGINT and its kin into signals for the container. (sun.misc.Signal is the JDK's only door to
 * signals; SIGQUIT and SIGUSR2 belong to the JVM.)
 */
final class SignalForwarding implements SignalHandler {
    private static final String[] FORWARDED = {"INT", "TERM", "HUP", "USR1", "CONT", "ALRM"};

    private final Call call;
    private final RawTerminal terminal;

    private SignalForwarding(Call call, RawTerminal terminal) {
        this.call = call;
        this.terminal = terminal;
    }

    /** Forwards signals from now on. */
    static void ofProcess(Call call) {
        SignalForwarding forwarding = new SignalForwarding(call, null);
        for (String name : FORWARDED) {
            try {
                Signal.handle(new Signal(name), forwarding);
            } catch (IllegalArgumentException e) {
                // One the JVM keeps for itself under its present options: it cannot be forwarded.
                continue;
            }
        }
    }

    /** Reports the terminal's size from now on. */
    static void ofTerminal(Call call, RawTerminal terminal) {
        Signal.handle(new Signal("WINCH"), new SignalForwarding(call, terminal));
    }

    @Override
    public void handle(Signal signal) {
        MessageWriter request = new MessageWriter();
        try {
            if (terminal == null) {
                request.string(SessionRequest.SIGNAL_FIELD_NUMBER, "SIG" + signal.getName());
            } else {
                request.message(SessionRequest.RESIZE_FIELD_NUMBER, size(terminal));
            }
            call.send(request.toByteArray());
        } catch (IOException e) {
            // The receiving side reports a lost connection.
            return;
        }
    }

    /** The terminal's size as a message. */
    static MessageWriter size(RawTerminal terminal) throws IOException {
        RawTerminal.Size size = terminal.size();
        return new MessageWriter().number(TerminalSize.ROWS_FIELD_NUMBER, size.rows())
                .number(TerminalSize.COLUMNS_FIELD_NUMBER, size.columns());
    }
}
