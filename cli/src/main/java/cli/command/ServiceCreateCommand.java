package cli.command;

import api.cluster.CreateServiceRequest;
import api.cluster.CreateServiceResponse;
import cli.transport.CallException;
import cli.wire.MessageReader;
import cli.wire.MessageWriter;
import java.io.IOException;

/** Makes a service, prints its id, and waits for its tasks. */
final class ServiceCreateCommand implements Command {

    @Override
    public Syntax syntax() {
        return ServiceOptions.addWaiting(ServiceOptions.addTo(ServiceOptions.addCreation(
                new Syntax("service create", "Create a new service")
                        .positionals("IMAGE [COMMAND] [ARG...]", 1, Syntax.ANY).optionsFirst())));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        byte[] spec = ServiceRequest.whole(arguments, console);
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            MessageReader response = client.unary("CreateService",
                    new MessageWriter().bytes(CreateServiceRequest.SPEC_FIELD_NUMBER, spec));
            String id = "";
            while (response.next()) {
                if (response.field() == CreateServiceResponse.ID_FIELD_NUMBER) {
                    id = response.string();
                } else if (response.field() == CreateServiceResponse.WARNINGS_FIELD_NUMBER) {
                    console.say("WARNING: " + response.string());
                }
            }
            console.println(id);
            return arguments.isOn("detach") ? 0
                    : new ServiceWaiting(console, client, id, arguments.isOn("quiet"))
                            .await(Convergence.Wish.RUN, Convergence.Before.NOTHING);
        }
    }
}
