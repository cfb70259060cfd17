package clusterd.template;

import clusterd.session.Assignment;
import java.util.Optional;

/**
 * What a task is called on its node.
 *
 * @param assignment of it
 * @param nodeId     of the node
 */
public record TaskNames(Assignment assignment, String nodeId) {
    /** Label: id of the task. A container with it is a task's. */
    public static final String TASK_LABEL = "jctl.task.id";
    /** Label: id of the service. */
    public static final String SERVICE_LABEL = "jctl.service.id";
    /** Label: name of the service. */
    public static final String SERVICE_NAME_LABEL = "jctl.service.name";
    /** Label: slot of the task, from 1; 0 of a global service. */
    public static final String SLOT_LABEL = "jctl.task.slot";
    /** What the names of all these begin with; no label of a user may. */
    static final String OWN_LABELS = "jctl.";

    /** The slot, or the node in place of one, as docker's swarm has it. */
    String place() {
        return assignment.slot() == 0 ? nodeId : Integer.toString(assignment.slot());
    }

    /** {@code SERVICE.SLOT.TASK}, or {@code SERVICE.NODE.TASK} of a global service. */
    public String container() {
        return assignment.serviceName() + "." + place() + "." + assignment.task();
    }

    /** The text with values in place of its placeholders. */
    String expand(String text) throws TemplateException {
        return Placeholders.expand(text, this::value);
    }

    private Optional<String> value(String field, String label) {
        return switch (field) {
            case "Service.ID" -> Optional.of(assignment.service().value());
            case "Service.Name" -> Optional.of(assignment.serviceName());
            case "Service.Labels" -> Optional.ofNullable(assignment.serviceLabels().get(label));
            case "Node.ID" -> Optional.of(nodeId);
            case "Node.Hostname" -> Optional.of(assignment.nodeName());
            case "Task.ID" -> Optional.of(assignment.task().value());
            case "Task.Name" -> Optional.of(container());
            case "Task.Slot" -> Optional.of(place());
            default -> Optional.empty();
        };
    }
}
