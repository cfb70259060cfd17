package clusterd.model;

import java.util.ArrayList;
import java.util.List;

/**
 * On which nodes tasks may be, and which are liked.
 *
 * @param constraints all of them must be fulfilled
 * @param spread      attributes over whose values tasks are spread, the coarsest first
 * @param binpack     whether the fullest node that fits is chosen, rather than the emptiest
 * @param affinities  to other services and to itself
 * @param maxPerNode  tasks of the service on one node; 0 = as many as fit
 * @param platforms   one of them; empty = any
 */
public record Placement(List<Constraint> constraints, List<String> spread, boolean binpack,
        List<Affinity> affinities, int maxPerNode, List<Platform> platforms) {
    /** Any node, the emptiest first. */
    public static final Placement ANYWHERE =
            new Placement(List.of(), List.of(), false, List.of(), 0, List.of());

    /** Copies the lists. */
    public Placement {
        constraints = List.copyOf(constraints);
        spread = List.copyOf(spread);
        affinities = List.copyOf(affinities);
        platforms = List.copyOf(platforms);
    }

    /** The same within one site; anywhere if that is {@code ""}. */
    public Placement within(String site) {
        if (site.isEmpty()) {
            return this;
        }
        List<Constraint> more = new ArrayList<>(constraints);
        more.add(new Constraint("node.site", true, site));
        return with(more);
    }

    /** The same with another list of constraints. */
    public Placement with(List<Constraint> others) {
        return new Placement(others, spread, binpack, affinities, maxPerNode, platforms);
    }
}
