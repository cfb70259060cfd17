package clusterd.scheduler;

import clusterd.model.Affinity;
import clusterd.model.Constraint;
import clusterd.model.Placement;
import clusterd.model.Service;
import clusterd.model.ServiceId;
import clusterd.model.TaskTemplate;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the tasks of a group need, with whatever can be looked up once for all nodes. */
final class Needs {
    private static final Set<String> OF_ONE_NODE = Set.of("node.id", "node.hostname");

    private final Service service;
    private final TaskTemplate template;
    private final List<Constraint> ofKind;
    private final List<Constraint> ofNode;
    private final List<Meeting> meetings;
    private final boolean strict;

    /**
     * An affinity with the places where the other service is.
     *
     * @param affinity which
     * @param other    the service it is about, if there is one
     * @param values   of the level's attribute where that has tasks; unused if the level is a node
     */
    record Meeting(Affinity affinity, Optional<ServiceId> other, Set<String> values) {
        /** Whether a node is as the affinity wants it. */
        boolean suits(NodeLoad load) {
            boolean there = affinity.level().equals("node.id")
                    ? other.isPresent() && load.runsAny(other.get())
                    : values.contains(load.node().attribute(affinity.level()));
            return there != affinity.apart();
        }
    }

    /**
     * @param strict whether what is only liked is asked for as well
     */
    Needs(TaskGroup group, Fleet fleet, boolean strict) {
        this.strict = strict;
        this.service = group.service();
        this.template = group.template();
        List<Constraint> all = template.placement().constraints();
        this.ofNode = all.stream().filter(each -> OF_ONE_NODE.contains(each.attribute())).toList();
        this.ofKind = all.stream().filter(each -> !OF_ONE_NODE.contains(each.attribute())).toList();
        this.meetings = template.placement().affinities().stream().map(each -> meeting(each, fleet)).toList();
    }

    private static Meeting meeting(Affinity affinity, Fleet fleet) {
        Optional<ServiceId> other = fleet.service(affinity.service());
        Set<String> values = new HashSet<>();
        if (!affinity.level().equals("node.id") && other.isPresent()) {
            fleet.nodesOf(other.get()).keySet()
                    .forEach(load -> values.add(load.node().attribute(affinity.level())));
        }
        return new Meeting(affinity, other, values);
    }

    /** Whether anything is only liked, so that without it more nodes would do. */
    boolean canYield() {
        return strict && meetings.stream().anyMatch(each -> !each.affinity().must());
    }

    /** Whether that affinity is asked for. */
    boolean asks(Meeting meeting) {
        return strict || meeting.affinity().must();
    }

    Service service() {
        return service;
    }

    TaskTemplate template() {
        return template;
    }

    Placement placement() {
        return template.placement();
    }

    /** Constraints that nodes of one kind fulfil alike. */
    List<Constraint> ofKind() {
        return ofKind;
    }

    /** Constraints that name a node. */
    List<Constraint> ofNode() {
        return ofNode;
    }

    List<Meeting> meetings() {
        return meetings;
    }

    /** A task of its own was placed: what the levels of its own affinities have changes. */
    void placed(NodeLoad load) {
        for (Meeting each : meetings) {
            if (each.other().filter(service.id()::equals).isPresent()) {
                each.values().add(load.node().attribute(each.affinity().level()));
            }
        }
    }
}
