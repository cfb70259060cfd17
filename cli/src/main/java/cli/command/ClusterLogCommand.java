package cli.command;

import api.cluster.ClusterLogEntry;
import api.cluster.ClusterLogRequest;
import cli.transport.Call;
import cli.transport.CallException;
import java.io.IOException;

/** Prints what is in a manager's log. */
final class ClusterLogCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("cluster log", "Print this manager's log, and apply it again")
                .value("from", "int", "The first entry to print (default: the first there is)")
                .flag("digest", "Compare the live state with the log applied again, instead of printing it;"
                        + " with --from both");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        boolean digest = arguments.isOn("digest");
        boolean prints = !digest || arguments.has("from");
        ClusterLogRequest request = ClusterLogRequest.newBuilder().setDigest(digest)
                .setFrom(prints ? arguments.has("from") ? arguments.number("from") : 0 : Long.MAX_VALUE).build();
        int code = 0;
        try (NodeClient client = NodeClient.connectToCluster(console);
                Call call = client.stream("ClusterLog", request)) {
            for (ClusterLogEntry entry = NodeClient.next(call, ClusterLogEntry.parser()); entry != null;
                    entry = NodeClient.next(call, ClusterLogEntry.parser())) {
                if (!entry.getDigest().isEmpty()) {
                    console.println(verdict(entry));
                    code = entry.getDigest().equals(entry.getReplayed()) ? 0 : 1;
                } else {
                    console.print(text(entry));
                }
            }
        }
        return code;
    }

    private static String verdict(ClusterLogEntry entry) {
        return entry.getDigest().equals(entry.getReplayed())
                ? "Digest " + entry.getDigest() + " at entry " + entry.getIndex() + ": equal"
                : "Digest " + entry.getDigest() + " at entry " + entry.getIndex() + ": the log gives "
                        + entry.getReplayed();
    }

    /** One line for each command; an entry that has none is Raft's own. */
    static String text(ClusterLogEntry entry) {
        String head = entry.getIndex() + " (term " + entry.getTerm() + ") ";
        if (entry.getCommandsCount() == 0) {
            return head + "-\n";
        }
        StringBuilder text = new StringBuilder();
        entry.getCommandsList().forEach(each -> text.append(head).append(Printable.lines(each)).append('\n'));
        return text.toString();
    }
}
