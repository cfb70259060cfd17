package cli.command;

import cli.transport.CallException;
import java.io.IOException;

/** Removes stacks. */
final class StackRemoveCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("stack rm", "Remove one or more stacks").positionals("STACK [STACK...]", 1, Syntax.ANY)
                .flag('d', "detach", "Do not wait until the tasks have ended: secrets, configs and networks they use"
                        + " stay");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CallException, IOException {
        int code = 0;
        try (StackClient client = StackClient.connect(console)) {
            for (String stack : arguments.positionals()) {
                code = Math.max(code, new StackRemoval(client, stack, console)
                        .remove(arguments.isOn("detach"), false));
            }
        }
        return code;
    }
}
