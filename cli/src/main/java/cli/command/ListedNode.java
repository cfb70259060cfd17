package cli.command;

import api.cluster.Availability;
import api.cluster.Node;
import api.cluster.NodeDescription;
import api.cluster.NodeSpec;
import api.cluster.NodeStatus;
import api.cluster.NodeView;
import api.cluster.Resources;
import api.cluster.Role;
import cli.wire.MalformedMessageException;
import cli.wire.MessageReader;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The fields of a NodeView that a list shows; units as in cluster.proto. */
final class ListedNode {

    /** Amounts. */
    static final class Amounts {
        long cpuMillis;
        long memoryBytes;
        long pids;
        final TreeMap<String, Long> named = new TreeMap<>();

        private void read(MessageReader message) throws MalformedMessageException {
            while (message.next()) {
                switch (message.field()) {
                    case Resources.CPU_MILLIS_FIELD_NUMBER -> cpuMillis = message.number();
                    case Resources.MEMORY_BYTES_FIELD_NUMBER -> memoryBytes = message.number();
                    case Resources.PIDS_FIELD_NUMBER -> pids = message.number();
                    case Resources.NAMED_FIELD_NUMBER -> entry(message.message());
                    default -> { }
                }
            }
        }

        private void entry(MessageReader entry) throws MalformedMessageException {
            String name = "";
            long amount = 0;
            while (entry.next()) {
                if (entry.field() == 1) {
                    name = entry.string();
                } else if (entry.field() == 2) {
                    amount = entry.number();
                }
            }
            named.put(name, amount);
        }
    }

    String id = "";
    String hostname = "";
    /** A value of Role. */
    int role;
    /** A value of Availability. */
    int availability;
    /** A value of NodeStatus.State. */
    int state;
    String statusMessage = "";
    String address = "";
    String engineVersion = "";
    String site = "";
    String managerStatus = "";
    boolean self;
    long tasks;
    /** "key=value" */
    final List<String> labels = new ArrayList<>();
    final Amounts capacity = new Amounts();
    final Amounts reserved = new Amounts();

    /** Reads a NodeView. */
    static ListedNode read(MessageReader view) throws MalformedMessageException {
        ListedNode listed = new ListedNode();
        while (view.next()) {
            switch (view.field()) {
                case NodeView.NODE_FIELD_NUMBER -> listed.node(view.message());
                case NodeView.TASKS_FIELD_NUMBER -> listed.tasks = view.number();
                case NodeView.RESERVED_FIELD_NUMBER -> listed.reserved.read(view.message());
                case NodeView.MANAGER_STATUS_FIELD_NUMBER -> listed.managerStatus = view.string();
                case NodeView.SITE_FIELD_NUMBER -> listed.site = view.string();
                case NodeView.SELF_FIELD_NUMBER -> listed.self = view.flag();
                default -> { }
            }
        }
        return listed;
    }

    private void node(MessageReader node) throws MalformedMessageException {
        while (node.next()) {
            switch (node.field()) {
                case Node.ID_FIELD_NUMBER -> id = node.string();
                case Node.SPEC_FIELD_NUMBER -> spec(node.message());
                case Node.DESCRIPTION_FIELD_NUMBER -> description(node.message());
                case Node.STATUS_FIELD_NUMBER -> status(node.message());
                default -> { }
            }
        }
    }

    private void spec(MessageReader spec) throws MalformedMessageException {
        while (spec.next()) {
            switch (spec.field()) {
                case NodeSpec.ROLE_FIELD_NUMBER -> role = (int) spec.number();
                case NodeSpec.AVAILABILITY_FIELD_NUMBER -> availability = (int) spec.number();
                case NodeSpec.LABELS_FIELD_NUMBER -> labels.add(ListedContainer.label(spec.message()));
                case NodeSpec.SITE_FIELD_NUMBER -> site = spec.string();
                default -> { }
            }
        }
    }

    private void description(MessageReader description) throws MalformedMessageException {
        while (description.next()) {
            switch (description.field()) {
                case NodeDescription.HOSTNAME_FIELD_NUMBER -> hostname = description.string();
                case NodeDescription.CAPACITY_FIELD_NUMBER -> capacity.read(description.message());
                case NodeDescription.ENGINE_VERSION_FIELD_NUMBER -> engineVersion = description.string();
                default -> { }
            }
        }
    }

    private void status(MessageReader status) throws MalformedMessageException {
        while (status.next()) {
            switch (status.field()) {
                case NodeStatus.STATE_FIELD_NUMBER -> state = (int) status.number();
                case NodeStatus.MESSAGE_FIELD_NUMBER -> statusMessage = status.string();
                case NodeStatus.ADDRESS_FIELD_NUMBER -> address = status.string();
                default -> { }
            }
        }
    }

    /** "Ready". */
    String status() {
        return switch (state) {
            case NodeStatus.State.READY_VALUE -> "Ready";
            case NodeStatus.State.DOWN_VALUE -> "Down";
            case NodeStatus.State.DISCONNECTED_VALUE -> "Disconnected";
            default -> "Unknown";
        };
    }

    /** "Active". */
    String availability() {
        return switch (availability) {
            case Availability.AVAILABILITY_ACTIVE_VALUE -> "Active";
            case Availability.AVAILABILITY_PAUSE_VALUE -> "Pause";
            case Availability.AVAILABILITY_DRAIN_VALUE -> "Drain";
            default -> "Unknown";
        };
    }

    /** "Leader". */
    String managerStatus() {
        return managerStatus.isEmpty() ? ""
                : Character.toUpperCase(managerStatus.charAt(0)) + managerStatus.substring(1);
    }

    /** A value of Role: "worker". */
    static String role(int value) {
        return switch (value) {
            case Role.ROLE_WORKER_VALUE -> "worker";
            case Role.ROLE_MANAGER_VALUE -> "manager";
            case Role.ROLE_WITNESS_VALUE -> "witness";
            default -> "unknown";
        };
    }
}
