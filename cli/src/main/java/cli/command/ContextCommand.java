package cli.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Names the daemons a user talks to: {@code context create|ls|use|rm|inspect|show}. */
final class ContextCommand implements Command {
    private final String action;

    /** @param action the second word */
    ContextCommand(String action) {
        this.action = action;
    }

    @Override
    public Syntax syntax() {
        String name = "context " + action;
        return switch (action) {
            case "create" -> new Syntax(name, "Name a daemon's address")
                    .positionals("CONTEXT", 1, 1)
                    .value("description", "string", "Description of the context")
                    .value("host", "string", "The daemon's address: unix:///path/jctl.sock")
                    .value("docker", "string", "The same as docker writes it: host=unix:///…");
            case "ls" -> Listing.addTo(new Syntax(name, "List contexts"));
            case "use" -> new Syntax(name, "Talk to that daemon from now on")
                    .positionals("CONTEXT", 1, 1);
            case "rm" -> new Syntax(name, "Remove one or more contexts")
                    .positionals("CONTEXT [CONTEXT...]", 1, Syntax.ANY)
                    .flag('f', "force", "Also the one in use");
            case "inspect" -> new Syntax(name, "Show contexts as JSON")
                    .positionals("[CONTEXT...]", 0, Syntax.ANY)
                    .value('f', "format", "string", "\"json\", or a template like {{.Host}}")
                    .value('o', "output", "string", "\"json\" or \"yaml\"");
            default -> new Syntax(name, "Print the name of the context in use");
        };
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, IOException {
        Contexts contexts = Contexts.load(console);
        switch (action) {
            case "create" -> {
                String name = arguments.positional(0);
                contexts.add(name, new Contexts.Context(host(arguments),
                        arguments.value("description")));
                console.println(name);
            }
            case "ls" -> list(contexts, arguments, console);
            case "use" -> {
                contexts.use(arguments.positional(0));
                console.println(arguments.positional(0));
            }
            case "rm" -> {
                for (String name : arguments.positionals()) {
                    contexts.remove(name, arguments.isOn("force"));
                    console.println(name);
                }
            }
            case "inspect" -> inspect(contexts, arguments, console);
            default -> console.println(inUse(contexts, console));
        }
        return 0;
    }

    private static String host(Arguments arguments) throws UsageException {
        String docker = arguments.value("docker");
        String host = docker.startsWith("host=") ? docker.substring(5) : arguments.value("host");
        if (host.isEmpty()) {
            throw new UsageException("a context needs --host unix:///path/jctl.sock");
        }
        return host;
    }

    private static String inUse(Contexts contexts, Console console) {
        String named = Contexts.named(console);
        return named.isEmpty() ? contexts.current() : named;
    }

    private static void list(Contexts contexts, Arguments arguments, Console console)
            throws UsageException, IOException {
        String current = inUse(contexts, console);
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Map.Entry<String, Contexts.Context> entry : contexts.all().entrySet()) {
            rows.add(new LinkedHashMap<>(Map.of("Name", entry.getKey(),
                    "Shown", entry.getKey() + (entry.getKey().equals(current) ? " *" : ""),
                    "Current", entry.getKey().equals(current),
                    "Description", entry.getValue().description(),
                    "DockerEndpoint", entry.getValue().host())));
        }
        new Listing("Name", new Listing.Column("NAME", "Shown", false),
                new Listing.Column("DESCRIPTION", "Description", false),
                new Listing.Column("ENDPOINT", "DockerEndpoint", false))
                .print(rows, arguments, console);
    }

    private static void inspect(Contexts contexts, Arguments arguments, Console console)
            throws UsageException, IOException {
        List<Object> all = new ArrayList<>();
        List<String> names = arguments.positionals().isEmpty()
                ? List.of(inUse(contexts, console)) : arguments.positionals();
        for (String name : names) {
            Contexts.Context context = contexts.get(name);
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("Name", name);
            object.put("Description", context.description());
            object.put("Host", context.host());
            object.put("Metadata", new LinkedHashMap<>(Map.of("Description", context.description())));
            object.put("Endpoints", new LinkedHashMap<>(Map.of("docker",
                    new LinkedHashMap<>(Map.of("Host", context.host())))));
            all.add(object);
        }
        InspectCommand.printValues(all, arguments, console);
    }
}
