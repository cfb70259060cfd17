package cli.command;

import api.node.TopContainerRequest;
import api.node.TopContainerResponse;
import api.node.Words;
import cli.render.Json;
import cli.render.Table;
import cli.transport.CallException;
import cli.wire.MalformedMessageException;
import cli.wire.MessageReader;
import cli.wire.MessageWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Shows the processes of a container as the host sees them; of no container, what the whole cluster uses. */
final class TopCommand implements Command {
    private final String name;

    TopCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        if (!isOfCluster()) {
            return new Syntax(name, "Show the processes of a container")
                    .positionals("CONTAINER [ps OPTIONS]", 1, Syntax.ANY)
                    .optionsFirst()
                    .value("format", "string", "\"table\" or \"json\" (an object for each process)");
        }
        return ClusterTop.addTo(new Syntax(name, "Show what the cluster uses, or the processes of a container")
                .positionals("[CONTAINER [ps OPTIONS]]", 0, Syntax.ANY)
                .optionsFirst());
    }

    private boolean isOfCluster() {
        return name.equals("top");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        if (isOfCluster() && arguments.positionals().isEmpty()) {
            return ClusterTop.run(arguments, console);
        }
        for (String option : arguments.names()) {
            if (!option.equals("format")) {
                throw new UsageException("--" + option + " is of the whole cluster: leave the container out");
            }
        }
        String format = arguments.value("format", "table");
        if (!format.equals("table") && !format.equals("json")) {
            throw Arguments.invalid("format", format, "expected table or json");
        }
        List<String> words = arguments.positionals();
        MessageReader response;
        try (NodeClient client = NodeClient.connect(console)) {
            response = client.unary("TopContainer", new MessageWriter()
                    .string(TopContainerRequest.CONTAINER_FIELD_NUMBER, words.getFirst())
                    .strings(TopContainerRequest.PS_OPTIONS_FIELD_NUMBER,
                            words.subList(1, words.size())));
        }
        List<String> headings = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        while (response.next()) {
            switch (response.field()) {
                case TopContainerResponse.HEADINGS_FIELD_NUMBER ->
                        headings.add(response.string());
                case TopContainerResponse.PROCESSES_FIELD_NUMBER ->
                        rows.add(words(response.message()));
                default -> { }
            }
        }
        console.print(format.equals("json") ? json(headings, rows) : table(headings, rows));
        return 0;
    }

    private static List<String> words(MessageReader message) throws MalformedMessageException {
        List<String> words = new ArrayList<>();
        while (message.next()) {
            if (message.field() == Words.WORDS_FIELD_NUMBER) {
                words.add(message.string());
            }
        }
        return words;
    }

    private static String table(List<String> headings, List<List<String>> rows) {
        Table table = new Table();
        // As ps does: with every heading empty there is no line of them.
        if (!String.join("", headings).isEmpty()) {
            table.add(headings.toArray(new String[0]));
        }
        for (List<String> row : rows) {
            String[] cells = new String[row.size()];
            for (int i = 0; i < cells.length; i++) {
                cells[i] = Printable.text(row.get(i));
            }
            table.add(cells);
        }
        return table.text();
    }

    private static String json(List<String> headings, List<List<String>> rows) {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            Map<String, Object> object = new LinkedHashMap<>();
            for (int i = 0; i < Math.min(row.size(), headings.size()); i++) {
                object.put(headings.get(i), row.get(i));
            }
            text.append(Json.compact(object)).append('\n');
        }
        return text.toString();
    }
}
