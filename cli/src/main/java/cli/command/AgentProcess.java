package cli.command;

import clusterd.daemon.ClusterEntrance;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import linux.syscall.OwnUserNamespace;
import overlaynet.attach.HostPorts;
import overlaynet.plugin.PluginNetworks;
import runtime.container.CdiFolders;
import runtime.container.Journal;
import runtime.container.LogSettings;
import runtime.forward.LogChoice;
import runtime.launch.FastCgroupMoves;
import runtime.node.Entrance;
import runtime.node.Node;
import runtime.node.NodeFolders;
import runtime.registry.RegistrySettings;
import runtime.topology.CpuList;
import runtime.trace.Tracer;

/** The node daemon that {@code jctl agent} becomes: the one class of the commands that needs the daemon's libraries. */
final class AgentProcess {
    private static final String[] CHOICES = {"userns", "log-format"};
    private static final String STANDARD_FILE = "/etc/jctl/agent.yaml";

    private AgentProcess() {}

    /** As {@link AgentCommand#run} says. */
    static int run(Arguments arguments, Console console) throws UsageException, IOException {
        if (Login.userId() != 0) {
            throw new IOException("an ordinary user's agent needs namespaces of its own, which only the"
                    + " launcher `jctl agent` makes: start it with that, agent being its first word");
        }
        Optional<NamespaceHolder> holder = NamespaceHolder.ofLauncher();
        try {
            return serve(arguments, console, holder);
        } finally {
            if (holder.isPresent()) {
                holder.get().endIfUnused(journal(arguments.value("log-format", "text")));
            }
        }
    }

    /** Nothing was said of the log's format, and nothing but the refusal is worth a line. */
    static void leave() {
        try {
            Optional<NamespaceHolder> holder = NamespaceHolder.ofLauncher();
            if (holder.isPresent()) {
                holder.get().endIfUnused(line -> { });
            }
        } catch (IOException remains) {
            journal("text").say(remains.getMessage());
        }
    }

