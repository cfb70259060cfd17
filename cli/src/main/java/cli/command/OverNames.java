package cli.command;

import cli.transport.CallException;
import java.io.IOException;

/** A command that does the same for each of several names: a failure is told, the rest goes on. */
interface OverNames extends Command {

    /** Does it for one name. */
    void one(NodeClient client, String name, Arguments arguments, Console console)
            throws UsageException, CallException, IOException;

    /** What it is done with. */
    default NodeClient connected(Console console) throws UsageException, IOException {
        return NodeClient.connect(console);
    }

    @Override
    default int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        int code = 0;
        try (NodeClient client = connected(console)) {
            for (String name : arguments.positionals()) {
                try {
                    one(client, name, arguments, console);
                } catch (CallException e) {
                    console.say("jctl: " + e.getMessage());
                    code = 1;
                }
            }
        }
        return code;
    }
}
