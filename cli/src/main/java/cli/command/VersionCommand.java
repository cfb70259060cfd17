package cli.command;

import api.node.VersionRequest;
import api.node.VersionResponse;
import cli.render.Json;
import cli.render.Template;
import cli.render.TemplateException;
import cli.transport.CallException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Prints what this program and its daemon are. Starts no daemon. */
final class VersionCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("version", "Show the versions of jctl and its daemon")
                .flag("client", "Do not ask the daemon")
                .value('f', "format", "string", "\"json\", or a template like {{.Server.Version}}")
                .value('o', "output", "string", "\"text\" (default) or \"json\"");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("Client", client());
        if (!arguments.isOn("client")) {
            try (NodeClient node = NodeClient.connectToRunning(console)) {
                all.put("Daemon", daemon(node.unary("Version",
                        VersionRequest.getDefaultInstance(), VersionResponse.parser())));
            } catch (IOException e) {
                if (!arguments.has("format")) {
                    print(all, arguments, console);
                }
                throw e;
            }
        }
        print(all, arguments, console);
        return 0;
    }

    /** What this program is. */
    static Map<String, Object> client() {
        Map<String, Object> client = new LinkedHashMap<>();
        client.put("Version", Jctl.VERSION);
        client.put("Java", System.getProperty("java.version"));
        client.put("OsArch", System.getProperty("os.arch"));
        return client;
    }

    private static Map<String, Object> daemon(VersionResponse version) {
        Map<String, Object> daemon = new LinkedHashMap<>();
        daemon.put("Version", version.getVersion());
        daemon.put("ApiVersion", (long) version.getApiVersion());
        daemon.put("Java", version.getJavaVersion());
        daemon.put("Kernel", version.getKernelRelease());
        daemon.put("OsArch", version.getArchitecture());
        daemon.put("Pid", (long) version.getPid());
        return daemon;
    }

    /** By docker's names: what a script asks for. */
    private static Map<String, Object> docker(Map<String, Object> all, Console console)
            throws UsageException, IOException {
        Map<String, Object> docker = new LinkedHashMap<>();
        docker.put("Client", DockerFacts.client(facts(all, "Client"), Contexts.chosen(console)));
        if (all.containsKey("Daemon")) {
            docker.put("Server", DockerFacts.server(facts(all, "Daemon")));
        }
        return docker;
    }

    private static Map<String, Object> facts(Map<String, Object> all, String part) {
        Map<String, Object> facts = new LinkedHashMap<>();
        ((Map<?, ?>) all.get(part)).forEach((name, value) -> facts.put((String) name, value));
        return facts;
    }

    private static void print(Map<String, Object> all, Arguments arguments, Console console)
            throws UsageException, IOException {
        String format = arguments.value("format");
        if (format.equals("json")) {
            console.println(Json.compact(docker(all, console)));
            return;
        }
        if (!format.isEmpty()) {
            try {
                console.println(Template.parse(format).apply(docker(all, console)));
            } catch (TemplateException e) {
                throw new UsageException(e.getMessage());
            }
            return;
        }
        switch (arguments.value("output", "text")) {
            case "json" -> console.println(Json.indented(all));
            case "text" -> {
                StringBuilder text = new StringBuilder();
                for (Map.Entry<String, Object> part : all.entrySet()) {
                    text.append(part.getKey()).append(":\n");
                    for (Map.Entry<?, ?> entry : ((Map<?, ?>) part.getValue()).entrySet()) {
                        text.append(' ').append(entry.getKey()).append(": ")
                                .append(entry.getValue()).append('\n');
                    }
                }
                console.print(text.toString());
            }
            default -> throw Arguments.invalid("output", arguments.value("output"),
                    "expected text or json");
        }
    }
}
