package cli.command;

import api.cluster.RemoveTokenRequest;
import api.cluster.RemoveTokenResponse;
import cli.transport.CallException;
import java.io.IOException;

/** Makes tokens worthless. */
final class TokenRemoveCommand implements OverClusterNames {

    @Override
    public Syntax syntax() {
        return new Syntax("cluster token rm", "Remove one or more tokens: nobody joins with them any more")
                .positionals("TOKEN-ID [TOKEN-ID...]", 1, Syntax.ANY);
    }

    @Override
    public void one(NodeClient client, String token, Arguments arguments, Console console)
            throws CallException, IOException {
        client.unary("RemoveToken", RemoveTokenRequest.newBuilder().setId(token).build(),
                RemoveTokenResponse.parser());
        console.println(token);
    }
}
