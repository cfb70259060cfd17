package cli.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import linux.syscall.OwnUserNamespace;
import runtime.container.Journal;
import runtime.launch.FastCgroupMoves;
import runtime.node.Node;
import runtime.node.NodeFolders;
import runtime.registry.RegistrySettings;

/** The node daemon, in the foreground until it is told to end. Its containers do not end with it. */
final class AgentCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("agent", "Run the node daemon in the foreground")
                .value("data-dir", "folder", "Images and containers (default /var/lib/jctl)")
                .value("run-dir", "folder", "Socket and running state (default /run/jctl)")
                .value("userns", "string",
                        "\"auto\" (default): a user namespace for each container, or \"host\": none")
                .value("metrics-addr", "address",
                        "Serve Prometheus at this address, like 127.0.0.1:9323 (default: nowhere)")
                .value("log-format", "string",
                        "What the agent says of itself: \"text\" (default) or \"json\"")
                .flag("remove-network",
                        "Take the bridge and its rules off the host and end, for an agent that"
                                + " will not come back")
                .flag("slow-cgroup-moves",
                        "Leave the kernel's favordynmods option as it is: cheaper forks on the host,"
                                + " slower starts");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, IOException {
        if (Login.userId() != 0) {
            throw new IOException("an ordinary user's agent needs namespaces of its own, which only the"
                    + " launcher `jctl agent` of a checkout makes: start it with that, agent being its"
                    + " first word");
        }
        boolean hostRoot = OwnUserNamespace.isInitial();
        Path data = Path.of(arguments.value("data-dir", "/var/lib/jctl"));
        Path run = Path.of(arguments.value("run-dir", "/run/jctl"));
        String userNamespaces = arguments.value("userns", "auto");
        if (!userNamespaces.equals("auto") && !userNamespaces.equals("host")) {
            throw Arguments.invalid("userns", userNamespaces, "expected auto or host");
        }
        NodeFolders folders = new NodeFolders(data, run);
        Journal journal = journal(arguments.value("log-format", "text"));
        if (arguments.isOn("remove-network")) {
            try (BridgeNetworks network = BridgeNetworks.open(folders.data(), folders.run(), journal)) {
                network.remove();
            }
            return 0;
        }
        Optional<FastCgroupMoves> moves = !hostRoot || arguments.isOn("slow-cgroup-moves")
                ? Optional.empty() : FastCgroupMoves.enable();
        try (BridgeNetworks network = BridgeNetworks.open(folders.data(), folders.run(), journal);
                Node node = Node.start(new Node.Settings(Jctl.VERSION, folders,
                        RegistrySettings.standard(), hostRoot && userNamespaces.equals("auto")), network, journal)) {
            Thread main = Thread.currentThread();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(main), "end"));
            if (arguments.has("metrics-addr")) {
                journal.say("metrics are at " + node.serveMetrics(
                        arguments.value("metrics-addr")) + "/metrics");
            }
            journal.say("listening on " + folders.socket());
            node.awaitEnd();
        } catch (InterruptedException told) {
            journal.say("ending; containers go on");
        } finally {
            if (moves.isPresent()) {
                moves.get().restore();
            }
            if (!hostRoot) {
                NamespaceHolder.ofLauncher().endIfUnused(journal);
            }
        }
        return 0;
    }

    private static Journal journal(String format) throws UsageException {
        return switch (format) {
            case "text" -> line -> System.err.println("jctl agent: " + line);
            case "json" -> new JsonJournal(System.err);
            default -> throw Arguments.invalid("log-format", format, "expected text or json");
        };
    }

    /** A signal was received: the main thread closes what it opened. */
    private static void end(Thread main) {
        main.interrupt();
        try {
            main.join();
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }
}
