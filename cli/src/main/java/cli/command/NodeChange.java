package cli.command;

import api.cluster.UpdateNodeRequest;
import api.cluster.UpdateNodeResponse;
import cli.transport.CallException;
import java.io.IOException;

/** A command that changes what is wanted of one or more nodes in the same way. */
interface NodeChange extends OverClusterNames {

    /** Everything of the request but the node's name. */
    UpdateNodeRequest.Builder change(Arguments arguments) throws UsageException;

    /** What is said of a node it was done to. */
    default String done(String node) {
        return node;
    }

    @Override
    default void one(NodeClient client, String node, Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        client.unary("UpdateNode", change(arguments).setName(node).build(), UpdateNodeResponse.parser());
        console.println(done(node));
    }
}
