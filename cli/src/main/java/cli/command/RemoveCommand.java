package cli.command;

import api.node.RemoveContainerRequest;
import cli.transport.CallException;
import cli.wire.MessageWriter;
import java.io.IOException;

/** Removes containers. */
final class RemoveCommand implements OverNames {
    private final String name;

    RemoveCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(name, "Remove one or more containers")
                .positionals("CONTAINER [CONTAINER...]", 1, Syntax.ANY)
                .flag('f', "force", "Kill a running container first; ignore one that is not there")
                .flag('v', "volumes", "Remove anonymous volumes of the container");
    }

    @Override
    public void one(NodeClient client, String container, Arguments arguments, Console console)
            throws CallException, IOException {
        boolean force = arguments.isOn("force");
        try {
            client.unary("RemoveContainer", new MessageWriter()
                    .string(RemoveContainerRequest.CONTAINER_FIELD_NUMBER, container)
                    .flag(RemoveContainerRequest.FORCE_FIELD_NUMBER, force)
                    .flag(RemoveContainerRequest.VOLUMES_FIELD_NUMBER, arguments.isOn("volumes")));
        } catch (CallException e) {
            if (!force || e.code() != CallException.NOT_FOUND) {
                throw e;
            }
            console.say("jctl: " + e.getMessage());
            return;
        }
        console.println(container);
    }
}
