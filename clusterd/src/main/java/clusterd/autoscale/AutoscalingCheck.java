package clusterd.autoscale;

import clusterd.model.Autoscaling;
import clusterd.model.MetricQuery;
import clusterd.model.Mode;
import clusterd.model.ScaleStep;
import clusterd.model.ScaleTarget;
import clusterd.model.ServiceSpec;
import clusterd.template.ScaleBase;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Finds everything that cannot be right about how a service is scaled, each with the path of its field. */
public final class AutoscalingCheck {
    private static final int MOST_TASKS = 1_000_000;
    private static final int MOST_TARGETS = 16;
    private static final int MOST_PERCENT = 100_000;
    private static final int LAST_PORT = 65_535;
    private static final int LONGEST_TEXT = 1_024;
    private static final long LONGEST_WINDOW_MILLIS = 24 * 3_600_000L;
    private static final Pattern METRIC = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
    private static final Pattern LABEL = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
    private static final Pattern PATH = Pattern.compile("/[!-\"$-~]*");
    private static final Pattern SERVICE = Pattern.compile("[a-zA-Z0-9](?:[-_.a-zA-Z0-9]{0,61}[a-zA-Z0-9])?");

    private final ServiceSpec spec;
    private final Autoscaling wish;
    private final List<String> problems = new ArrayList<>();

    private AutoscalingCheck(ServiceSpec spec, Autoscaling wish) {
        this.spec = spec;
        this.wish = wish;
    }

    /** All problems, each {@code PATH: what is wrong and what is expected}; none of a service that is not scaled. */
    public static List<String> problems(ServiceSpec spec) {
        if (spec.autoscaling().isEmpty()) {
            return List.of();
        }
        AutoscalingCheck check = new AutoscalingCheck(spec, spec.autoscaling().get());
        check.range();
        check.mode();
        check.targets();
        check.within("autoscaling.up_window", check.wish.upWindowMillis(), 0, LONGEST_WINDOW_MILLIS);
        check.within("autoscaling.down_window", check.wish.downWindowMillis(), 0, LONGEST_WINDOW_MILLIS);
        check.step("autoscaling.up_step", check.wish.upStep());
        check.step("autoscaling.down_step", check.wish.downStep());
        return List.copyOf(check.problems);
    }

    private void say(String path, String what) {
        problems.add(path + ": " + what);
    }

    private void within(String path, long value, long least, long most) {
        if (value < least || value > most) {
            say(path, value + " is not between " + least + " and " + most);
        }
    }

    private void range() {
        within("autoscaling.maximum", wish.maximum(), 1, MOST_TASKS);
        within("autoscaling.minimum", wish.minimum(), 0, Math.max(0, wish.maximum()));
        boolean asksOthers = wish.targets().stream().anyMatch(each ->
                each instanceof ScaleTarget.Metric metric && !metric.service().isEmpty());
        if (wish.minimum() == 0 && !asksOthers) {
            say("autoscaling.minimum", "0 would leave no task to ask how much there is to do; 1 is expected, or a"
                    + " metric of another service");
        }
    }

    private void mode() {
        switch (spec.mode()) {
            case Mode.Replicated replicated -> count("mode.replicas", replicated.replicas());
            case Mode.Job job -> count("mode.parallelism", job.parallelism());
            case Mode.Global global -> say("autoscaling", "a global service has one task on each node; only replicated"
                    + " ones and jobs can be scaled");
            case Mode.GlobalJob globalJob -> say("autoscaling", "a global job has one task on each node; only replicated"
                    + " ones and jobs can be scaled");
            case Mode.PerSite perSite -> say("autoscaling", "a service of several sites has its number for each of"
                    + " them; only replicated ones and jobs can be scaled");
            case Mode.Cron cron -> say("autoscaling", "a cron service runs when its time comes; only replicated ones"
                    + " and jobs can be scaled");
        }
    }

    private void count(String path, int count) {
        if (wish.minimum() <= wish.maximum() && (count < wish.minimum() || count > wish.maximum())) {
            say(path, count + " is not between " + wish.minimum() + " and " + wish.maximum()
                    + ", within which the service is scaled by itself");
        }
    }

    private void targets() {
        if (wish.targets().isEmpty()) {
            say("autoscaling.targets", "none is named; cpu, memory or a metric is expected");
        }
        if (wish.targets().size() > MOST_TARGETS) {
            say("autoscaling.targets", wish.targets().size() + " are more than " + MOST_TARGETS);
        }
        if (wish.targets().stream().distinct().count() < wish.targets().size()) {
            say("autoscaling.targets", "one is named twice");
        }
        ScaleBase base = ScaleBase.of(spec.task());
        for (ScaleTarget target : wish.targets()) {
            switch (target) {
                case ScaleTarget.Cpu cpu -> share("cpu", cpu.percent(), base.cpuMillis());
                case ScaleTarget.Memory memory -> share("memory", memory.percent(), base.memoryBytes());
                case ScaleTarget.Metric metric -> metric(metric);
            }
        }
    }

    private void share(String name, int percent, long of) {
        String path = "autoscaling.targets." + name;
        within(path, percent, 1, MOST_PERCENT);
        if (of <= 0) {
            say(path, percent + "% of nothing: the task is to reserve some, or to have a limit");
        }
        if (spec.mode() instanceof Mode.Job) {
            say(path, "a job's tasks take what they get, however much there is to do; a metric is expected");
        }
    }

    private void metric(ScaleTarget.Metric metric) {
        String path = "autoscaling.targets.metric";
        MetricQuery query = metric.query();
        within(path + ".port", query.port(), 1, LAST_PORT);
        if (!PATH.matcher(query.path()).matches() || query.path().length() > LONGEST_TEXT) {
            say(path + ".path", "\"" + query.path() + "\" is no path: /metrics is one");
        }
        if (!METRIC.matcher(query.name()).matches() || query.name().length() > LONGEST_TEXT) {
            say(path + ".name", "\"" + query.name() + "\" is no metric's name: letters, digits, _ and : are expected");
        }
        query.labels().forEach((name, value) -> {
            if (!LABEL.matcher(name).matches() || name.length() + value.length() > LONGEST_TEXT) {
                say(path + ".labels", "\"" + name + "\" is no label's name: letters, digits and _ are expected");
            }
        });
        if (!(metric.average() > 0) || !Double.isFinite(metric.average())) {
            say(path + ".average", metric.average() + " is not above 0");
        }
        if (!metric.service().isEmpty() && !SERVICE.matcher(metric.service()).matches()) {
            say(path + ".service", "\"" + metric.service() + "\" is no name of a service");
        }
        if (metric.service().equals(spec.name())) {
            say(path + ".service", "it is this service: its own tasks are asked when none is named");
        }
    }

    private void step(String path, ScaleStep step) {
        within(path + ".percent", step.percent(), 0, MOST_PERCENT);
        within(path + ".tasks", step.tasks(), 0, MOST_TASKS);
        within(path + ".period", step.periodMillis(), 1, LONGEST_WINDOW_MILLIS);
        if (step.percent() == 0 && step.tasks() == 0) {
            say(path, "neither percent nor tasks: the number could never change");
        }
    }
}
