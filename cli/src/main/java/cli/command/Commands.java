package cli.command;

/** Finds commands by name, making only the one that is asked for. */
final class Commands {
    /** The names of all, in the order the help lists them. */
    static final String[] NAMES = {
        "run", "create", "start", "stop", "restart", "pause", "unpause", "kill", "rm", "ps", "wait",
        "exec", "attach", "logs", "port", "top", "stats", "events", "cp", "diff", "commit", "export",
        "inspect", "rename", "update", "pull", "push", "images", "rmi", "tag", "history", "load", "save", "import",
        "login", "logout", "up", "down", "why", "version", "info", "doctor", "agent", "completion", "man",
        "dashboard", "sriov-plugin",
    };
    static final String[] GROUPS = {
        "container", "image", "network", "net", "volume", "device", "resource", "vf", "system", "context",
        "explain", "lab",
        "service", "stack", "node", "secret", "config", "project", "cluster",
    };
    static final String[] CONTAINER_NAMES = {
        "run", "create", "start", "stop", "restart", "pause", "unpause", "kill", "rm", "ls", "wait",
        "exec", "attach", "logs", "port", "top", "stats", "cp", "diff", "commit", "export",
        "inspect", "rename", "update", "prune",
    };
    static final String[] SYSTEM_NAMES = {"df", "info", "events", "prune"};
    static final String[] IMAGE_NAMES = {
        "ls", "rm", "inspect", "history", "prune", "tag", "pull", "push", "load", "save", "import",
        "from-host",
    };
    static final String[] CONTEXT_NAMES = {"create", "ls", "use", "rm", "inspect", "show"};
    static final String[] NETWORK_NAMES = {
        "create", "ls", "rm", "inspect", "connect", "disconnect", "prune",
    };
    /** Of what goes through networks, where {@code network} is about those themselves. */
    static final String[] NET_NAMES = {"trace", "doctor"};
    static final String[] VOLUME_NAMES = {
        "create", "ls", "inspect", "rm", "prune", "export", "import",
    };
    static final String[] DEVICE_NAMES = {"ls"};
    static final String[] RESOURCE_NAMES = {"ls"};
    /** Of the parts that PCI cards are divided into. */
    static final String[] VIRTUAL_FUNCTION_NAMES = {"ls", "inspect", "create", "reset"};
    static final String[] EXPLAIN_NAMES = {"run"};
    static final String[] LAB_NAMES = {"ls", "cluster"};
    /** What may follow {@code lab cluster}; without one of them it is {@code create}. */
    static final String[] LAB_CLUSTER_VERBS = {
        "create", "ls", "cut", "heal", "loss", "latency", "kill", "stop", "start", "pause", "resume",
        "exec", "reboot", "power-off", "power-on", "rm",
    };
    private static final String[] NONE = {};

    private Commands() {}

    /** Whether the word begins a command of two words, or two words one of three. */
    static boolean isGroup(String word) {
        return java.util.Arrays.asList(GROUPS).contains(word)
                || java.util.Arrays.asList(ClusterCommands.GROUPS_WITHIN).contains(word);
    }

    /** The names of a group's commands. */
    static String[] namesOf(String group) {
        return switch (group) {
            case "image" -> IMAGE_NAMES;
            case "context" -> CONTEXT_NAMES;
            case "network" -> NETWORK_NAMES;
            case "net" -> NET_NAMES;
            case "volume" -> VOLUME_NAMES;
            case "device" -> DEVICE_NAMES;
            case "resource" -> RESOURCE_NAMES;
            case "vf" -> VIRTUAL_FUNCTION_NAMES;
            case "system" -> SYSTEM_NAMES;
            case "explain" -> EXPLAIN_NAMES;
            case "lab" -> LAB_NAMES;
            case "container" -> CONTAINER_NAMES;
            default -> ClusterCommands.namesOf(group);
        };
    }

