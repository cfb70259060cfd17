package clusterd.operation;

import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.model.NodeSpec;
import clusterd.model.Role;
import clusterd.state.ClusterState;
import clusterd.state.Part;
import java.util.ArrayList;
import java.util.List;

/**
 * A state as one manager alone goes on with it: the others are workers until they are promoted again, witnesses are
 * no part of it, and the term begins anew with the new group's log.
 *
 * @param parts   of the state
 * @param demoted names of managers that are workers now
 * @param removed names of witnesses
 */
public record Alone(List<Part> parts, List<String> demoted, List<String> removed) {
    /** Copies the lists. */
    public Alone {
        parts = List.copyOf(parts);
        demoted = List.copyOf(demoted);
        removed = List.copyOf(removed);
    }

    /**
     * Of that state.
     *
     * @param self the manager that goes on; taken for one whatever the state says of it, and added if it is not there
     */
    public static Alone of(ClusterState state, Node self) {
        List<Part> parts = new ArrayList<>();
        List<String> demoted = new ArrayList<>();
        List<String> removed = new ArrayList<>();
        if (state.node(self.id()).isEmpty()) {
            parts.add(new Part.OfNode(self));
        }
        state.parts().forEach(part -> {
            switch (part) {
                case Part.Term term -> { /* of a log that ends */ }
                case Part.OfNode each when each.node().id().equals(self.id()) ->
                    parts.add(new Part.OfNode(as(each.node(), Role.MANAGER)));
                case Part.OfNode each when each.node().spec().role() == Role.MANAGER -> {
                    demoted.add(name(each.node()));
                    parts.add(new Part.OfNode(as(each.node(), Role.WORKER)));
                }
                case Part.OfNode each when each.node().spec().role() == Role.WITNESS -> removed.add(name(each.node()));
                default -> parts.add(part);
            }
        });
        return new Alone(parts, demoted, removed);
    }

    private static String name(Node node) {
        NodeId id = node.id();
        return node.description().hostname().isEmpty() ? id.value() : node.description().hostname();
    }

    private static Node as(Node node, Role role) {
        NodeSpec spec = node.spec();
        return spec.role() == role ? node : node.with(new NodeSpec(role, spec.availability(), spec.labels(), spec.site()));
    }
}
