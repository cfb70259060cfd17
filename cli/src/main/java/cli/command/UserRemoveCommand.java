package cli.command;

import api.cluster.RemoveUserRequest;
import api.cluster.RemoveUserResponse;
import cli.transport.CallException;
import java.io.IOException;

/** Shuts people out. */
final class UserRemoveCommand implements OverClusterNames {

    @Override
    public Syntax syntax() {
        return new Syntax("cluster user rm", "Refuse the certificates of one or more people from now on")
                .positionals("NAME [NAME...]", 1, Syntax.ANY);
    }

    @Override
    public void one(NodeClient client, String name, Arguments arguments, Console console)
            throws CallException, IOException {
        client.unary("RemoveUser", RemoveUserRequest.newBuilder().setName(name).build(),
                RemoveUserResponse.parser());
        console.println(name);
    }
}
