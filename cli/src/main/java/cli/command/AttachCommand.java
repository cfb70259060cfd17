package cli.command;

import cli.transport.CallException;
import java.io.IOException;

/** Attaches to a running container. */
final class AttachCommand implements Command {
    private final String name;

    AttachCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(name, "Attach standard input, output and error to a running container")
                .positionals("CONTAINER", 1, 1)
                .flag("no-stdin", "Do not attach standard input")
                .value("detach-keys", "string", "Keys for detaching from the container")
                .value("sig-proxy", "bool", "Pass signals on to the process (default true)");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        return StartCommand.attach(arguments.isOn("no-stdin"), false, arguments, console);
    }
}
