package clusterd.model;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a node says of itself.
 *
 * @param hostname      of uname(2)
 * @param platform      what it runs
 * @param capacity      what it has for tasks
 * @param engineVersion of its jctl
 * @param labels        {@code engine.labels.NAME} of constraints
 * @param images        references it has stored, so that a task need not wait for one; at most a thousand
 * @param site          where its agent was told that it stands; {@code ""} = nothing was said
 */
public record NodeDescription(String hostname, Platform platform, Resources capacity, String engineVersion,
        SortedMap<String, String> labels, SortedSet<String> images, String site) {
    /** Copies labels and images. */
    public NodeDescription {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        images = Collections.unmodifiableSortedSet(new TreeSet<>(images));
    }

    /** One that says of no site. */
    public NodeDescription(String hostname, Platform platform, Resources capacity, String engineVersion,
            SortedMap<String, String> labels, SortedSet<String> images) {
        this(hostname, platform, capacity, engineVersion, labels, images, "");
    }

    /** A Linux machine of the most usual kind. */
    public static NodeDescription of(String hostname, Resources capacity) {
        return new NodeDescription(hostname, new Platform("linux", "amd64"), capacity, "", new TreeMap<>(),
                new TreeSet<>());
    }

    /** The same with other amounts. */
    public NodeDescription with(Resources other) {
        return new NodeDescription(hostname, platform, other, engineVersion, labels, images, site);
    }

    /** The same in another site. */
    public NodeDescription in(String other) {
        return new NodeDescription(hostname, platform, capacity, engineVersion, labels, images, other);
    }
}
