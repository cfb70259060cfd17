package clusterd.model;

import java.util.Locale;

/**
 * A machine of the cluster.
 *
 * @param id          of it; the common name of its certificate
 * @param version     counts the changes of what is wanted of it
 * @param spec        what is wanted of it
 * @param description what it says of itself
 * @param status      whether it is there
 * @param session     counts its sessions: what is said in an earlier one is late, and dropped
 * @param createdMillis since 1970
 */
public record Node(NodeId id, long version, NodeSpec spec, NodeDescription description, NodeStatus status,
        long session, long createdMillis) {

    /** Whether a task may be given to it. */
    public boolean takesTasks() {
        return spec.availability() == Availability.ACTIVE && status.state() == NodeStatus.State.READY
                && spec.role() != Role.WITNESS;
    }

    /** Where it stands: what an operator said, else what its agent was told; {@code ""} = nowhere in particular. */
    public String site() {
        return spec.site().isEmpty() ? description.site() : spec.site();
    }

    /** What it answers to an attribute of a constraint; {@code ""} if it has none. */
    public String attribute(String name) {
        return switch (name) {
            case "node.id" -> id.value();
            case "node.hostname" -> description.hostname();
            case "node.role" -> spec.role().name().toLowerCase(Locale.ROOT);
            case "node.site" -> site();
            case "node.platform.os" -> description.platform().os();
            case "node.platform.arch" -> description.platform().architecture();
            default -> label(name);
        };
    }

    private String label(String name) {
        if (name.startsWith("node.labels.")) {
            return spec.labels().getOrDefault(name.substring("node.labels.".length()), "");
        }
        if (name.startsWith("engine.labels.")) {
            return description.labels().getOrDefault(name.substring("engine.labels.".length()), "");
        }
        return "";
    }

    /** The same with another spec. */
    public Node with(NodeSpec other) {
        return new Node(id, version + 1, other, description, status, session, createdMillis);
    }

    /** The same with another status. */
    public Node with(NodeStatus other) {
        return new Node(id, version, spec, description, other, session, createdMillis);
    }

    /** The same that says something else of itself. */
    public Node with(NodeDescription other) {
        return new Node(id, version, spec, other, status, session, createdMillis);
    }

    /** The same in another session. */
    public Node inSession(long other) {
        return new Node(id, version, spec, description, status, other, createdMillis);
    }
}
