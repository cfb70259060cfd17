package cli.command;

import api.node.InspectContainerRequest;
import api.node.InspectContainerResponse;
import api.node.InspectImageRequest;
import api.node.InspectImageResponse;
import api.node.InspectNetworkRequest;
import api.node.InspectNetworkResponse;
import cli.render.Json;
import cli.render.Template;
import cli.render.TemplateException;
import cli.render.Yaml;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Prints all there is to know about containers and images, as JSON. */
final class InspectCommand implements Command {

    /** What the names may name. */
    enum Kind { ANY, CONTAINER, IMAGE, NETWORK, VOLUME }

    private final String name;
    private final Kind kind;

    InspectCommand(String name, Kind kind) {
        this.name = name;
        this.kind = kind;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(name, "Print low-level information on "
                + switch (kind) {
                    case ANY -> "containers, images, networks or volumes";
                    case CONTAINER -> "containers";
                    case IMAGE -> "images";
                    case NETWORK -> "networks";
                    case VOLUME -> "volumes";
                })
                .positionals("NAME [NAME...]", 1, Syntax.ANY)
                .value('f', "format", "string", "\"json\", or a template like {{.State.Pid}}")
                .value('o', "output", "string", "\"json\" or \"yaml\"")
                .flag('s', "size", "Sum up the sizes of containers")
                .value("type", "string",
                        "Only names of this kind: \"container\", \"image\", \"network\" or"
                                + " \"volume\"");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        Kind wanted = switch (arguments.value("type")) {
            case "" -> kind;
            case "container" -> Kind.CONTAINER;
            case "image" -> Kind.IMAGE;
            case "network" -> Kind.NETWORK;
            case "volume" -> Kind.VOLUME;
            default -> throw Arguments.invalid("type", arguments.value("type"),
                    "expected container, image, network or volume");
        };
        int code = 0;
        List<String> found = new ArrayList<>();
        try (NodeClient client = NodeClient.connect(console)) {
            for (String object : arguments.positionals()) {
                try {
                    found.add(json(client, object, wanted, arguments.isOn("size")));
                } catch (CallException e) {
                    console.say("jctl: " + e.getMessage());
                    code = 1;
                }
            }
        }
        print(found, arguments, console);
        return code;
    }

    private static String json(NodeClient client, String object, Kind kind, boolean size)
            throws CallException, IOException {
        if (kind == Kind.VOLUME) {
            return Json.compact(VolumeInspectCommand.object(client, object));
        }
        if (kind == Kind.NETWORK) {
            return client.unary("InspectNetwork",
                    InspectNetworkRequest.newBuilder().setNetwork(object).build(),
                    InspectNetworkResponse.parser()).getJson();
        }
        if (kind == Kind.IMAGE) {
            return client.unary("InspectImage",
                    InspectImageRequest.newBuilder().setImage(object).build(),
                    InspectImageResponse.parser()).getJson();
        }
        try {
            return client.unary("InspectContainer", InspectContainerRequest.newBuilder()
                    .setContainer(object).setSize(size).build(),
                    InspectContainerResponse.parser()).getJson();
        } catch (CallException e) {
            if (kind == Kind.CONTAINER || e.code() != CallException.NOT_FOUND) {
                throw e;
            }
        }
        try {
            return json(client, object, Kind.IMAGE, size);
        } catch (CallException e) {
            if (e.code() != CallException.NOT_FOUND) {
                throw e;
            }
        }
        try {
            return json(client, object, Kind.NETWORK, size);
        } catch (CallException e) {
            if (e.code() != CallException.NOT_FOUND) {
                throw e;
            }
        }
        try {
            return json(client, object, Kind.VOLUME, size);
        } catch (CallException e) {
            throw e.code() == CallException.NOT_FOUND
                    ? new CallException(e.code(), "no container, image, network or volume is named "
                            + object + ": `jctl ps -a`, `jctl images`, `jctl network ls` and"
                            + " `jctl volume ls` list them", e.reason(), 0)
                    : e;
        }
    }

    private static void print(List<String> found, Arguments arguments, Console console)
            throws UsageException, IOException {
        List<Object> values = new ArrayList<>();
        try {
            for (String json : found) {
                values.add(Json.parse(json));
            }
        } catch (IllegalArgumentException e) {
            throw new IOException("the daemon's answer is damaged: " + e.getMessage(), e);
        }
        printValues(values, arguments, console);
    }

    /** Prints objects as the options say. */
    static void printValues(List<Object> values, Arguments arguments, Console console)
            throws UsageException, IOException {
        String format = arguments.value("format");
        if (arguments.value("output").equals("yaml")) {
            console.print(Yaml.text(values));
        } else if (format.isEmpty()) {
            console.println(Json.indented(values));
        } else if (format.equals("json")) {
            for (Object value : values) {
                console.println(Json.compact(value));
            }
        } else {
            templated(values, format, console);
        }
    }

    /** Prints an object that is the only one as the options say. */
    static void printOne(Object value, Arguments arguments, Console console)
            throws UsageException, IOException {
        if (arguments.value("output").equals("yaml")) {
            console.print(Yaml.text(value));
        } else if (arguments.value("format").isEmpty()) {
            console.println(Json.indented(value));
        } else {
            printValues(List.of(value), arguments, console);
        }
    }

    private static void templated(List<Object> values, String format, Console console)
            throws UsageException, IOException {
        try {
            Template template = Template.parse(format);
            for (Object value : values) {
                console.println(template.apply(value));
            }
        } catch (TemplateException e) {
            throw new UsageException(e.getMessage());
        }
    }
}
