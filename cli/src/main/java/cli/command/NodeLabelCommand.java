package cli.command;

import api.cluster.UpdateNodeRequest;
import api.cluster.UpdateNodeResponse;
import cli.transport.CallException;
import java.io.IOException;
import java.util.List;

/** Adds, changes and removes labels of a node. */
final class NodeLabelCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("node label", "Add or change labels of a node (key=value), or remove them (key-)")
                .positionals("NODE KEY=VALUE|KEY- [...]", 2, Syntax.ANY);
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        UpdateNodeRequest.Builder change = UpdateNodeRequest.newBuilder().setName(arguments.positional(0));
        List<String> words = arguments.positionals();
        for (String word : words.subList(1, words.size())) {
            if (word.endsWith("-") && word.indexOf('=') < 0 && word.length() > 1) {
                change.addRemoveLabels(word.substring(0, word.length() - 1));
            } else {
                if (word.indexOf('=') <= 0) {
                    throw new UsageException("\"" + word + "\" is neither key=value, to add a label, nor key-,"
                            + " to remove one");
                }
                add(change, "label", word);
            }
        }
        for (String removed : change.getRemoveLabelsList()) {
            if (change.containsAddLabels(removed)) {
                throw new UsageException("label " + removed + " is added and removed at once");
            }
        }
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            client.unary("UpdateNode", change.build(), UpdateNodeResponse.parser());
        }
        console.println(arguments.positional(0));
        return 0;
    }

    /** Adds "key=value". */
    static void add(UpdateNodeRequest.Builder change, String option, String word) throws UsageException {
        String[] pair = KeyValue.split(option, word);
        change.putAddLabels(pair[0], pair[1]);
    }
}
