package cli.command;

import static api.node.CreateContainerRequest.*;

import api.node.PullPolicy;
import api.node.RegistryAuth;
import api.node.Words;
import cli.wire.MessageWriter;
import java.io.IOException;
import java.util.List;

/**
 * The user's words for a container, as the bytes of the message the daemon takes. What nearly every
 * start needs is written here by field; rarer parts are generated messages.
 */
final class ContainerRequest {
    private ContainerRequest() {}

    /**
     * Builds the message.
     *
     * @param arguments sorted by {@link ContainerOptions}; first positional the image, then arguments
     * @throws UsageException if a value is malformed
     * @throws IOException    if a file named by an option cannot be read
     */
    static byte[] of(Arguments arguments, Console console)
            throws UsageException, IOException {
        return of(arguments, console, RegistryLogins.find(arguments.positional(0), console));
    }

    /** The same with the login of the image's registry; null for none. */
    static byte[] of(Arguments arguments, Console console, RegistryAuth auth)
            throws UsageException, IOException {
        MessageWriter request = new MessageWriter();
        List<String> words = arguments.positionals();
        request.string(IMAGE_FIELD_NUMBER, words.get(0))
                .strings(ARGS_FIELD_NUMBER, words.subList(1, words.size()));
        process(request, arguments, console);
        metadata(request, arguments, console);
        isolation(request, arguments);
        network(request, arguments);
        MountOptions.add(request, arguments);
        ResourceOptions.add(request, arguments);
        SecurityFlags.add(request, arguments);
        HealthFlags.add(request, arguments);
        if (auth != null) {
            request.bytes(AUTH_FIELD_NUMBER, auth.toByteArray());
        }
        return request.toByteArray();
    }

    private static void process(
            MessageWriter request, Arguments arguments, Console console)
            throws UsageException, IOException {
        request.flag(TTY_FIELD_NUMBER, arguments.isOn("tty"))
                .flag(INTERACTIVE_FIELD_NUMBER, arguments.isOn("interactive"))
                .strings(ENV_FIELD_NUMBER, Environment.of(arguments, console))
                .string(WORKING_DIR_FIELD_NUMBER, arguments.value("workdir"))
                .string(USER_FIELD_NUMBER, arguments.value("user"))
                .strings(GROUP_ADD_FIELD_NUMBER, arguments.values("group-add"))
                .flag(INIT_FIELD_NUMBER, arguments.isOn("init"))
                .string(STOP_SIGNAL_FIELD_NUMBER, arguments.value("stop-signal"));
        if (arguments.has("entrypoint")) {
            // Present, and empty if the user wants none.
            request.message(ENTRYPOINT_FIELD_NUMBER, new MessageWriter()
                    .string(Words.WORDS_FIELD_NUMBER, arguments.value("entrypoint")));
        }
        if (arguments.has("stop-timeout")) {
            request.optionalNumber(STOP_TIMEOUT_SECONDS_FIELD_NUMBER, arguments.integer("stop-timeout"));
        }
    }

    private static void metadata(
            MessageWriter request, Arguments arguments, Console console)
            throws UsageException, IOException {
        request.string(NAME_FIELD_NUMBER, arguments.value("name"))
                .flag(AUTO_REMOVE_FIELD_NUMBER, arguments.isOn("rm"))
                .string(RESTART_FIELD_NUMBER, arguments.value("restart"))
                .string(PLATFORM_FIELD_NUMBER, arguments.value("platform"));
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
            request.entry(ANNOTATIONS_FIELD_NUMBER, pair[0], pair[1]);
        }
        request.string(LOG_DRIVER_FIELD_NUMBER, arguments.value("log-driver"));
        for (String option : arguments.values("log-opt")) {
            String[] pair = KeyValue.split("log-opt", option);
            request.entry(LOG_OPTIONS_FIELD_NUMBER, pair[0], pair[1]);
        }
        request.number(PULL_POLICY_FIELD_NUMBER, switch (arguments.value("pull", "missing")) {
            case "missing" -> PullPolicy.MISSING_VALUE;
            case "always" -> PullPolicy.ALWAYS_VALUE;
            case "never" -> PullPolicy.NEVER_VALUE;
            default -> throw Arguments.invalid("pull", arguments.value("pull"),
                    "expected always, missing or never");
        });
    }

    private static void putLabel(MessageWriter request, String label) {
        int equals = label.indexOf('=');
        request.entry(LABELS_FIELD_NUMBER, equals < 0 ? label : label.substring(0, equals),
                equals < 0 ? "" : label.substring(equals + 1));
    }

    private static void isolation(MessageWriter request, Arguments arguments)
            throws UsageException {
        request.strings(CAP_ADD_FIELD_NUMBER, arguments.values("cap-add"))
                .strings(CAP_DROP_FIELD_NUMBER, arguments.values("cap-drop"))
                .flag(PRIVILEGED_FIELD_NUMBER, arguments.isOn("privileged"))
                .flag(READ_ONLY_ROOT_FIELD_NUMBER, arguments.isOn("read-only"))
                .string(USERNS_MODE_FIELD_NUMBER, arguments.value("userns"))
                .string(PID_MODE_FIELD_NUMBER, arguments.value("pid"))
                .string(IPC_MODE_FIELD_NUMBER, arguments.value("ipc"))
                .string(UTS_MODE_FIELD_NUMBER, arguments.value("uts"))
                .string(CGROUPNS_MODE_FIELD_NUMBER, arguments.value("cgroupns"))
                .string(CGROUP_PARENT_FIELD_NUMBER, arguments.value("cgroup-parent"))
                .strings(DEVICE_CGROUP_RULES_FIELD_NUMBER, arguments.values("device-cgroup-rule"));
        for (String list : arguments.values("isolate")) {
            for (String word : KeyValue.commas(list)) {
                request.string(ISOLATE_FIELD_NUMBER,
                        word.startsWith("+") ? word.substring(1) : word);
            }
        }
        for (String sysctl : arguments.values("sysctl")) {
            String[] pair = KeyValue.split("sysctl", sysctl);
            request.entry(SYSCTLS_FIELD_NUMBER, pair[0], pair[1]);
        }
        if (arguments.has("time-offset")) {
            TimeOffsetFlags.add(request, arguments);
        }
        if (arguments.has("oom-score-adj")) {
            request.optionalNumber(OOM_SCORE_ADJ_FIELD_NUMBER, arguments.integer("oom-score-adj"));
        }
    }

    private static void network(MessageWriter request, Arguments arguments)
            throws UsageException {
        NetworkFlags.add(request, arguments);
        request.string(HOSTNAME_FIELD_NUMBER, arguments.value("hostname"))
                .string(DOMAIN_NAME_FIELD_NUMBER, arguments.value("domainname"))
                .strings(DNS_FIELD_NUMBER, arguments.values("dns"))
                .strings(DNS_SEARCH_FIELD_NUMBER, arguments.values("dns-search"))
                .strings(DNS_OPTIONS_FIELD_NUMBER, arguments.values("dns-option"));
        if (arguments.has("publish") || arguments.has("publish-all") || arguments.has("expose")) {
            PortFlags.add(request, arguments);
        }
        for (String host : arguments.values("add-host")) {
            int cut = host.indexOf('=') >= 0 ? host.indexOf('=') : host.indexOf(':');
            if (cut <= 0 || cut == host.length() - 1) {
                throw Arguments.invalid("add-host", host, "expected name:address");
            }
            request.string(ADD_HOSTS_FIELD_NUMBER,
                    host.substring(0, cut) + ":" + host.substring(cut + 1));
        }
    }
}
