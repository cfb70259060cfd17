package clusterd.model;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an operator wants of a node.
 *
 * @param role         it shall have
 * @param availability for tasks
 * @param labels       {@code node.labels.NAME} of constraints
 * @param site         where it stands; {@code ""} = where its agent says
 */
public record NodeSpec(Role role, Availability availability, SortedMap<String, String> labels, String site) {
    /** Copies the labels. */
    public NodeSpec {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    /** One that may have tasks, without labels. */
    public static NodeSpec of(Role role) {
        return new NodeSpec(role, Availability.ACTIVE, new TreeMap<>(), "");
    }

    /** The same with another availability. */
    public NodeSpec with(Availability other) {
        return new NodeSpec(role, other, labels, site);
    }

    /** The same in another site. */
    public NodeSpec in(String other) {
        return new NodeSpec(role, availability, labels, other);
    }

    /** The same with one more label. */
    public NodeSpec withLabel(String name, String value) {
        TreeMap<String, String> more = new TreeMap<>(labels);
        more.put(name, value);
        return new NodeSpec(role, availability, more, site);
    }
}
