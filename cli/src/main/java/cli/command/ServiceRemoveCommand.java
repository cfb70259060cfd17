package cli.command;

import api.cluster.RemoveServiceRequest;
import cli.transport.CallException;
import cli.wire.MessageWriter;
import java.io.IOException;

/** Removes services. */
final class ServiceRemoveCommand implements OverClusterNames {

    @Override
    public Syntax syntax() {
        return new Syntax("service rm", "Remove one or more services")
                .positionals("SERVICE [SERVICE...]", 1, Syntax.ANY);
    }

    @Override
    public void one(NodeClient client, String service, Arguments arguments, Console console)
            throws CallException, IOException {
        client.unary("RemoveService", new MessageWriter()
                .string(RemoveServiceRequest.NAME_FIELD_NUMBER, service));
        console.println(service);
    }
}
