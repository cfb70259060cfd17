package cli.command;

import api.cluster.ListFilesRequest;
import api.cluster.ListFilesResponse;
import cli.render.Times;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Prints what there is to know about secrets, but not the secrets, or about configs. */
final class FileInspectCommand implements Command {
    private final FileKind kind;

    FileInspectCommand(FileKind kind) {
        this.kind = kind;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(kind.noun + " inspect", "Print what there is to know about " + kind.noun + "s")
                .positionals("NAME [NAME...]", 1, Syntax.ANY)
                .value('f', "format", "string", "\"json\", or a template like {{.Spec.Name}}")
                .value('o', "output", "string", "\"json\" or \"yaml\"")
                .flag("pretty", "In words for people");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        if (arguments.isOn("pretty") && arguments.has("format")) {
            throw new UsageException("--format is incompatible with human friendly format: leave --pretty out");
        }
        int code = 0;
        List<Object> found = new ArrayList<>();
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            for (String name : arguments.positionals()) {
                ListFilesResponse response;
                try {
                    response = client.unary("ListFiles", ListFilesRequest.newBuilder().setName(name)
                            .setSecret(kind == FileKind.SECRET).build(), ListFilesResponse.parser());
                } catch (CallException e) {
                    console.say("jctl: " + e.getMessage());
                    code = 1;
                    continue;
                }
                if (response.getFilesCount() == 0) {
                    console.say("jctl: no " + kind.noun + " is named " + name + ": `jctl " + kind.noun
                            + " ls` lists them");
                    code = 1;
                    continue;
                }
                if (arguments.isOn("pretty")) {
                    console.print(pretty(response.getFiles(0)));
                } else {
                    found.add(object(response.getFiles(0)));
                }
            }
        }
        if (!arguments.isOn("pretty")) {
            InspectCommand.printValues(found, arguments, console);
        }
        return code;
    }

    private Map<String, Object> object(ListFilesResponse.File file) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("ID", file.getName());
        object.put("CreatedAt", Times.stamp(file.getCreatedMillis() * 1_000_000));
        object.put("Size", file.getSizeBytes());
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("Name", file.getName());
        spec.put("Labels", new TreeMap<String, Object>(file.getLabelsMap()));
        if (kind == FileKind.CONFIG) {
            spec.put("Data", Base64.getEncoder().encodeToString(file.getData().toByteArray()));
        }
        object.put("Spec", spec);
        return object;
    }

    private String pretty(ListFilesResponse.File file) {
        StringBuilder text = new StringBuilder("Name:\t\t").append(file.getName()).append("\nLabels:\n");
        new TreeMap<>(file.getLabelsMap()).forEach((key, value) ->
                text.append(" - ").append(key).append('=').append(value).append('\n'));
        text.append("Created at:\t").append(Times.readable(file.getCreatedMillis() * 1_000_000)).append('\n');
        if (kind == FileKind.CONFIG) {
            text.append("Data:\n").append(file.getData().toStringUtf8()).append('\n');
        }
        return text.toString();
    }
}
