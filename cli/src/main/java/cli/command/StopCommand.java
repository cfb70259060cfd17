package cli.command;

import api.node.StopContainerRequest;
import cli.transport.CallException;
import cli.wire.MessageWriter;
import java.io.IOException;

/** Stops containers. */
final class StopCommand implements OverNames {
    private final String name;

    StopCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return options(new Syntax(name, "Stop one or more running containers"));
    }

    /** What stop and restart have in common. */
    static Syntax options(Syntax syntax) {
        return syntax.positionals("CONTAINER [CONTAINER...]", 1, Syntax.ANY)
                .value('s', "signal", "string", "Signal to send to the container")
                .value('t', "time", "int", "Seconds to wait before killing the container")
                .value("timeout", "int", "Same as --time");
    }

    @Override
    public void one(NodeClient client, String container, Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        MessageWriter request = new MessageWriter()
                .string(StopContainerRequest.CONTAINER_FIELD_NUMBER, container)
                .string(StopContainerRequest.SIGNAL_FIELD_NUMBER, arguments.value("signal"));
        timeout(request, StopContainerRequest.TIMEOUT_SECONDS_FIELD_NUMBER, arguments);
        client.unary("StopContainer", request);
        console.println(container);
    }

    /** Adds --time, if it was given. */
    static void timeout(MessageWriter request, int field, Arguments arguments)
            throws UsageException {
        if (arguments.has("time")) {
            request.optionalNumber(field, arguments.integer("time"));
        } else if (arguments.has("timeout")) {
            request.optionalNumber(field, arguments.integer("timeout"));
        }
    }
}
