package cli.command;

/** The cluster's commands by name; only the one that is asked for is made. */
final class ClusterCommands {
    /** Groups within a group of the same first word. */
    static final String[] GROUPS_WITHIN = {"cluster token", "cluster user"};
    static final String[] SERVICE_NAMES = {
        "create", "update", "scale", "rollback", "rm", "ls", "ps", "inspect", "logs", "plan",
    };
    static final String[] NODE_NAMES = {
        "ls", "inspect", "ps", "update", "promote", "demote", "drain", "activate", "pause", "label", "rm", "top",
    };
    static final String[] FILE_NAMES = {"create", "ls", "inspect", "rm"};
    static final String[] PROJECT_NAMES = {"create", "ls", "update", "queue", "rm"};
    static final String[] STACK_NAMES = {"deploy", "ls", "ps", "services", "rm", "config"};
    static final String[] CLUSTER_NAMES = {
        "status", "log", "backup", "restore", "recover", "lock", "unlock", "unlock-key", "audit", "ca",
    };
    static final String[] TOKEN_NAMES = {"create", "ls", "rm"};
    static final String[] USER_NAMES = {"add", "ls", "rm"};

    private ClusterCommands() {}

    /** The names of a group's commands. */
    static String[] namesOf(String group) {
        return switch (group) {
            case "service" -> SERVICE_NAMES;
            case "node" -> NODE_NAMES;
            case "secret", "config" -> FILE_NAMES;
            case "project" -> PROJECT_NAMES;
            case "stack" -> STACK_NAMES;
            case "cluster" -> CLUSTER_NAMES;
            case "cluster token" -> TOKEN_NAMES;
            case "cluster user" -> USER_NAMES;
            default -> throw new IllegalArgumentException("no group of commands: " + group);
        };
    }

    /** A group's command, or null. */
    static Command find(String group, String name) {
        return switch (group) {
            case "service" -> findOfServices(name);
            case "node" -> findOfNodes(name);
            case "secret" -> findOfFiles(FileKind.SECRET, name);
            case "config" -> findOfFiles(FileKind.CONFIG, name);
            case "project" -> findOfProjects(name);
            case "stack" -> findOfStacks(name);
            case "cluster" -> findOfCluster(name);
            case "cluster token" -> findOfTokens(name);
            case "cluster user" -> findOfUsers(name);
            default -> throw new IllegalArgumentException("no group of commands: " + group);
        };
    }

    private static Command findOfServices(String name) {
        return switch (name) {
            case "create" -> new ServiceCreateCommand();
            case "update" -> new ServiceUpdateCommand();
            case "scale" -> new ServiceScaleCommand();
            case "rollback" -> new ServiceRollbackCommand();
            case "rm", "remove" -> new ServiceRemoveCommand();
            case "ls", "list" -> new ServiceListCommand("service ls");
            case "ps" -> new TaskListCommand("service ps");
            case "inspect" -> new ServiceInspectCommand();
            case "logs" -> new ServiceLogsCommand();
            case "plan" -> new ServicePlanCommand();
            default -> null;
        };
    }

    private static Command findOfNodes(String name) {
        return switch (name) {
            case "ls", "list" -> new NodeListCommand();
            case "inspect" -> new NodeInspectCommand();
            case "ps" -> new TaskListCommand("node ps");
            case "update" -> new NodeUpdateCommand();
            case "promote", "demote" -> new NodeRoleCommand(name);
            case "drain", "activate", "pause" -> new NodeAvailabilityCommand(name);
            case "label" -> new NodeLabelCommand();
            case "rm", "remove" -> new NodeRemoveCommand();
            case "top" -> new NodeTopCommand();
            default -> null;
        };
    }

    private static Command findOfFiles(FileKind kind, String name) {
        return switch (name) {
            case "create" -> new FileCreateCommand(kind);
            case "ls", "list" -> new FileListCommand(kind);
            case "inspect" -> new FileInspectCommand(kind);
            case "rm", "remove" -> new FileRemoveCommand(kind);
            default -> null;
        };
    }

    private static Command findOfProjects(String name) {
        return switch (name) {
            case "create", "update" -> new ProjectPutCommand(name);
            case "ls", "list" -> new ProjectListCommand();
            case "queue" -> new ProjectQueueCommand();
            case "rm", "remove" -> new ProjectRemoveCommand();
            default -> null;
        };
    }

    private static Command findOfStacks(String name) {
        return switch (name) {
            case "deploy", "up" -> new StackDeployCommand();
            case "ls", "list" -> new StackListCommand();
            case "ps" -> new TaskListCommand("stack ps");
            case "services" -> new ServiceListCommand("stack services");
            case "rm", "remove", "down" -> new StackRemoveCommand();
            case "config" -> new StackConfigCommand();
            default -> null;
        };
    }

    private static Command findOfCluster(String name) {
        return switch (name) {
            case "status" -> new ClusterStatusCommand();
            case "log" -> new ClusterLogCommand();
            case "backup" -> new ClusterBackupCommand();
            case "restore" -> new ClusterRestoreCommand();
            case "recover" -> new ClusterRecoverCommand();
            case "lock" -> new ClusterLockCommand();
            case "unlock" -> new ClusterUnlockCommand();
            case "unlock-key" -> new ClusterUnlockKeyCommand();
            case "audit" -> new ClusterAuditCommand();
            case "ca" -> new ClusterCaCommand();
            default -> null;
        };
    }

    private static Command findOfUsers(String name) {
        return switch (name) {
            case "add" -> new UserAddCommand();
            case "ls", "list" -> new UserListCommand();
            case "rm", "remove" -> new UserRemoveCommand();
            default -> null;
        };
    }

    private static Command findOfTokens(String name) {
        return switch (name) {
            case "create" -> new TokenCreateCommand();
            case "ls", "list" -> new TokenListCommand();
            case "rm", "remove" -> new TokenRemoveCommand();
            default -> null;
        };
    }
}
