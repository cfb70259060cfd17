package cli.command;

import api.node.VersionRequest;
import api.node.VersionResponse;
import cli.render.Json;
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
                .value('o', "output", "string", "\"text\" (default) or \"json\"");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        Map<String, Object> client = new LinkedHashMap<>();
        client.put("Version", Jctl.VERSION);
        client.put("Java", System.getProperty("java.version"));
        client.put("OsArch", System.getProperty("os.arch"));
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("Client", client);
        if (!arguments.isOn("client")) {
            try (NodeClient node = NodeClient.connectToRunning(console)) {
                all.put("Daemon", daemon(node.unary("Version",
                        VersionRequest.getDefaultInstance(), VersionResponse.parser())));
            } catch (IOException e) {
                print(all, arguments, console);
                throw e;
            }
        }
        print(all, arguments, console);
        return 0;
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

    private static void print(Map<String, Object> all, Arguments arguments, Console console)
            throws UsageException, IOException {
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
