package cli.command;

import cli.transport.CallException;
import java.io.IOException;
import java.util.List;

/** Ends and removes what `up` made. */
final class DownCommand implements Command {

    @Override
    public Syntax syntax() {
        return StackOptions.addProject(new Syntax("down", "Stop a Compose project and remove its services and networks"))
                .flag('v', "volumes", "Remove its named volumes, too");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CallException, IOException {
        String name = arguments.value("project-name");
        if (name.isEmpty()) {
            List<String> files = StackOptions.files(arguments);
            name = ComposeFiles.nameOf(files, "", console);
        }
        try (StackClient client = StackClient.connect(console)) {
            int nodes = client.nodes();
            if (nodes > 1) {
                console.say("jctl: the cluster has " + nodes + " nodes, and a project of `jctl up` is on one:"
                        + " `jctl stack rm " + name + "` removes a stack");
                return 1;
            }
            return new StackRemoval(client, name, console).remove(false, arguments.isOn("volumes"));
        }
    }
}
