package clusterd.autoscale;

import clusterd.model.NodeId;
import clusterd.model.ScaleTarget;
import clusterd.model.Service;
import clusterd.model.Task;
import clusterd.model.TaskState;
import clusterd.model.TaskTemplate;
import clusterd.session.MetricValue;
import clusterd.session.TaskUsage;
import clusterd.state.ClusterState;
import clusterd.template.ScaleBase;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Reads what nodes said, for one service. What is older than a while is not known. */
final class Gauge {
    /** Older readings say nothing of now. */
    static final long FRESH_MILLIS = 15_000;
    private static final MathContext DIGITS = new MathContext(4);
    private static final double WHOLE = 100;
    /** No sum of such numbers is infinite, whatever tasks say. */
    private static final double MOST = 1e18;

    private final ClusterState state;
    private final Map<NodeId, NodeReading> readings;
    private final long nowMillis;
    private final Map<Long, ScaleBase> bases = new HashMap<>();

    Gauge(ClusterState state, Map<NodeId, NodeReading> readings, long nowMillis) {
        this.state = state;
        this.readings = readings;
        this.nowMillis = nowMillis;
    }

    /** @param current tasks the service should have */
    Demand demand(Service service, ScaleTarget target, int current) {
        return switch (target) {
            case ScaleTarget.Cpu cpu -> own(service, current, target, cpu.percent());
            case ScaleTarget.Memory memory -> own(service, current, target, memory.percent());
            case ScaleTarget.Metric metric when metric.service().isEmpty() -> own(service, current, metric);
            case ScaleTarget.Metric metric -> others(metric, current);
        };
    }

    private Demand own(Service service, int current, ScaleTarget target, int percent) {
        double sum = 0;
        int heard = 0;
        for (Task task : serving(service)) {
            OptionalDouble share = usage(task).map(each -> share(each, target, service, task))
                    .orElse(OptionalDouble.empty());
            if (share.isPresent()) {
                sum += share.getAsDouble() * WHOLE / percent;
                heard++;
            }
        }
        String name = Demand.name(target);
        return Demand.ofOwn(new Demand.Measured(sum, heard, current, heard == 0 ? name + " is not known"
                : name + " " + number(sum / heard * percent) + "% of " + percent + "% wanted"
                        + only(heard, current)));
    }

    /** Of what is its due: 1 = all of it. */
    private OptionalDouble share(TaskUsage usage, ScaleTarget target, Service service, Task task) {
        TaskTemplate template = service.templates().get(task.specVersion());
        if (template == null) {
            return OptionalDouble.empty();
        }
        ScaleBase base = bases.computeIfAbsent(task.specVersion(), key -> ScaleBase.of(template));
        boolean cpu = target instanceof ScaleTarget.Cpu;
        long due = cpu ? base.cpuMillis() : base.memoryBytes();
        OptionalLong used = cpu ? usage.cpuMillis() : usage.memoryBytes();
        return due <= 0 || used.isEmpty() ? OptionalDouble.empty()
                : OptionalDouble.of(Math.max(0, used.getAsLong()) / (double) due);
    }

    private Demand own(Service service, int current, ScaleTarget.Metric metric) {
        Sum sum = sum(serving(service), metric);
        return Demand.ofOwn(new Demand.Measured(sum.value / metric.average(), sum.heard, current, sum.heard == 0
                ? Demand.name(metric) + " is not known" + sum.because()
                : Demand.name(metric) + " " + number(sum.value / sum.heard) + " of " + number(metric.average())
                        + " wanted" + only(sum.heard, current)));
    }

    private Demand others(ScaleTarget.Metric metric, int current) {
        String name = Demand.name(metric);
        Optional<Service> other = state.service(metric.service()).filter(each -> !each.removed());
        if (other.isEmpty()) {
            return new Demand(current, false, name + " is not known: there is no such service");
        }
        List<Task> asked = serving(other.get());
        Sum sum = sum(asked, metric);
        return Demand.ofOthers(new Demand.Measured(sum.value / metric.average(), sum.heard, asked.size(),
                sum.heard == 0 ? name + " is not known" + (asked.isEmpty() ? ": it has no task that runs"
                        : sum.because())
                : name + " " + number(sum.value) + ", " + number(metric.average()) + " wanted for each"
                        + only(sum.heard, asked.size())), current);
    }

    /** What tasks said, added up. */
    private static final class Sum {
        private double value;
        private int heard;
        private String problem = "";

        private String because() {
            return problem.isEmpty() ? "" : ": " + problem;
        }
    }

    private Sum sum(List<Task> tasks, ScaleTarget.Metric metric) {
        Sum sum = new Sum();
        for (Task task : tasks) {
            for (MetricValue each : usage(task).map(TaskUsage::metrics).orElse(List.of())) {
                if (!each.query().equals(metric.query())) {
                    continue;
                }
                if (each.isAnswer()) {
                    sum.value += Math.clamp(each.value(), 0, MOST);
                    sum.heard++;
                } else {
                    sum.problem = each.problem();
                }
            }
        }
        return sum;
    }

    private List<Task> serving(Service service) {
        return state.tasksOf(service.id()).filter(each -> each.isAlive()
                && each.status().state() == TaskState.RUNNING).toList();
    }

    /** Of its own node, of late. */
    private Optional<TaskUsage> usage(Task task) {
        return task.node().map(readings::get).filter(each -> nowMillis - each.atMillis() <= FRESH_MILLIS)
                .map(each -> each.tasks().get(task.id()));
    }

    private static String only(int heard, int of) {
        return heard >= of ? "" : ", by " + heard + " of " + of + (of == 1 ? " task" : " tasks");
    }

    private static String number(double value) {
        BigDecimal rounded = new BigDecimal(value).round(DIGITS).stripTrailingZeros();
        return rounded.scale() > 2 ? rounded.setScale(2, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString()
                : rounded.toPlainString();
    }
}
