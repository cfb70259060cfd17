package clusterd.autoscale;

import clusterd.model.Autoscaling;
import clusterd.model.Mode;
import clusterd.model.NodeId;
import clusterd.model.ScaleTarget;
import clusterd.model.Scaling;
import clusterd.model.Service;
import clusterd.model.ServiceId;
import clusterd.model.TaskState;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A leader's thoughts about how many tasks services should have. It remembers what it thought before; one that begins
 * knows nothing, and so makes no service smaller before a whole window has passed.
 */
public final class Autoscaler {
    /**
     * What it thinks of a service.
     *
     * @param current tasks it has
     * @param wanted  tasks its targets ask for
     * @param why     in words
     */
    public record Thought(int current, int wanted, String why) {
    }

    private final Map<ServiceId, Recommendations> memory = new HashMap<>();
    private Map<ServiceId, Thought> thoughts = Map.of();

    /** What it thought when it was last asked. */
    public Map<ServiceId, Thought> thoughts() {
        return thoughts;
    }

    /**
     * What to do now.
     *
     * @param readings  of nodes, as far as they were heard
     * @param nowMillis since 1970; never goes back
     */
    public List<Command> decide(ClusterState state, Map<NodeId, NodeReading> readings, long nowMillis) {
        List<Command> commands = new ArrayList<>();
        Map<ServiceId, Thought> now = new TreeMap<>();
        for (Service service : state.services()) {
            if (service.removed() || service.spec().autoscaling().isEmpty() || service.spec().scale().isEmpty()) {
                continue;
            }
            Autoscaling wish = service.spec().autoscaling().get();
            int current = service.spec().scale().getAsInt();
            Thought thought = think(service, wish, current, state, readings, nowMillis);
            now.put(service.id(), thought);
            int next = next(service, wish, thought, nowMillis);
            if (next != current) {
                commands.add(new Command.ScaleService(service.id(), service.version(),
                        new Scaling(nowMillis, current, next, reason(wish, thought, next))));
            }
        }
        memory.keySet().retainAll(now.keySet());
        thoughts = Map.copyOf(now);
        return commands;
    }

    private static Thought think(Service service, Autoscaling wish, int current, ClusterState state,
            Map<NodeId, NodeReading> readings, long nowMillis) {
        if (service.spec().mode() instanceof Mode.Job job && isDone(service, job, state)) {
            return new Thought(current, current, "all of its tasks have come to a good end");
        }
        Gauge gauge = new Gauge(state, readings, nowMillis);
        boolean complete = true;
        Demand highest = null;
        List<String> unknown = new ArrayList<>();
        for (ScaleTarget target : wish.targets()) {
            Demand demand = gauge.demand(service, target, current);
            complete &= demand.complete();
            if (!demand.complete()) {
                unknown.add(demand.why());
            }
            if (highest == null || demand.tasks() > highest.tasks()
                    || demand.tasks() == highest.tasks() && demand.complete() && !highest.complete()) {
                highest = demand;
            }
        }
        if (highest == null) {
            return new Thought(current, current, "nothing is measured");
        }
        if (!complete && highest.tasks() <= current) {
            return new Thought(current, current, String.join("; ", unknown));
        }
        return new Thought(current, highest.tasks(), highest.why());
    }

    private static boolean isDone(Service service, Mode.Job job, ClusterState state) {
        return state.tasksOf(service.id()).filter(each -> each.iteration() == service.specVersion()
                && each.status().state() == TaskState.COMPLETE).mapToInt(each -> each.slot()).distinct().count()
                >= job.completions();
    }

    /** As many as its windows and steps allow. */
    private int next(Service service, Autoscaling wish, Thought thought, long nowMillis) {
        int current = thought.current();
        int wanted = Math.clamp(thought.wanted(), wish.minimum(), wish.maximum());
        Recommendations past = memory.computeIfAbsent(service.id(),
                key -> new Recommendations(current, nowMillis));
        past.add(wanted, nowMillis);
        past.forget(nowMillis - Math.max(wish.upWindowMillis(), wish.downWindowMillis()));
        if (current < wish.minimum() || current > wish.maximum()) {
            return Math.clamp(current, wish.minimum(), wish.maximum());
        }
        int settled = past.settled(current, nowMillis, wish.upWindowMillis(), wish.downWindowMillis());
        int stepped = settled > current
                ? Math.clamp(settled, current, Math.max(current, wish.upStep().above(
                        start(service, current, wish.upStep().periodMillis(), nowMillis))))
                : Math.clamp(settled, Math.min(current, wish.downStep().below(
                        start(service, current, wish.downStep().periodMillis(), nowMillis))), current);
        return Math.clamp(stepped, wish.minimum(), wish.maximum());
    }

    /** How many there were a period ago. What the user did meanwhile is no step. */
    private static int start(Service service, int current, long periodMillis, long nowMillis) {
        int start = current;
        for (Scaling each : service.scalings()) {
            if (each.to() != start || each.atMillis() <= nowMillis - periodMillis || each.atMillis() > nowMillis) {
                break;
            }
            start = each.from();
        }
        return start;
    }

    private static String reason(Autoscaling wish, Thought thought, int next) {
        if (thought.current() < wish.minimum()) {
            return "there are to be " + wish.minimum() + " or more";
        }
        if (thought.current() > wish.maximum()) {
            return "there are to be " + wish.maximum() + " or fewer";
        }
        if (next == wish.maximum() && thought.wanted() > next) {
            return thought.why() + " asks for " + thought.wanted() + ", which is over the maximum";
        }
        if (next == wish.minimum() && thought.wanted() < next) {
            return thought.why() + " asks for " + thought.wanted() + ", which is under the minimum";
        }
        return thought.wanted() == next ? thought.why() : thought.why() + " asks for " + thought.wanted()
                + ", not all at once";
    }
}