    /** The third words a command of two words may have. */
    static String[] verbsOf(String group, String name) {
        return group.equals("lab") && name.equals("cluster") ? LAB_CLUSTER_VERBS : NONE;
    }

    /** A command of three words, or null. */
    static Command find(String group, String name, String verb) {
        return java.util.Arrays.asList(verbsOf(group, name)).contains(verb)
                ? new LabClusterCommand(verb) : null;
    }

    /** A command of one word, or null. */
    static Command find(String name) {
        return switch (name) {
            case "run" -> new RunCommand("run");
            case "create" -> new CreateCommand("create");
            case "start" -> new StartCommand("start");
            case "stop" -> new StopCommand("stop");
            case "restart" -> new RestartCommand("restart");
            case "pause" -> new PauseCommand("pause", true);
            case "unpause" -> new PauseCommand("unpause", false);
            case "rename" -> new RenameCommand("rename");
            case "update" -> new UpdateCommand("update");
            case "kill" -> new KillCommand("kill");
            case "rm" -> new RemoveCommand("rm");
            case "ps" -> new ListCommand("ps");
            case "wait" -> new WaitCommand("wait");
            case "exec" -> new ExecCommand("exec");
            case "attach" -> new AttachCommand("attach");
            case "logs" -> new LogsCommand("logs");
            case "port" -> new PortCommand("port");
            case "cp" -> new CopyCommand("cp");
            case "diff" -> new DiffCommand("diff");
            case "commit" -> new CommitCommand("commit");
            case "export" -> new ExportCommand("export");
            case "inspect" -> new InspectCommand("inspect", InspectCommand.Kind.ANY);
            case "stats" -> new StatsCommand("stats");
            case "top" -> new TopCommand("top");
            case "events" -> new EventsCommand("events");
            case "pull" -> new PullCommand("pull");
            case "push" -> new PushCommand("push");
            case "images" -> new ImageListCommand("images");
            case "rmi" -> new ImageRemoveCommand("rmi");
            case "tag" -> new TagCommand("tag");
            case "history" -> new HistoryCommand("history");
            case "load" -> new LoadCommand("load");
            case "save" -> new SaveCommand("save");
            case "import" -> new ImportCommand("import");
            case "login" -> new LoginCommand();
            case "logout" -> new LogoutCommand();
            case "up" -> new UpCommand();
            case "down" -> new DownCommand();
            case "why" -> new WhyCommand();
            case "version" -> new VersionCommand();
            case "info" -> new InfoCommand("info");
            case "doctor" -> new DoctorCommand();
            case "agent" -> new AgentCommand();
            case "completion" -> new CompletionCommand();
            case "man" -> new ManCommand();
            case "dashboard" -> new DashboardCommand();
            case "sriov-plugin" -> new FunctionPluginCommand();
            default -> null;
        };
    }

    /** A command of two words, or null. */
    static Command find(String group, String name) {
        return switch (group) {
            case "image" -> findOfImages(name);
            case "context" -> java.util.Arrays.asList(CONTEXT_NAMES).contains(name)
                    ? new ContextCommand(name) : null;
            case "network" -> findOfNetworks(name);
            case "net" -> switch (name) {
                case "trace" -> new NetTraceCommand();
                case "flows" -> new NetFlowsCommand();
                case "doctor" -> new NetDoctorCommand();
                default -> null;
            };
            case "volume" -> findOfVolumes(name);
            case "device" -> name.equals("ls") || name.equals("list")
                    ? new DeviceListCommand() : null;
            case "resource" -> name.equals("ls") || name.equals("list")
                    ? new ResourceListCommand() : null;
            case "vf" -> findOfVirtualFunctions(name);
            case "system" -> findOfSystem(name);
            case "explain" -> name.equals("run") ? new ExplainCommand() : null;
            case "lab" -> switch (name) {
                case "ls", "list" -> new LabListCommand();
                case "cluster" -> new LabClusterCommand("");
                default -> null;
            };
            case "container" -> findOfContainers(name);
            default -> ClusterCommands.find(group, name);
        };
    }

