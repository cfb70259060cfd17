package cli.command;

/** The options of run, create and explain run that describe the container, spelled as docker's. */
final class ContainerOptions {
    private ContainerOptions() {}

    /** Adds all of them. */
    static Syntax addTo(Syntax syntax) {
        process(syntax);
        files(syntax);
        isolation(syntax);
        network(syntax);
        resources(syntax);
        HealthFlags.addTo(syntax);
        return syntax
                .value("name", "string", "Assign a name to the container")
                .value('l', "label", "list", "Set metadata on the container")
                .value("label-file", "list", "Read labels from a file, one per line")
                .value("annotation", "map", "Add an annotation to the container's OCI spec")
                .value("restart", "string", "Restart policy when the container exits:"
                        + " no, on-failure[:n], always, unless-stopped")
                .flag("rm", "Remove the container when it exits")
                .value("log-driver", "string", "What becomes of its output: json-file and local (kept,"
                        + " bounded), none, journald, syslog")
                .value("log-opt", "map", "Options of the log driver: max-size=10m, max-file=3,"
                        + " tag=TEMPLATE, labels=A,B, env=A,B, syslog-address=URL, …")
                .value("cidfile", "string", "Write the container's id to a file")
                .value("pull", "string", "Pull the image first: \"always\", \"missing\", \"never\"")
                .value("platform", "string", "Platform of the image: os/arch[/variant]");
    }

    private static void process(Syntax syntax) {
        syntax.flag('i', "interactive", "Keep standard input open")
                .flag('t', "tty", "Allocate a terminal")
                .value('e', "env", "list", "Set environment variables")
                .value("env-file", "list", "Read environment variables from a file")
                .value("entrypoint", "string", "Replace the image's entrypoint")
                .value('w', "workdir", "string", "Working directory inside the container")
                .value('u', "user", "string", "User name or uid (format: <name|uid>[:<group|gid>])")
                .value("group-add", "list", "Add further groups to join")
                .flag("init", "Run a tiny init inside that passes signals on and reaps processes")
                .value("stop-signal", "string", "Signal to stop the container")
                .value("stop-timeout", "int", "Seconds from stop signal to SIGKILL")
                .value("detach-keys", "string", "Keys for detaching from the container")
                .value("sig-proxy", "bool", "Pass signals on to the process (default true)");
    }

    private static void files(Syntax syntax) {
        syntax.value('v', "volume", "list", "Bind mount a folder, or mount a volume")
                .value("volumes-from", "list", "Mount the volumes of another container (NAME[:ro])")
                .value("mount", "mount", "Attach a file system to the container")
                .value("tmpfs", "list", "Mount a tmpfs folder")
                .flag("read-only", "Mount the container's root file system read-only")
                .value("shm-size", "bytes", "Size of /dev/shm")
                .value("hugepages", "list", "Mount huge pages and limit their number:"
                        + " SIZE[=PAGES or BYTES][:PATH], for example 2M=512 or 1G=4G:/huge")
                .value("device", "list", "Add a host's device to the container: a path,"
                        + " or vendor.com/class=name of a CDI spec")
                .value("resource", "resource", "Add devices that a plug-in offers, such as virtual"
                        + " functions: NAME[=COUNT][,KEY=VALUE…]. Keys: optional (on: start without"
                        + " where there are too few). Of network devices: name, ip"
                        + " (with prefix length). Of virtual functions also: mac, mtu, vlan, qos,"
                        + " proto (802.1q, 802.1ad), spoofchk and trust (on, off), min-rate and"
                        + " max-rate (Mbit/s), state (auto, enable, disable)")
                .value("gpus", "gpus", "Add GPUs by their CDI specs: all, a number, device=NAME")
                .value("device-cgroup-rule", "list", "Add a rule to the allowed devices list");
    }

