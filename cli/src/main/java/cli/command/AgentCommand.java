package cli.command;

import java.io.IOException;

/** The node daemon. */
final class AgentCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("agent", "Run the node daemon in the foreground")
                .value("data-dir", "folder", "Images and containers (default /var/lib/jctl)")
                .value("run-dir", "folder", "Socket and running state (default /run/jctl)");
    }

    @Override
    public int run(Arguments arguments, Console console) throws IOException {
        throw new IOException("this build has no node daemon");
    }
}
