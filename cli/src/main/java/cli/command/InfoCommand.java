package cli.command;

import api.node.InfoRequest;
import api.node.InfoResponse;
import cli.render.Json;
import cli.render.Sizes;
import cli.render.Template;
import cli.render.TemplateException;
import cli.render.Yaml;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Prints what the daemon has and what its host offers. */
final class InfoCommand implements Command {
    private final String name;

    InfoCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(name, "Show what the daemon has and what its host offers")
                .value('f', "format", "string", "\"json\", or a template like {{.Images}}")
                .value('o', "output", "string", "\"json\" or \"yaml\"");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        InfoResponse info;
        try (NodeClient client = NodeClient.connect(console)) {
            info = client.unary("Info", InfoRequest.getDefaultInstance(), InfoResponse.parser());
        }
        Map<String, Object> values = values(info);
        String format = arguments.value("format");
        String output = arguments.value("output");
        if (format.equals("json")) {
            docker(info, values, console);
            console.println(Json.compact(values));
        } else if (output.equals("json")) {
            console.println(Json.indented(values));
        } else if (!format.isEmpty()) {
            docker(info, values, console);
            try {
                console.println(Template.parse(format).apply(values));
            } catch (TemplateException e) {
                throw new UsageException(e.getMessage());
            }
        } else {
            console.print(Yaml.text(values));
        }
        return 0;
    }

    private static Map<String, Object> values(InfoResponse info) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("ServerVersion", info.getVersion().getVersion());
        values.put("Name", info.getHostname());
        values.put("OperatingSystem", info.getOperatingSystem());
        values.put("KernelVersion", info.getVersion().getKernelRelease());
        values.put("Architecture", info.getVersion().getArchitecture());
        values.put("NCPU", (long) info.getProcessors());
        values.put("MemTotal", info.getMemoryBytes());
        values.put("Memory", Sizes.binary(info.getMemoryBytes()));
        values.put("Containers", (long) info.getContainersRunning()
                + info.getContainersCreated() + info.getContainersExited()
                + info.getContainersPaused());
        values.put("ContainersRunning", (long) info.getContainersRunning());
        values.put("ContainersPaused", (long) info.getContainersPaused());
        values.put("ContainersStopped",
                (long) info.getContainersExited() + info.getContainersCreated());
        values.put("Images", (long) info.getImages());
        values.put("DataFolder", info.getDataFolder());
        values.put("RunFolder", info.getRunFolder());
        values.put("LoggingDriver", info.getLoggingDriver());
        values.put("CgroupMode", info.getCgroupMode());
        values.put("CgroupControllers", list(info.getCgroupControllersList()));
        values.put("SecurityFeatures", list(info.getSecurityFeaturesList()));
        values.put("Warnings", list(info.getWarningsList()));
        return values;
    }

    private static void docker(InfoResponse info, Map<String, Object> values, Console console)
            throws UsageException, IOException {
        values.putAll(DockerFacts.info(info));
        values.put("ClientInfo",
                DockerFacts.client(VersionCommand.client(), Contexts.chosen(console)));
    }

    private static List<Object> list(List<String> words) {
        return new ArrayList<>(words);
    }
}
