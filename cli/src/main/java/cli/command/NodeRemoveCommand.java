package cli.command;

import api.cluster.RemoveNodeRequest;
import api.cluster.RemoveNodeResponse;
import cli.transport.CallException;
import java.io.IOException;

/** Removes nodes from the cluster. */
final class NodeRemoveCommand implements OverClusterNames {

    @Override
    public Syntax syntax() {
        return new Syntax("node rm", "Remove one or more nodes from the cluster")
                .positionals("NODE [NODE...]", 1, Syntax.ANY)
                .flag('f', "force", "Although it is not down");
    }

    @Override
    public void one(NodeClient client, String node, Arguments arguments, Console console)
            throws CallException, IOException {
        client.unary("RemoveNode", RemoveNodeRequest.newBuilder().setName(node)
                .setForce(arguments.isOn("force")).build(), RemoveNodeResponse.parser());
        console.println(node);
    }
}
