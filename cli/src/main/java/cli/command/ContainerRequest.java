package cli.command;

import api.node.CreateContainerRequest;
import api.node.PullPolicy;
import api.node.Words;
import java.io.IOException;
import java.util.List;

/** The user's words for a container, as the message the daemon takes. */
final class ContainerRequest {
    private ContainerRequest() {}

    /**
     * Builds the message.
     *
     * @param arguments sorted by {@link ContainerOptions}; first positional the image, then arguments
     * @throws UsageException if a value is malformed
     * @throws IOException    if a file named by an option cannot be read
     */
    static CreateContainerRequest of(Arguments arguments, Console console)
            throws UsageException, IOException {
        CreateContainerRequest.Builder request = CreateContainerRequest.newBuilder();
        List<String> words = arguments.positionals();
        request.setImage(words.get(0));
        for (int i = 1; i < words.size(); i++) {
            request.addArgs(words.get(i));
        }
        process(request, arguments, console);
        metadata(request, arguments, console);
        isolation(request, arguments);
        network(request, arguments);
        MountOptions.add(request, arguments);
        ResourceOptions.add(request, arguments);
        SecurityFlags.add(request, arguments);
        return request.build();
    }

    private static void process(
            CreateContainerRequest.Builder request, Arguments arguments, Console console)
            throws UsageException, IOException {
        request.setTty(arguments.isOn("tty"))
                .setInteractive(arguments.isOn("interactive"))
                .addAllEnv(Environment.of(arguments, console))
                .setWorkingDir(arguments.value("workdir"))
                .setUser(arguments.value("user"))
                .addAllGroupAdd(arguments.values("group-add"))
                .setInit(arguments.isOn("init"))
                .setStopSignal(arguments.value("stop-signal"));
        if (arguments.has("entrypoint")) {
            Words.Builder entrypoint = Words.newBuilder();
            if (!arguments.value("entrypoint").isEmpty()) {
                entrypoint.addWords(arguments.value("entrypoint"));
            }
            request.setEntrypoint(entrypoint);
        }
        if (arguments.has("stop-timeout")) {
            request.setStopTimeoutSeconds(arguments.integer("stop-timeout"));
        }
    }

    private static void metadata(
            CreateContainerRequest.Builder request, Arguments arguments, Console console)
            throws UsageException, IOException {
        request.setName(arguments.value("name"))
                .setAutoRemove(arguments.isOn("rm"))
                .setPlatform(arguments.value("platform"));
        for (String file : arguments.values("label-file")) {
            for (String line : Environment.lines(file)) {
                putLabel(request, line);
            }
        }
        for (String label : arguments.values("label")) {
            putLabel(request, label);
        }
        for (String annotation : arguments.values("annotation")) {
            String[] pair = KeyValue.split("annotation", annotation);
            request.putAnnotations(pair[0], pair[1]);
        }
        switch (arguments.value("pull", "missing")) {
            case "missing" -> request.setPullPolicy(PullPolicy.MISSING);
            case "always" -> request.setPullPolicy(PullPolicy.ALWAYS);
            case "never" -> request.setPullPolicy(PullPolicy.NEVER);
            default -> throw Arguments.invalid("pull", arguments.value("pull"),
                    "expected always, missing or never");
        }
        RegistryLogins.find(request.getImage(), console, request);
    }

    private static void putLabel(CreateContainerRequest.Builder request, String label) {
        int equals = label.indexOf('=');
        request.putLabels(equals < 0 ? label : label.substring(0, equals),
                equals < 0 ? "" : label.substring(equals + 1));
    }

    private static void isolation(CreateContainerRequest.Builder request, Arguments arguments)
            throws UsageException {
        request.addAllCapAdd(arguments.values("cap-add"))
                .addAllCapDrop(arguments.values("cap-drop"))
                .setPrivileged(arguments.isOn("privileged"))
                .setReadOnlyRoot(arguments.isOn("read-only"))
                .setUsernsMode(arguments.value("userns"))
                .setPidMode(arguments.value("pid"))
                .setIpcMode(arguments.value("ipc"))
                .setUtsMode(arguments.value("uts"))
                .setCgroupnsMode(arguments.value("cgroupns"))
                .setCgroupParent(arguments.value("cgroup-parent"))
                .addAllDeviceCgroupRules(arguments.values("device-cgroup-rule"));
        for (String list : arguments.values("isolate")) {
            for (String word : KeyValue.commas(list)) {
                request.addIsolate(word.startsWith("+") ? word.substring(1) : word);
            }
        }
        for (String sysctl : arguments.values("sysctl")) {
            String[] pair = KeyValue.split("sysctl", sysctl);
            request.putSysctls(pair[0], pair[1]);
        }
        if (arguments.has("oom-score-adj")) {
            request.setOomScoreAdj(arguments.integer("oom-score-adj"));
        }
    }

    private static void network(CreateContainerRequest.Builder request, Arguments arguments)
            throws UsageException {
        request.setNetworkMode(arguments.value("network", arguments.value("net")))
                .setHostname(arguments.value("hostname"))
                .setDomainName(arguments.value("domainname"))
                .addAllDns(arguments.values("dns"))
                .addAllDnsSearch(arguments.values("dns-search"))
                .addAllDnsOptions(arguments.values("dns-option"));
        for (String host : arguments.values("add-host")) {
            int cut = host.indexOf('=') >= 0 ? host.indexOf('=') : host.indexOf(':');
            if (cut <= 0 || cut == host.length() - 1) {
                throw Arguments.invalid("add-host", host, "expected name:address");
            }
            request.addAddHosts(host.substring(0, cut) + ":" + host.substring(cut + 1));
        }
    }
}
