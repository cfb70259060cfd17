package cli.command;

import static api.node.ContainerSummary.*;

import api.node.PortBinding;
import cli.render.PortList;
import cli.wire.MalformedMessageException;
import cli.wire.MessageReader;
import java.util.ArrayList;
import java.util.List;

/** The fields of a ContainerSummary that a list shows; units as in node.proto. */
final class ListedContainer {
    String id = "";
    String name = "";
    String image = "";
    String imageId = "";
    final List<String> command = new ArrayList<>();
    long createdUnixNanos;
    /** A value of ContainerState. */
    int state;
    long startedUnixNanos;
    long finishedUnixNanos;
    long exitCode;
    boolean oomKilled;
    long pid;
    /** "key=value" */
    final List<String> labels = new ArrayList<>();
    final List<String> mounts = new ArrayList<>();
    String networkMode = "";
    final List<String> addresses = new ArrayList<>();
    long sizeBytes;
    long rootSizeBytes;
    String health = "";
    long restarts;
    final List<PortList.Port> ports = new ArrayList<>();
    final List<String> networks = new ArrayList<>();

    private ListedContainer() {}

    /** Reads a ContainerSummary. */
    static ListedContainer read(MessageReader message) throws MalformedMessageException {
        ListedContainer container = new ListedContainer();
        while (message.next()) {
            container.field(message);
        }
        return container;
    }

    private void field(MessageReader message) throws MalformedMessageException {
        switch (message.field()) {
            case ID_FIELD_NUMBER -> id = message.string();
            case NAME_FIELD_NUMBER -> name = message.string();
            case IMAGE_FIELD_NUMBER -> image = message.string();
            case IMAGE_ID_FIELD_NUMBER -> imageId = message.string();
            case COMMAND_FIELD_NUMBER -> command.add(message.string());
            case CREATED_UNIX_NANOS_FIELD_NUMBER -> createdUnixNanos = message.number();
            case STATE_FIELD_NUMBER -> state = (int) message.number();
            case STARTED_UNIX_NANOS_FIELD_NUMBER -> startedUnixNanos = message.number();
            case FINISHED_UNIX_NANOS_FIELD_NUMBER -> finishedUnixNanos = message.number();
            case EXIT_CODE_FIELD_NUMBER -> exitCode = message.number();
            case OOM_KILLED_FIELD_NUMBER -> oomKilled = message.flag();
            case PID_FIELD_NUMBER -> pid = message.number();
            case LABELS_FIELD_NUMBER -> labels.add(label(message.message()));
            case MOUNTS_FIELD_NUMBER -> mounts.add(message.string());
            case NETWORK_MODE_FIELD_NUMBER -> networkMode = message.string();
            case ADDRESSES_FIELD_NUMBER -> addresses.add(message.string());
            case SIZE_BYTES_FIELD_NUMBER -> sizeBytes = message.number();
            case ROOT_SIZE_BYTES_FIELD_NUMBER -> rootSizeBytes = message.number();
            case HEALTH_FIELD_NUMBER -> health = message.string();
            case RESTARTS_FIELD_NUMBER -> restarts = message.number();
            case PORTS_FIELD_NUMBER -> ports.add(port(message.message()));
            case NETWORKS_FIELD_NUMBER -> networks.add(message.string());
            default -> { }
        }
    }

    private static PortList.Port port(MessageReader message) throws MalformedMessageException {
        String hostAddress = "";
        int hostPort = 0;
        int containerPort = 0;
        String protocol = "";
        while (message.next()) {
            switch (message.field()) {
                case PortBinding.HOST_ADDRESS_FIELD_NUMBER -> hostAddress = message.string();
                case PortBinding.HOST_PORT_FIELD_NUMBER -> hostPort = (int) message.number();
                case PortBinding.CONTAINER_PORT_FIELD_NUMBER ->
                        containerPort = (int) message.number();
                case PortBinding.PROTOCOL_FIELD_NUMBER -> protocol = message.string();
                default -> { }
            }
        }
        return new PortList.Port(hostAddress, hostPort, containerPort, protocol);
    }

    /** An entry of a map of labels as "key=value". */
    static String label(MessageReader entry) throws MalformedMessageException {
        String key = "";
        String value = "";
        while (entry.next()) {
            if (entry.field() == 1) {
                key = entry.string();
            } else if (entry.field() == 2) {
                value = entry.string();
            }
        }
        return key + "=" + value;
    }
}
