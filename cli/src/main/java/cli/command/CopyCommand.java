package cli.command;

import cli.transport.CallException;
import java.io.IOException;
import runtime.copy.CopyArgument;
import runtime.copy.CopyException;

/** Copies files into and out of containers. */
final class CopyCommand implements Command {
    private final String name;

    CopyCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(name, "Copy files between a container and this machine")
                .positionals("CONTAINER:SOURCE DESTINATION|-  or  SOURCE|- CONTAINER:DESTINATION",
                        2, 2)
                .flag('a', "archive", "Keep owners (by number) and setuid bits")
                .flag('L', "follow-link", "Follow a symbolic link SOURCE")
                .flag('q', "quiet", "Do not say how much was copied");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        CopyArgument source = CopyArgument.of(arguments.positional(0));
        CopyArgument destination = CopyArgument.of(arguments.positional(1));
        if (source.path().isEmpty() || destination.path().isEmpty()) {
            throw new UsageException("source and destination must not be empty");
        }
        if (!source.isLocal() && !destination.isLocal()) {
            throw new UsageException("copying between containers is not supported: "
                    + "jctl cp A:SOURCE - | jctl cp - B:FOLDER");
        }
        if (source.isLocal() && destination.isLocal()) {
            throw new UsageException("one of source and destination must be CONTAINER:PATH");
        }
        boolean keep = arguments.isOn("archive");
        boolean follow = arguments.isOn("follow-link");
        boolean quiet = arguments.isOn("quiet");
        try (NodeClient client = NodeClient.connect(console)) {
            if (source.isLocal()) {
                new CopyIn(client, console, keep, follow, quiet)
                        .copy(source, destination.container(), destination.path());
            } else {
                new CopyOut(client, console, keep, follow, quiet)
                        .copy(source.container(), source.path(), destination);
            }
        } catch (CopyException refused) {
            console.say("jctl: " + refused.getMessage());
            return 1;
        }
        return 0;
    }
}
