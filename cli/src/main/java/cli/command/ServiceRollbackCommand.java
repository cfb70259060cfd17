package cli.command;

import api.cluster.Service;
import api.cluster.UpdateServiceRequest;
import cli.transport.CallException;
import java.io.IOException;

/** Makes a service what it was before its last change. */
final class ServiceRollbackCommand implements Command {

    @Override
    public Syntax syntax() {
        return ServiceOptions.addWaiting(new Syntax("service rollback",
                "Revert the last change of a service").positionals("SERVICE", 1, 1));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            return run(client, arguments.positional(0), arguments, console);
        }
    }

    /** Takes the last change of a service back, and waits if that is wanted. */
    static int run(NodeClient client, String name, Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        Service before = new ServiceEdit(console, client, name,
                spec -> UpdateServiceRequest.newBuilder().setRollback(true)).run();
        console.println(name);
        return arguments.isOn("detach") ? 0
                : new ServiceWaiting(console, client, name, arguments.isOn("quiet"))
                        .await(Convergence.Wish.ROLL_BACK, ServiceEdit.before(before));
    }
}
