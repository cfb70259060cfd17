package cli.command;

import api.cluster.CreateTokenRequest;
import api.cluster.CreateTokenResponse;
import api.cluster.Role;
import cli.render.Times;
import cli.transport.CallException;
import java.io.IOException;

/** Makes a token with which machines join. */
final class TokenCreateCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("cluster token create", "Create a token that lets machines join the cluster")
                .value("role", "string", "What they will be: worker (default), manager, witness")
                .value("expires", "duration", "How long it is good for (24h)")
                .value("uses", "int", "How many may join with it (0, the default: any number)")
                .flag('q', "quiet", "Only print the token");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        String word = arguments.value("role", "worker");
        Role role = role("role", word);
        long seconds = (arguments.millis("expires") + 999) / 1000;
        if (arguments.has("expires") && seconds == 0) {
            throw Arguments.invalid("expires", arguments.value("expires"), "expected a time above 0, like 24h");
        }
        CreateTokenRequest request = CreateTokenRequest.newBuilder().setRole(role)
                .setLifetimeSeconds(seconds).setUses(arguments.atLeast(0, "uses")).build();
        CreateTokenResponse token;
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            token = client.unary("CreateToken", request, CreateTokenResponse.parser());
        }
        console.print(arguments.isOn("quiet") ? token.getToken() + "\n" : text(word, token));
        return 0;
    }

    /** What to do with it. */
    static String text(String role, CreateTokenResponse token) {
        return "To add a " + role + " to this cluster, run on it:\n\n    jctl agent --join "
                + token.getAddress() + " --token " + token.getToken() + "\n"
                + (token.getExpiresMillis() == 0 ? ""
                : "\nThe token is good until " + Times.readable(token.getExpiresMillis() * 1_000_000) + ".\n");
    }

    /** The role a word names. */
    static Role role(String option, String word) throws UsageException {
        return switch (word) {
            case "worker" -> Role.ROLE_WORKER;
            case "manager" -> Role.ROLE_MANAGER;
            case "witness" -> Role.ROLE_WITNESS;
            default -> throw Arguments.invalid(option, word, "expected worker, manager or witness");
        };
    }
}
