package cli.command;

import api.cluster.Autoscaling;
import api.cluster.MetricQuery;
import api.cluster.Mode;
import api.cluster.ScaleStep;
import api.cluster.ScaleTarget;
import api.cluster.ServiceSpec;
import cli.render.Durations;
import java.util.OptionalLong;
import java.util.StringJoiner;

/** --autoscale-…: how the number of a service's tasks follows what they have to do. */
final class AutoscaleFlags {
    private static final String PREFIX = "autoscale-";
    private static final String NONE = "no-autoscale";
    private static final String METRIC = "autoscale-metric";
    private static final long NANOS_PER_MILLI = 1_000_000;

    private AutoscaleFlags() {}

    static Syntax addTo(Syntax syntax) {
        return syntax.value("autoscale-max", "int", "Scale it by itself, up to so many tasks")
                .value("autoscale-min", "int", "Down to so many (default 1; 0 needs another service's metric)")
                .value("autoscale-cpu", "percent", "Use of processors wanted on average, of what each task reserves,"
                        + " or else of its limit (0: not by that)")
                .value("autoscale-memory", "percent", "Use of memory wanted on average, in the same words")
                .value(METRIC, "metric", "Number that tasks tell by HTTP for Prometheus:"
                        + " port=9100,name=queue_length,average=10[,path=/metrics][,label=KEY=VALUE][,rate]"
                        + "[,service=OTHER]")
                .value("autoscale-up-window", "duration", "Time more must be asked for before there are (default 0s)")
                .value("autoscale-down-window", "duration",
                        "Time fewer must be asked for before there are (default 5m)")
                .value("autoscale-up-step", "step", "Most growth in a time: PERCENT%,TASKS,TIME (default 900%,10,10s)")
                .value("autoscale-down-step", "step", "Most shrinking, in the same words (default 100%,0,15s)");
    }

    /** Adds what only a service that may be scaled already needs. */
    static Syntax addRemoval(Syntax syntax) {
        return syntax.flag(NONE, "Do not scale it by itself any more");
    }

    private static boolean anySaid(Arguments arguments) {
        for (String name : arguments.names()) {
            if (name.startsWith(PREFIX)) {
                return true;
            }
        }
        return false;
    }

    /** The message of a new service; {@code null} if it is not scaled. */
    static Autoscaling of(Arguments arguments) throws UsageException {
        return anySaid(arguments) ? changed(usual(), arguments) : null;
    }

    /** How many tasks a new service has if nobody says it. */
    static int first(Arguments arguments, int otherwise) throws UsageException {
        return !anySaid(arguments) ? otherwise
                : arguments.has("autoscale-min") ? arguments.atLeast(0, "autoscale-min") : 1;
    }

    private static Autoscaling usual() {
        return Autoscaling.newBuilder().setMinimum(1)
                .setUpWindowMillis(clusterd.model.Autoscaling.UP_WINDOW_MILLIS)
                .setDownWindowMillis(clusterd.model.Autoscaling.DOWN_WINDOW_MILLIS)
                .setUpStep(step(clusterd.model.Autoscaling.UP_STEP))
                .setDownStep(step(clusterd.model.Autoscaling.DOWN_STEP)).build();
    }

    private static ScaleStep step(clusterd.model.ScaleStep step) {
        return ScaleStep.newBuilder().setPercent(step.percent()).setTasks(step.tasks())
                .setPeriodMillis(step.periodMillis()).build();
    }

    /** Changes a service's spec; its number of tasks comes to be within the range, unless that is said too. */
    static void change(ServiceSpec.Builder spec, Arguments arguments) throws UsageException {
        if (arguments.isOn(NONE)) {
            if (anySaid(arguments)) {
                throw new UsageException("--" + NONE + " cannot be combined with --" + PREFIX + "…");
            }
            spec.clearAutoscaling();
            return;
        }
        if (!anySaid(arguments)) {
            return;
        }
        Autoscaling autoscaling = changed(spec.hasAutoscaling() ? spec.getAutoscaling() : usual(), arguments);
        spec.setAutoscaling(autoscaling);
        Mode mode = spec.getMode();
        if (mode.hasReplicated() && !arguments.has("replicas")) {
            spec.setMode(Mode.newBuilder().setReplicated(mode.getReplicated().toBuilder()
                    .setReplicas(within(mode.getReplicated().getReplicas(), autoscaling))));
        } else if (mode.hasJob() && !arguments.has("max-concurrent")) {
            spec.setMode(Mode.newBuilder().setJob(mode.getJob().toBuilder()
                    .setParallelism(within(mode.getJob().getParallelism(), autoscaling))));
        }
    }

    private static long within(long count, Autoscaling range) {
        return Math.max(range.getMinimum(), Math.min(count, range.getMaximum()));
    }

    private static Autoscaling changed(Autoscaling before, Arguments arguments) throws UsageException {
        Autoscaling.Builder changed = before.toBuilder();
        if (arguments.has("autoscale-min")) {
            changed.setMinimum(arguments.atLeast(0, "autoscale-min"));
        }
        if (arguments.has("autoscale-max")) {
            changed.setMaximum(arguments.atLeast(1, "autoscale-max"));
        } else if (before.getMaximum() == 0) {
            throw new UsageException("--autoscale-max is missing: how many tasks there may be at most");
        }
        if (arguments.has("autoscale-up-window")) {
            changed.setUpWindowMillis(arguments.millis("autoscale-up-window"));
        }
        if (arguments.has("autoscale-down-window")) {
            changed.setDownWindowMillis(arguments.millis("autoscale-down-window"));
        }
        if (arguments.has("autoscale-up-step")) {
            changed.setUpStep(step("autoscale-up-step", arguments));
        }
        if (arguments.has("autoscale-down-step")) {
            changed.setDownStep(step("autoscale-down-step", arguments));
        }
        targets(changed, before, arguments);
        if (changed.getTargetsCount() == 0) {
            throw new UsageException("by what it is scaled is missing: --autoscale-cpu, --autoscale-memory or --"
                    + METRIC);
        }
        return changed.build();
    }