    private static int serve(Arguments arguments, Console console, Optional<NamespaceHolder> holder)
            throws UsageException, IOException {
        boolean hostRoot = OwnUserNamespace.isInitial();
        readSettings(arguments, hostRoot);
        for (String option : CHOICES) {
            String expected = AgentCommand.expected(option, arguments.value(option));
            if (arguments.has(option) && !expected.isEmpty()) {
                throw Arguments.invalid(option, arguments.value(option), "expected " + expected);
            }
        }
        Path data = Path.of(arguments.value("data-dir", "/var/lib/jctl"));
        Path run = Path.of(arguments.value("run-dir", "/run/jctl"));
        String userNamespaces = arguments.value("userns", "auto");
        NodeFolders folders = new NodeFolders(data, run);
        HostPorts ports = holder.map(each -> HostPorts.forwarded(each.forwarderSocket()))
                .orElse(HostPorts.own());
        Journal journal = journal(arguments.value("log-format", "text"));
        if (arguments.isOn("remove-network")) {
            try (BridgeNetworks network = BridgeNetworks.open(folders, ports, !arguments.isOn("no-fast-path"), journal)) {
                network.remove();
            }
            return 0;
        }
        LogSettings logging = logging(arguments);
        Path pluginFolder = arguments.has("device-plugin-dir")
                ? Path.of(arguments.value("device-plugin-dir")).toAbsolutePath() : Node.pluginFolder(folders);
        Optional<CpuList> reserved = reserved(arguments);
        ServiceSurroundings service =
                new ServiceSurroundings(console, ProcessHandle.current().pid());
        Entrance entrance = service.entrance(arguments.value("group"),
                hostRoot ? ServiceSurroundings.standardGroup() : Optional.empty());
        Optional<FastCgroupMoves> moves = !hostRoot || arguments.isOn("slow-cgroup-moves")
                ? Optional.empty() : FastCgroupMoves.enable();
        try (Tracer tracer = AgentTraces.open(arguments, System.getenv(), journal);
                BridgeNetworks bridges = BridgeNetworks.open(folders, ports, !arguments.isOn("no-fast-path"), journal);
                ChosenNetworks network = new ChosenNetworks(bridges, plugins(arguments, folders), journal);
                ClusterEntrance cluster = new ClusterEntrance(journal);
                Node node = Node.start(new Node.Settings(Jctl.VERSION, folders,
                        RegistrySettings.standard(), hostRoot && userNamespaces.equals("auto"),
                        folders(arguments, "cdi-spec-dir", CdiFolders.STANDARD), logging, entrance,
                        tracer, cluster, pluginFolder, reserved), network, journal);
                FunctionStart functions = new FunctionStart(arguments, folders, pluginFolder, journal);
                ClusterStart start = new ClusterStart(arguments, folders, node, cluster, journal,
                        bridges)) {
            Thread main = Thread.currentThread();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(main), "end"));
            if (arguments.has("metrics-addr")) {
                journal.say("metrics are at " + node.serveMetrics(arguments.value("metrics-addr"), sink -> {
                    cluster.measure(sink);
                    bridges.measure(sink);
                }) + "/metrics");
            }
            if (arguments.has("dashboard-addr")) {
                cluster.dashboard().open(arguments.value("dashboard-addr"));
            }
            journal.say(switch (entrance) {
                case Entrance.Own own -> "listening on " + folders.socket() + own.group()
                        .map(group -> ", for root and the group " + group).orElse("");
                case Entrance.Inherited inherited ->
                    "listening on the socket that the service manager opened";
            });
            functions.begin();
            start.begin();
            notify(service::ready, journal);
            node.awaitEnd();
        } catch (InterruptedException told) {
            journal.say("ending; containers go on");
            notify(service::stopping, journal);
        } finally {
            if (moves.isPresent()) {
                moves.get().restore();
            }
        }
        return 0;
    }

    private static Optional<CpuList> reserved(Arguments arguments) throws UsageException {
        if (!arguments.has("reserved-cpus")) {
            return Optional.empty();
        }
        String text = arguments.value("reserved-cpus");
        return Optional.of(CpuList.parse(text).filter(list -> list.size() > 0).orElseThrow(() ->
                Arguments.invalid("reserved-cpus", text, "expected one processor at least, like 0 or 0-3,8")));
    }

    private interface Notice {
        void send() throws IOException;
    }

    /** A service manager that is gone is no reason to end. */
    private static void notify(Notice notice, Journal journal) {
        try {
            notice.send();
        } catch (IOException gone) {
            journal.say(gone.getMessage());
        }
    }

    private static LogSettings logging(Arguments arguments) throws UsageException {
        Map<String, String> options = new TreeMap<>();
        for (String option : arguments.values("log-opt")) {
            String[] pair = KeyValue.split("log-opt", option);
            options.put(pair[0], pair[1]);
        }
        try {
            return new LogSettings(LogChoice.of(arguments.value("log-driver"), options),
                    arguments.has("journald-socket")
                            ? Path.of(arguments.value("journald-socket")).toAbsolutePath()
                            : LogSettings.STANDARD.journal());
        } catch (IllegalArgumentException refused) {
            throw new UsageException(refused.getMessage());
        }
    }

    /** The folders a repeated option names; the usual ones if it is absent. */
    private static List<Path> folders(Arguments arguments, String option, List<Path> usual) {
        return arguments.has(option)
                ? arguments.values(option).stream().map(Path::of)
                        .map(Path::toAbsolutePath).toList()
                : usual;
    }

    private static PluginNetworks plugins(Arguments arguments, NodeFolders folders)
            throws IOException {
        return new PluginNetworks(new PluginNetworks.Settings(
                folders(arguments, "cni-conf-dir", PluginNetworks.CONFIGURATIONS),
                folders(arguments, "cni-bin-dir", PluginNetworks.PROGRAMS),
                folders.data().toAbsolutePath().resolve("cni"),
                folders.run().toAbsolutePath().resolve("netns")));
    }

    /** Adds what the file of settings says; without a file nothing of YAML is loaded. */
    private static void readSettings(Arguments arguments, boolean hostRoot) throws UsageException, IOException {
        Path file = Path.of(arguments.value("config", STANDARD_FILE));
        // The host's file is for the host's agent; an ordinary user names his.
        if (arguments.has("config") || hostRoot && Files.exists(file)) {
            if (Files.isDirectory(file)) {
                throw new UsageException(file + " is a folder: name the YAML file with --config");
            }
            String text;
            try {
                text = Files.readString(file);
            } catch (CharacterCodingException e) {
                throw new UsageException(file + " is no UTF-8 text: write it again as such");
            }
            SettingsFile.add(arguments, new AgentCommand().syntax(), AgentCommand.NO_SETTINGS, file.toString(), text,
                    AgentCommand::expected);
        }
    }

    private static Journal journal(String format) {
        return format.equals("json") ? new JsonJournal(System.err)
                : line -> System.err.println("jctl agent: " + Printable.lines(line));
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