    private static Command findOfImages(String name) {
        return switch (name) {
            case "ls", "list" -> new ImageListCommand("image ls");
            case "rm" -> new ImageRemoveCommand("image rm");
            case "inspect" -> new InspectCommand("image inspect", InspectCommand.Kind.IMAGE);
            case "history" -> new HistoryCommand("image history");
            case "prune" -> new ImagePruneCommand();
            case "tag" -> new TagCommand("image tag");
            case "pull" -> new PullCommand("image pull");
            case "push" -> new PushCommand("image push");
            case "load" -> new LoadCommand("image load");
            case "save" -> new SaveCommand("image save");
            case "import" -> new ImportCommand("image import");
            case "from-host" -> new FromHostCommand();
            default -> null;
        };
    }

    private static Command findOfNetworks(String name) {
        return switch (name) {
            case "create" -> new NetworkCreateCommand();
            case "ls", "list" -> new NetworkListCommand();
            case "rm", "remove" -> new NetworkRemoveCommand();
            case "update" -> new NetworkUpdateCommand();
            case "inspect" ->
                new InspectCommand("network inspect", InspectCommand.Kind.NETWORK);
            case "connect" -> new NetworkConnectCommand();
            case "disconnect" -> new NetworkDisconnectCommand();
            case "prune" -> new NetworkPruneCommand();
            default -> null;
        };
    }

    private static Command findOfVolumes(String name) {
        return switch (name) {
            case "create" -> new VolumeCreateCommand();
            case "ls", "list" -> new VolumeListCommand();
            case "inspect" -> new VolumeInspectCommand();
            case "rm" -> new VolumeRemoveCommand();
            case "prune" -> new VolumePruneCommand();
            case "export" -> new VolumeExportCommand();
            case "import" -> new VolumeImportCommand();
            default -> null;
        };
    }

    private static Command findOfVirtualFunctions(String name) {
        return switch (name) {
            case "ls", "list" -> new VirtualFunctionListCommand();
            case "inspect" -> new VirtualFunctionInspectCommand();
            case "create" -> new VirtualFunctionCreateCommand();
            case "reset" -> new VirtualFunctionResetCommand();
            default -> null;
        };
    }

    private static Command findOfSystem(String name) {
        return switch (name) {
            case "df" -> new SystemUsageCommand();
            case "info" -> new InfoCommand("system info");
            case "events" -> new EventsCommand("system events");
            case "prune" -> new SystemPruneCommand();
            default -> null;
        };
    }

    private static Command findOfContainers(String name) {
        return switch (name) {
            case "run" -> new RunCommand("container run");
            case "create" -> new CreateCommand("container create");
            case "start" -> new StartCommand("container start");
            case "stop" -> new StopCommand("container stop");
            case "restart" -> new RestartCommand("container restart");
            case "pause" -> new PauseCommand("container pause", true);
            case "unpause" -> new PauseCommand("container unpause", false);
            case "rename" -> new RenameCommand("container rename");
            case "update" -> new UpdateCommand("container update");
            case "kill" -> new KillCommand("container kill");
            case "rm" -> new RemoveCommand("container rm");
            case "ls", "list", "ps" -> new ListCommand("container ls");
            case "wait" -> new WaitCommand("container wait");
            case "exec" -> new ExecCommand("container exec");
            case "attach" -> new AttachCommand("container attach");
            case "logs" -> new LogsCommand("container logs");
            case "port" -> new PortCommand("container port");
            case "cp" -> new CopyCommand("container cp");
            case "diff" -> new DiffCommand("container diff");
            case "commit" -> new CommitCommand("container commit");
            case "export" -> new ExportCommand("container export");
            case "inspect" -> new InspectCommand("container inspect", InspectCommand.Kind.CONTAINER);
            case "stats" -> new StatsCommand("container stats");
            case "top" -> new TopCommand("container top");
            case "prune" -> new ContainerPruneCommand();
            default -> null;
        };
    }
}
