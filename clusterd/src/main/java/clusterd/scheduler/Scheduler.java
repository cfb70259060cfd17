package clusterd.scheduler;

import clusterd.model.Decision;
import clusterd.model.Project;
import clusterd.model.ServiceId;
import clusterd.model.Task;
import clusterd.model.TaskId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * Decides which node each waiting task gets. The more important come first; between projects the one that has
 * the smallest share; within one, who came first. A group for which there was nothing is not tried again
 * until something was freed or added.
 */
public final class Scheduler {
    private final Fleet fleet;
    private final Map<Kind, Blocked> blocked = new HashMap<>();

    /** Equal tasks. */
    private record Kind(ServiceId service, long specVersion, String site) {
    }

    /** When there was nothing for them, and what was said then. */
    private record Blocked(long growth, int wanted, List<Decision.Refused> refused) {
    }

    /** Over a fleet, in which each assignment is noted at once. */
    public Scheduler(Fleet fleet) {
        this.fleet = fleet;
    }

    /**
     * Decides.
     *
     * @param groups      tasks that are alive, wait, and may start by now
     * @param projects    those with quota or weight
     * @param firstNumber of the decisions it returns; they are numbered on from it
     * @param atMillis    now, milliseconds since 1970
     */
    public Round decide(List<TaskGroup> groups, Collection<Project> projects, long firstNumber,
            long atMillis) {
        Map<String, Project> byName = new HashMap<>();
        projects.forEach(each -> byName.put(each.name(), each));
        TreeMap<Integer, Map<String, ProjectQueue>> levels = new TreeMap<>(Comparator.reverseOrder());
        List<TaskGroup> inOrder = new ArrayList<>(groups);
        inOrder.sort(Comparator.comparingLong((TaskGroup each) -> each.service().createdMillis())
                .thenComparing(each -> each.service().id()).thenComparing(TaskGroup::specVersion)
                .thenComparing(TaskGroup::site));
        for (TaskGroup group : inOrder) {
            if (!isBlocked(group.service().id(), group.specVersion(), group.site())) {
                String project = group.service().spec().project();
                Optional<Project> its = Optional.ofNullable(byName.get(project));
                levels.computeIfAbsent(group.service().spec().priority(), key -> new TreeMap<>())
                        .computeIfAbsent(project, key ->
                                new ProjectQueue(key, its.map(Project::weight).orElse(1)))
                        .groups().add(new GroupPlacing(group, fleet, its));
            }
        }
        Deciding deciding = new Deciding(firstNumber, atMillis);
        levels.values().forEach(level -> deciding.serve(level.values()));
        return deciding.round();
    }

    /** Whether there was nothing for such tasks, and still cannot be. */
    public boolean isBlocked(ServiceId service, long specVersion, String site) {
        Blocked last = blocked.get(new Kind(service, specVersion, site));
        return last != null && last.growth() == fleet.growth();
    }

    /** One round. */
    private final class Deciding {
        private final long atMillis;
        private long number;
        private final List<Round.Assignment> assignments = new ArrayList<>();
        private final List<Round.Eviction> evictions = new ArrayList<>();
        private final List<Decision> decisions = new ArrayList<>();
        /** In the order of first turns; the decision is there once the last turn was had. */
        private final Map<GroupPlacing, Optional<Decision>> begun = new LinkedHashMap<>();
        private final Preemption preemption = new Preemption();

        Deciding(long firstNumber, long atMillis) {
            this.number = firstNumber;
            this.atMillis = atMillis;
        }

        Round round() {
            List<Round.Served> served = new ArrayList<>();
            begun.forEach((placing, decision) ->
                    served.add(new Round.Served(placing.group(), decision.orElseThrow())));
            return new Round(assignments, evictions, decisions, served);
        }

        void serve(Collection<ProjectQueue> projects) {
            if (projects.size() == 1) {
                projects.iterator().next().groups().forEach(this::placeAll);
                return;
            }
            record Turn(double share, ProjectQueue queue) {
            }
            PriorityQueue<Turn> turns = new PriorityQueue<>(Comparator.comparingDouble(Turn::share)
                    .thenComparing(each -> each.queue().project()));
            projects.forEach(each -> turns.add(new Turn(each.share(fleet), each)));
            while (!turns.isEmpty()) {
                ProjectQueue queue = turns.poll().queue();
                GroupPlacing placing = queue.groups().peek();
                begun.putIfAbsent(placing, Optional.empty());
                placing.placeNext().ifPresent(assignments::add);
                if (placing.isDone()) {
                    finish(placing);
                    queue.groups().poll();
                }
                if (!queue.groups().isEmpty()) {
                    turns.add(new Turn(queue.share(fleet), queue));
                }
            }
        }

        private void placeAll(GroupPlacing placing) {
            while (!placing.isDone()) {
                placing.placeNext().ifPresent(assignments::add);
            }
            finish(placing);
        }

        private void finish(GroupPlacing placing) {
            TaskGroup group = placing.group();
            Kind kind = new Kind(group.service().id(), group.specVersion(), group.site());
            Decision decision = placing.decision(number, atMillis);
            begun.put(placing, Optional.of(decision));
            Blocked before = blocked.get(kind);
            if (placing.left().isEmpty()) {
                blocked.remove(kind);
            } else {
                blocked.put(kind, new Blocked(fleet.growth(), placing.left().size(), decision.refused()));
                if (!placing.isOverQuota() && fleet.hasBelow(group.service().spec().priority())) {
                    evictFor(placing);
                }
            }
            boolean same = decision.chosen().isEmpty() && before != null
                    && before.wanted() == placing.left().size()
                    && before.refused().equals(decision.refused());
            if (!same) {
                decisions.add(decision);
                number++;
            }
        }

        private void evictFor(GroupPlacing placing) {
            for (Task task : placing.left()) {
                Optional<Preemption.Plan> plan = task.node().isPresent() ? Optional.empty()
                        : preemption.plan(placing.needs(), fleet);
                if (plan.isEmpty()) {
                    return;
                }
                for (TaskId victim : plan.get().victims()) {
                    Held held = plan.get().node().held().get(victim);
                    fleet.take(plan.get().node().node().id(), victim, new Held(held.service(),
                            held.project(), held.priority(), held.reservation(), held.ports(), false));
                    evictions.add(new Round.Eviction(victim, "makes room for service "
                            + placing.group().service().spec().name() + " of priority "
                            + placing.group().service().spec().priority()));
                }
            }
        }
    }
}
