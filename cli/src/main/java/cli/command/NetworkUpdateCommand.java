package cli.command;

import api.cluster.UpdateClusterNetworkRequest;
import api.cluster.UpdateClusterNetworkResponse;
import cli.transport.CallException;
import java.io.IOException;

/** Changes who in a network may talk to whom, or the keys it is encrypted with. */
final class NetworkUpdateCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("network update", "Change who in an overlay network may talk to whom, or its keys")
                .positionals("NETWORK", 1, 1)
                .flag("default-deny", "Let nobody talk to anybody unless a rule allows it (--default-deny=false: let everybody)")
                .value("rule-add", "list", "A further rule (\"allow web to db:5432\"), after those there are")
                .value("rule-rm", "list", "A rule that is to go, in the words of `network inspect`")
                .flag("rule-first", "Put what --rule-add says before the rules there are")
                .flag("rotate-keys", "Of an encrypted network: let all its nodes make new keys now");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CallException, IOException {
        UpdateClusterNetworkRequest.Builder request = UpdateClusterNetworkRequest.newBuilder()
                .setName(arguments.positional(0)).addAllRemovedRules(arguments.values("rule-rm"))
                .addAllAddedRules(arguments.values("rule-add")).setAddedFirst(arguments.isOn("rule-first"))
                .setRotateKeys(arguments.isOn("rotate-keys"));
        if (arguments.has("default-deny")) {
            request.setDefault(arguments.isOn("default-deny") ? UpdateClusterNetworkRequest.Default.DENY
                    : UpdateClusterNetworkRequest.Default.ALLOW);
        } else if (request.getRemovedRulesCount() + request.getAddedRulesCount() == 0 && !request.getRotateKeys()) {
            throw new UsageException("nothing is to be changed: say --default-deny, --rule-add, --rule-rm or"
                    + " --rotate-keys");
        }
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            client.unary("UpdateClusterNetwork", request.build(), UpdateClusterNetworkResponse.parser());
        }
        console.println(arguments.positional(0));
        return 0;
    }
}