    /** What is said of one kind takes the place of what was said of it before. */
    private static void targets(Autoscaling.Builder changed, Autoscaling before, Arguments arguments)
            throws UsageException {
        changed.clearTargets();
        for (ScaleTarget target : before.getTargetsList()) {
            boolean again = arguments.has(switch (target.getIsCase()) {
                case CPU -> "autoscale-cpu";
                case MEMORY -> "autoscale-memory";
                case METRIC, IS_NOT_SET -> METRIC;
            });
            if (!again) {
                changed.addTargets(target);
            }
        }
        int cpu = percent("autoscale-cpu", arguments);
        if (cpu > 0) {
            changed.addTargets(ScaleTarget.newBuilder().setCpu(cpu));
        }
        int memory = percent("autoscale-memory", arguments);
        if (memory > 0) {
            changed.addTargets(ScaleTarget.newBuilder().setMemory(memory));
        }
        for (String word : arguments.values(METRIC)) {
            if (!word.isEmpty()) {
                changed.addTargets(ScaleTarget.newBuilder().setMetric(metric(word)));
            }
        }
    }

    private static int percent(String option, Arguments arguments) throws UsageException {
        if (!arguments.has(option)) {
            return 0;
        }
        String word = arguments.value(option);
        long number = Arguments.number(option, word.endsWith("%") ? word.substring(0, word.length() - 1) : word);
        if (number < 0 || number > Integer.MAX_VALUE) {
            throw Arguments.invalid(option, word, "expected a percentage like 70");
        }
        return (int) number;
    }

    private static ScaleTarget.Metric metric(String word) throws UsageException {
        ScaleTarget.Metric.Builder metric = ScaleTarget.Metric.newBuilder();
        MetricQuery.Builder query = MetricQuery.newBuilder().setPath("/metrics");
        for (String field : KeyValue.commas(word)) {
            if (field.equals("rate")) {
                query.setRate(true);
                continue;
            }
            String[] pair = KeyValue.split(METRIC, field);
            switch (pair[0]) {
                case "port" -> query.setPort(Arguments.number(METRIC, pair[1]));
                case "path" -> query.setPath(pair[1]);
                case "name" -> query.setName(pair[1]);
                case "service" -> metric.setService(pair[1]);
                case "rate" -> query.setRate(!pair[1].equals("false"));
                case "label" -> {
                    String[] label = KeyValue.split(METRIC, pair[1]);
                    query.putLabels(label[0], label[1]);
                }
                case "average" -> metric.setAverage(average(pair[1]));
                default -> throw Arguments.invalid(METRIC, word, "unknown field \"" + pair[0] + "\": there are port,"
                        + " path, name, label, rate, service and average");
            }
        }
        if (query.getPort() == 0 || query.getName().isEmpty() || metric.getAverage() == 0) {
            throw Arguments.invalid(METRIC, word, "port, name and average are needed, as in"
                    + " port=9100,name=queue_length,average=10");
        }
        return metric.setQuery(query).build();
    }

    private static double average(String word) throws UsageException {
        try {
            return Double.parseDouble(word);
        } catch (NumberFormatException e) {
            throw Arguments.invalid(METRIC, word, "average is a number, like 10 or 0.5");
        }
    }

    private static ScaleStep step(String option, Arguments arguments) throws UsageException {
        ScaleStep.Builder step = ScaleStep.newBuilder()
                .setPeriodMillis(clusterd.model.Autoscaling.DOWN_STEP.periodMillis());
        for (String field : KeyValue.commas(arguments.value(option))) {
            OptionalLong nanos = field.equals("0") ? OptionalLong.empty() : Durations.nanos(field);
            if (nanos.isPresent()) {
                step.setPeriodMillis(nanos.getAsLong() / NANOS_PER_MILLI);
            } else if (field.endsWith("%")) {
                step.setPercent(Arguments.number(option, field.substring(0, field.length() - 1)));
            } else {
                step.setTasks(Arguments.number(option, field));
            }
        }
        return step.build();
    }

    /** {@code 1 to 10, cpu 70%}. */
    static String text(Autoscaling autoscaling) {
        StringJoiner text = new StringJoiner(", ");
        text.add(autoscaling.getMinimum() + " to " + autoscaling.getMaximum());
        for (ScaleTarget target : autoscaling.getTargetsList()) {
            text.add(switch (target.getIsCase()) {
                case CPU -> "cpu " + target.getCpu() + "%";
                case MEMORY -> "memory " + target.getMemory() + "%";
                case METRIC -> metric(target.getMetric());
                case IS_NOT_SET -> "?";
            });
        }
        return text.toString();
    }

    private static String metric(ScaleTarget.Metric metric) {
        MetricQuery query = metric.getQuery();
        StringJoiner labels = new StringJoiner(",", "{", "}").setEmptyValue("");
        query.getLabelsMap().forEach((key, value) -> labels.add(key + "=\"" + value + "\""));
        String selected = query.getName() + labels;
        double average = metric.getAverage();
        return (query.getRate() ? "rate(" + selected + ")" : selected)
                + (metric.getService().isEmpty() ? "" : " of " + metric.getService()) + " "
                + (average == Math.rint(average) ? Long.toString((long) average) : Double.toString(average));
    }
}
