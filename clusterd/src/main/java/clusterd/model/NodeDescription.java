package clusterd.model;

import java.util.Collections;
import java.util.List;
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
 * @param underlay      its address that other nodes' tunnels end at; {@code ""} = it shares no networks
 * @param tunnelKey     the public key of its ends of encrypted networks' tunnels, as {@code wg(8)} writes it; {@code ""}
 *                      = it has none yet
 * @param troubles      what on its side does not hold of the ways to other nodes, a sentence each; at most 16
 */
public record NodeDescription(String hostname, Platform platform, Resources capacity, String engineVersion,
        SortedMap<String, String> labels, SortedSet<String> images, String site, String underlay, String tunnelKey,
        List<String> troubles) {
    /** Copies labels, images and troubles. */
    public NodeDescription {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        images = Collections.unmodifiableSortedSet(new TreeSet<>(images));
        troubles = List.copyOf(troubles);
    }

    /** One without troubles. */
    public NodeDescription(String hostname, Platform platform, Resources capacity, String engineVersion,
            SortedMap<String, String> labels, SortedSet<String> images, String site, String underlay, String tunnelKey) {
        this(hostname, platform, capacity, engineVersion, labels, images, site, underlay, tunnelKey, List.of());
    }

    /** One without a key for tunnels. */
    public NodeDescription(String hostname, Platform platform, Resources capacity, String engineVersion,
            SortedMap<String, String> labels, SortedSet<String> images, String site, String underlay) {
        this(hostname, platform, capacity, engineVersion, labels, images, site, underlay, "");
    }

    /** One that shares no networks. */
    public NodeDescription(String hostname, Platform platform, Resources capacity, String engineVersion,
            SortedMap<String, String> labels, SortedSet<String> images, String site) {
        this(hostname, platform, capacity, engineVersion, labels, images, site, "");
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
        return new NodeDescription(hostname, platform, other, engineVersion, labels, images, site, underlay, tunnelKey,
                troubles);
    }

    /** The same in another site. */
    public NodeDescription in(String other) {
        return new NodeDescription(hostname, platform, capacity, engineVersion, labels, images, other, underlay, tunnelKey,
                troubles);
    }

    /** The same, reached by tunnels at another address. */
    public NodeDescription at(String address) {
        return new NodeDescription(hostname, platform, capacity, engineVersion, labels, images, site, address, tunnelKey,
                troubles);
    }

    /** The same with other troubles. */
    public NodeDescription troubled(List<String> all) {
        return new NodeDescription(hostname, platform, capacity, engineVersion, labels, images, site, underlay, tunnelKey, all);
    }

    /** The same, whose tunnels have that key. */
    public NodeDescription keyed(String key) {
        return new NodeDescription(hostname, platform, capacity, engineVersion, labels, images, site, underlay, key, troubles);
    }
}