    private static void isolation(Syntax syntax) {
        syntax.value("cap-add", "list", "Add Linux capabilities")
                .value("cap-drop", "list", "Drop Linux capabilities")
                .value("security-opt", "list",
                        "seccomp=unconfined|FILE, no-new-privileges, apparmor=NAME,"
                                + " label=type:NAME")
                .flag("privileged", "Give extended privileges to the container")
                .value("userns", "string", "User namespace: \"host\" for none")
                .value("pid", "string", "PID namespace: \"host\", \"container:NAME\"")
                .value("ipc", "string", "IPC namespace: \"private\", \"host\", \"container:NAME\"")
                .value("uts", "string", "UTS namespace: \"host\"")
                .value("cgroupns", "string", "Cgroup namespace: \"private\", \"host\"")
                .value("cgroup-parent", "string", "Parent cgroup of the container")
                .value("isolate", "list",
                        "Only these: chroot, mnt, pid, uts, ipc, net, user, cgroup, time, caps, seccomp")
                .value("time-offset", "list",
                        "Shift a clock: monotonic=SECONDS, boottime=SECONDS (Linux 6.2)")
                .value("sysctl", "map", "Set kernel parameters of the container's namespaces");
    }

    private static void network(Syntax syntax) {
        syntax.value("network", "network",
                        "\"bridge\", \"none\", \"host\", \"container:NAME\", \"cni:NAME\", or one"
                                + " that was created; may be repeated")
                .value("net", "network", "Same as --network")
                .value("network-alias", "list", "Add a further name for the container in its network")
                .value("ip", "string", "IPv4 address (172.30.100.104)")
                .value("ip6", "string", "IPv6 address (2001:db8::33)")
                .value('p', "publish", "list",
                        "Publish a port: [[IP:]HOSTPORT:]PORT[/tcp|udp|sctp], ranges too")
                .flag('P', "publish-all", "Publish all exposed ports on free ports of the host")
                .value("expose", "list", "Expose a port or a range of ports")
                .value('h', "hostname", "string", "Host name inside the container")
                .value("domainname", "string", "NIS domain name inside the container")
                .value("dns", "list", "Set DNS servers")
                .value("dns-search", "list", "Set DNS search domains")
                .value("dns-option", "list", "Set DNS options")
                .value("add-host", "list", "Add a host to /etc/hosts (name:address)");
    }

    private static void resources(Syntax syntax) {
        limits(syntax);
        syntax.flag("oom-kill-disable", "Disable the out-of-memory killer")
                .value("oom-score-adj", "int", "The host's OOM preference (-1000 to 1000)")
                .value("ulimit", "ulimit", "Ulimit options (format: <name>=<soft>[:<hard>])");
    }

    /** Those that can be changed while it runs. */
    static Syntax limits(Syntax syntax) {
        return syntax.value('m', "memory", "bytes", "Memory limit")
                .value("memory-swap", "bytes", "Memory and swap together; -1 for unlimited swap")
                .value("memory-reservation", "bytes", "Memory soft limit")
                .value("memory-swappiness", "int", "Memory swappiness (0 to 100)")
                .value("cpus", "decimal", "Number of processors")
                .value('c', "cpu-shares", "int", "Processor shares (relative weight)")
                .value("cpu-period", "int", "CFS period in microseconds")
                .value("cpu-quota", "int", "CFS quota in microseconds")
                .value("exclusive-cpus", "int", "Processors that nobody else is on while it runs; the agent needs --reserved-cpus")
                .value("numa", "string", "How near each other its exclusive processors, huge pages and --resource devices must be: none,"
                        + " preferred (default), required")
                .value("cpuset-cpus", "string", "Processors to run on (0-3, 0,1)")
                .value("cpuset-mems", "string", "Memory nodes to use (0-3, 0,1)")
                .value("pids-limit", "int", "Limit of processes and threads; -1 for unlimited")
                .value("blkio-weight", "int", "Block input/output weight (10 to 1000)")
                .value("device-read-bps", "list", "Limit reading from a device, bytes per second")
                .value("device-write-bps", "list", "Limit writing to a device, bytes per second")
                .value("device-read-iops", "list", "Limit reading from a device, per second")
                .value("device-write-iops", "list", "Limit writing to a device, per second")
                .value("hugetlb", "list", "Limit huge pages (format: <page size>=<bytes>)");
    }
}
