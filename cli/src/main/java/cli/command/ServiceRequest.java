package cli.command;

import static api.cluster.ServiceSpec.*;

import api.cluster.Autoscaling;
import api.cluster.ContainerTemplate;
import api.cluster.HostPort;
import api.cluster.ServiceEndpoint;
import api.cluster.TaskTemplate;
import api.node.RegistryAuth;
import cli.wire.MessageWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The user's words for a service, as the bytes of a ServiceSpec, written by field as {@link ContainerRequest}
 * writes a container's.
 */
final class ServiceRequest {
    private static final String[] OF_NAMESPACES = {"network", "net", "pid", "ipc"};

    private ServiceRequest() {}

    /**
     * A new service's.
     *
     * @param arguments sorted by {@link ServiceOptions}; first positional the image, then arguments
     * @throws UsageException if a value is malformed, or options do not go together
     * @throws IOException    if a file named by an option cannot be read
     */
    static byte[] whole(Arguments arguments, Console console) throws UsageException, IOException {
        MessageWriter spec = new MessageWriter()
                .string(NAME_FIELD_NUMBER, ServiceNames.of(arguments))
                .string(PROJECT_FIELD_NUMBER, arguments.value("project", "default"))
                .message(MODE_FIELD_NUMBER, ModeFlags.of(arguments));
        write(spec, arguments, console, true);
        Autoscaling autoscaling = AutoscaleFlags.of(arguments);
        if (autoscaling != null) {
            spec.bytes(AUTOSCALING_FIELD_NUMBER, autoscaling.toByteArray());
        }
        return spec.toByteArray();
    }

    /**
     * Of a spec only what was said, to be merged into another: name, project and mode are not in it.
     *
     * @param arguments as above; without positionals the image and its arguments stay
     */
    static byte[] said(Arguments arguments, Console console) throws UsageException, IOException {
        MessageWriter spec = new MessageWriter();
        write(spec, arguments, console, false);
        return spec.toByteArray();
    }

    private static void write(MessageWriter spec, Arguments arguments, Console console, boolean whole)
            throws UsageException, IOException {
        for (String label : arguments.values("label")) {
            int equals = label.indexOf('=');
            spec.entry(LABELS_FIELD_NUMBER, equals < 0 ? label : label.substring(0, equals),
                    equals < 0 ? "" : label.substring(equals + 1));
        }
        if (arguments.has("priority")) {
            spec.optionalNumber(PRIORITY_FIELD_NUMBER, arguments.integer("priority"));
        }
        ServiceEndpoint endpoint = EndpointFlags.of(arguments);
        if (!endpoint.equals(ServiceEndpoint.getDefaultInstance())) {
            spec.bytes(ENDPOINT_FIELD_NUMBER, endpoint.toByteArray());
        }
        spec.message(TASK_FIELD_NUMBER, task(arguments, console, whole))
                .message(UPDATE_FIELD_NUMBER, RolloutFlags.policy("update", arguments, whole))
                .message(ROLLBACK_FIELD_NUMBER, RolloutFlags.policy("rollback", arguments, whole));
    }

    private static MessageWriter task(Arguments arguments, Console console, boolean whole)
            throws UsageException, IOException {
        List<PublishedPort> ports = PublishedPort.all("publish", arguments).stream()
                .filter(port -> !port.everyNode()).toList();
        MessageWriter task = new MessageWriter()
                .message(TaskTemplate.CONTAINER_FIELD_NUMBER, container(arguments, ports, console))
                .message(TaskTemplate.RESERVATION_FIELD_NUMBER, ReservationFlags.of(arguments))
                .message(TaskTemplate.PLACEMENT_FIELD_NUMBER, PlacementFlags.of(arguments))
                .message(TaskTemplate.RESTART_FIELD_NUMBER, RolloutFlags.restart(arguments, whole));
        for (PublishedPort port : ports) {
            if (port.hostPort() != 0) {
                task.message(TaskTemplate.HOST_PORTS_FIELD_NUMBER, new MessageWriter()
                        .string(HostPort.PROTOCOL_FIELD_NUMBER, port.protocol())
                        .number(HostPort.PORT_FIELD_NUMBER, port.hostPort()));
            }
        }
        FileFlags.write(task, TaskTemplate.SECRETS_FIELD_NUMBER, FileKind.SECRET, arguments);
        FileFlags.write(task, TaskTemplate.CONFIGS_FIELD_NUMBER, FileKind.CONFIG, arguments);
        return task;
    }

    private static MessageWriter container(Arguments arguments, List<PublishedPort> ports, Console console)
            throws UsageException, IOException {
        List<String> words = arguments.positionals();
        String image = words.isEmpty() ? "" : words.getFirst();
        RegistryAuth auth = arguments.isOn("with-registry-auth") && !image.isEmpty()
                ? RegistryLogins.find(image, console) : null;
        return new MessageWriter()
                .string(ContainerTemplate.IMAGE_FIELD_NUMBER, image)
                .bytes(ContainerTemplate.OPTIONS_FIELD_NUMBER,
                        ContainerRequest.of(ofContainer(arguments, ports), console, auth));
    }

    /** The same in the words of {@code jctl run}. */
    private static Arguments ofContainer(Arguments service, List<PublishedPort> ports) throws UsageException {
        Arguments container = new Arguments();
        List<String> names = new ArrayList<>(service.names());
        for (String name : names) {
            String as = inRun(name);
            if (as.isEmpty()) {
                continue;
            }
            if (!as.equals(name) && !name.equals("host") && !name.equals("group")
                    && !name.equals("container-label") && service.has(as)) {
                throw new UsageException("--" + name + " and --" + as + " are the same: give one of them");
            }
            for (String value : service.values(name)) {
                container.addOption(as, value);
            }
        }
        for (String option : OF_NAMESPACES) {
            for (String value : container.values(option)) {
                if (value.startsWith("container:")) {
                    throw Arguments.invalid(option, value, "it names one container, and a service's tasks are"
                            + " on whatever node has room");
                }
            }
        }
        for (PublishedPort port : ports) {
            container.addOption("publish", port.word());
        }
        if (service.values("platform").size() == 1) {
            container.addOption("platform", service.value("platform"));
        }
        if (service.has("stop-grace-period")) {
            long seconds = (service.millis("stop-grace-period") + 999) / 1000;
            if (seconds > Integer.MAX_VALUE) {
                throw Arguments.invalid("stop-grace-period", service.value("stop-grace-period"), "too long");
            }
            container.addOption("stop-timeout", Long.toString(seconds));
        }
        List<String> words = service.positionals();
        container.addPositional(words.isEmpty() ? "" : words.getFirst());
        for (int i = 1; i < words.size(); i++) {
            container.addPositional(words.get(i));
        }
        return container;
    }

    /** What run calls an option; empty for one that is the service's own. */
    private static String inRun(String name) {
        return switch (name) {
            case "name", "label", "publish", "platform", "endpoint-mode", "balance", "prefer-local", "srv" -> "";
            case "container-label" -> "label";
            case "limit-cpu" -> "cpus";
            case "limit-memory" -> "memory";
            case "limit-pids" -> "pids-limit";
            case "host" -> "add-host";
            case "group" -> "group-add";
            default -> name;
        };
    }
}
