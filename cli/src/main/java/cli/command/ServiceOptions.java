package cli.command;

import java.util.Set;

/** The options of service create, update and plan: what a container can be told, and what its service. */
final class ServiceOptions {
    /**
     * Of a container that somebody sits in front of, or that is one alone: no task is. Nor does the scheduler
     * know yet which nodes have what a plug-in offers.
     */
    private static final Set<String> OF_ONE_CONTAINER = Set.of("name", "label", "rm", "cidfile", "restart",
            "detach-keys", "sig-proxy", "interactive", "volumes-from", "ip", "ip6", "publish", "publish-all",
            "platform", "stop-timeout", "resource", "exclusive-cpus", "numa");

    private ServiceOptions() {}

    /** Adds all of them but the name and the mode, which stay what they are. */
    static Syntax addTo(Syntax syntax) {
        syntax.optionsOf(ContainerOptions.addTo(new Syntax("", "")), OF_ONE_CONTAINER);
        service(syntax);
        placement(syntax);
        resources(syntax);
        restart(syntax);
        SiteFlags.addTo(syntax);
        rollout(syntax, "update", "an update");
        rollout(syntax, "rollback", "a way back");
        AutoscaleFlags.addTo(syntax);
        return syntax;
    }

    /** Adds those that only a new service has. */
    static Syntax addCreation(Syntax syntax) {
        return syntax.value("name", "string", "Name of the service")
                .value("mode", "string", "How many tasks: replicated (default), global, replicated-job,"
                        + " global-job, cron")
                .value("project", "string", "Whose quota it counts against (default \"default\")");
    }

    /** Adds those about waiting for the tasks. */
    static Syntax addWaiting(Syntax syntax) {
        return syntax.flag('d', "detach", "Do not wait until its tasks run")
                .flag('q', "quiet", "Show no progress");
    }

    private static void service(Syntax syntax) {
        syntax.value('l', "label", "list", "Set metadata on the service")
                .value("container-label", "list", "Set metadata on its containers")
                .value("replicas", "int", "Number of tasks; of a job, how many must come to a good end")
                .value("max-concurrent", "int", "Tasks of a job at once (default: all)")
                .value("schedule", "string", "When a cron service runs, in UTC: \"*/5 * * * *\", @daily")
                .flag("overlap", "Let a cron service run again while its last run is under way")
                .flag("unique", "Never run the same task twice, be a node cut off or not")
                .value("priority", "int", "A higher one may take the place of lower ones")
                .value('p', "publish", "port", "Publish a port: 8080:80[/udp] of every node, or, in full,"
                        + " published=8080,target=80[,protocol=udp][,mode=host], with host of each task's own")
                .value("endpoint-mode", "string", "What its name stands for in overlay networks: \"vip\", one address"
                        + " that stays (default), or \"dnsrr\", those of its tasks")
                .value("balance", "string", "Which task a connection to its address goes to: \"random\" (default),"
                        + " \"in-turn\" or \"source\", the same one for the same client")
                .flag("prefer-local", "Lead a connection to a task of the node it begins at, as long as one is there")
                .value("srv", "name:port", "Let a port be found by name in overlay networks, as in _sip._udp:5060")
                .value("secret", "secret", "Give it a secret as a file: NAME, or"
                        + " source=NAME,target=FILE,uid=0,gid=0,mode=0444")
                .value("config", "config", "Give it a config as a file, in the same words")
                .value("host", "list", "Same as --add-host")
                .value("group", "list", "Same as --group-add")
                .value("stop-grace-period", "duration", "Time from stop signal to SIGKILL (default 10s)")
                .flag("with-registry-auth", "Send the login of the image's registry to the nodes");
    }

    private static void placement(Syntax syntax) {
        syntax.value("constraint", "list", "Only nodes that fulfil it: node.labels.zone==b, node.role!=manager")
                .value("placement-pref", "pref", "spread=node.labels.zone, or binpack")
                .value("affinity", "list", "Beside another service: SERVICE[:node.labels.zone][,must]")
                .value("anti-affinity", "list", "Apart from another service, or itself, in the same words")
                .value("replicas-max-per-node", "int", "Most tasks on one node (0: as many as fit)")
                .value("platform", "list", "Only nodes of this platform: os/arch");
    }

    private static void resources(Syntax syntax) {
        syntax.value("reserve-cpu", "decimal", "Processors a node must have left")
                .value("reserve-memory", "bytes", "Memory a node must have left")
                .value("reserve-pids", "int", "Processes and threads a node must have left")
                .value("generic-resource", "list", "Whatever else a node must have left: NAME=NUMBER")
                .value("reserve", "list", "Same as --generic-resource")
                .value("limit-cpu", "decimal", "Same as --cpus")
                .value("limit-memory", "bytes", "Same as --memory")
                .value("limit-pids", "int", "Same as --pids-limit");
    }

    private static void restart(Syntax syntax) {
        syntax.value("restart-condition", "string", "Which end another task follows: none, on-failure, any")
                .value("restart-delay", "duration", "Time before it starts (default 1s)")
                .value("restart-max-attempts", "int", "Most of them within the window (0: without end)")
                .value("restart-window", "duration", "Time over which they are counted (0: for ever)");
    }

    private static void rollout(Syntax syntax, String prefix, String what) {
        syntax.value(prefix + "-parallelism", "int", "Tasks of " + what + " at once (0: all; default 1)")
                .value(prefix + "-delay", "duration", "Time of " + what + " between two tasks")
                .value(prefix + "-order", "string",
                        "Of " + what + ": \"stop-first\" (default) or \"start-first\"")
                .value(prefix + "-monitor", "duration",
                        "Time a new task of " + what + " may fail in (default 5s)")
                .value(prefix + "-failure-action", "string", "After too many failures of " + what
                        + ": \"pause\" (default), \"continue\"" + (prefix.equals("update") ? " or \"rollback\"" : ""))
                .value(prefix + "-max-failure-ratio", "float", "Share of tasks of " + what
                        + " that may fail: 0 (default) to 1");
    }
}
