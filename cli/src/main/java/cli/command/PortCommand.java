package cli.command;

import api.node.InspectContainerRequest;
import api.node.InspectContainerResponse;
import cli.render.PortList;
import cli.transport.CallException;
import cli.wire.MessageReader;
import cli.wire.MessageWriter;
import java.io.IOException;
import java.util.List;

/** Prints which ports of the host lead to a container. */
final class PortCommand implements Command {
    private final String name;

    PortCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(name, "List a container's published ports, or the host's side of one")
                .positionals("CONTAINER [PRIVATE_PORT[/PROTO]]", 1, 2);
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        String container = arguments.positional(0);
        MessageReader response;
        try (NodeClient client = NodeClient.connect(console)) {
            response = client.unary("InspectContainer", new MessageWriter()
                    .string(InspectContainerRequest.CONTAINER_FIELD_NUMBER, container));
        }
        List<PortList.Port> ports = List.of();
        while (response.next()) {
            if (response.field() == InspectContainerResponse.SUMMARY_FIELD_NUMBER) {
                ports = ListedContainer.read(response.message()).ports;
            }
        }
        String wanted = arguments.positionals().size() == 1 ? "" : arguments.positional(1);
        if (!wanted.isEmpty() && wanted.indexOf('/') < 0) {
            wanted += "/tcp";
        }
        StringBuilder text = new StringBuilder();
        for (PortList.Port port : ports) {
            String inner = port.containerPort() + "/" + port.protocol();
            if (port.hostPort() != 0 && wanted.isEmpty()) {
                text.append(inner).append(" -> ").append(port.host()).append('\n');
            } else if (port.hostPort() != 0 && wanted.equals(inner)) {
                text.append(port.host()).append('\n');
            }
        }
        if (text.isEmpty() && !wanted.isEmpty()) {
            console.say("jctl: no public port '" + wanted + "' published for " + container
                    + ": `jctl port " + container + "` lists those there are");
            return 1;
        }
        console.print(text.toString());
        return 0;
    }
}
