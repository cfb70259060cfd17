package clusterd.compose;

import clusterd.model.Affinity;
import clusterd.model.Constraint;
import clusterd.model.Mode;
import clusterd.model.NamedPort;
import clusterd.model.Placement;
import clusterd.model.Platform;
import clusterd.model.Resources;
import clusterd.model.RestartPolicy;
import clusterd.model.ServiceEndpoint;
import clusterd.model.UpdatePolicy;
import clusterd.spec.CronSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import runtime.device.ResourceRequest;
import runtime.device.ResourceWords;

/** {@code deploy} and {@code x-jctl}: how many tasks, where, and how they are exchanged. */
final class DeployReader {
    private static final int MOST_TASKS = 1_000_000;
    private static final long MOST_CPUS = 1_000_000;
    private static final int LONGEST_CONSTRAINT = 500;
    private static final String NODE = "node.id";

    private final Section service;
    private final Section deploy;
    private final Section own;
    private final List<ResourceRequest> devices;

    DeployReader(Section service) {
        this.service = service;
        this.deploy = service.section("deploy");
        this.own = service.section("x-jctl");
        this.devices = devices(own);
    }

    Mode mode() {
        String word = deploy.get("mode").map(value ->
                value.oneOf(List.of("replicated", "global", "replicated-job", "global-job"))).orElse("");
        boolean onEachNode = word.startsWith("global");
        Optional<Integer> count = LimitsReader.either(service, "scale", deploy, "replicas",
                value -> value.whole(0, MOST_TASKS));
        boolean unique = own.truth("unique");
        Optional<Value> schedule = own.get("schedule");
        boolean concurrent = own.truth("concurrent");
        Optional<Integer> atOnce = own.get("parallelism").map(value -> value.whole(1, MOST_TASKS));
        boolean job = word.equals("replicated-job") || schedule.isPresent();
        if (onEachNode && (count.isPresent() || unique || schedule.isPresent())) {
            deploy.error("replicas, scale, unique and schedule have no meaning with mode: " + word);
        } else if (schedule.isPresent() && word.equals("replicated") || unique && job) {
            own.error(unique ? "unique has no meaning for a job" : "a schedule is of jobs: write mode: replicated-job,"
                    + " or no mode");
        } else if (!job && own.has("parallelism")) {
            own.error("parallelism is of jobs: write mode: replicated-job");
        }
        if (unique && (policy("update_config", true).startFirst() || policy("rollback_config", false).startFirst())) {
            own.error("unique and order: start-first exclude each other: two would run at once");
        }
        if (!schedule.isPresent() && own.has("concurrent")) {
            own.error("concurrent has no meaning without a schedule");
        }
        if (onEachNode) {
            return word.equals("global") ? new Mode.Global() : new Mode.GlobalJob();
        }
        if (!job) {
            return new Mode.Replicated(count.orElse(1), unique);
        }
        int completions = Math.max(1, count.orElse(1));
        int parallelism = atOnce.orElse(completions);
        Mode.Job once = new Mode.Job(completions, Math.min(parallelism, completions));
        return schedule.<Mode>map(value -> new Mode.Cron(value.number(DeployReader::schedule, "@daily"), once,
                concurrent)).orElse(once);
    }

    private static String schedule(String text) {
        if (text.length() > 200) {
            throw new IllegalArgumentException("expected five fields as in crontab(5)");
        }
        CronSchedule.parse(text);
        return text;
    }

    /** What a node must have left. */
    Resources reservation() {
        Section section = deploy.section("resources").section("reservations");
        long cpuMillis = section.get("cpus").map(value -> value.scaled(1000, MOST_CPUS * 1000)).orElse(0L);
        long memory = LimitsReader.either(service, "mem_reservation", section, "memory", Value::bytes).orElse(0L);
        long pids = section.get("pids").map(value -> value.whole(0, (long) Integer.MAX_VALUE)).orElse(0L);
        Map<String, Long> named = new TreeMap<>();
        Map<String, Long> wanted = new TreeMap<>();
        for (Value each : section.list("generic_resources")) {
            Section spec = each.section().section("discrete_resource_spec");
            String kind = spec.required("kind").map(DeployReader::resource).orElse("");
            long value = spec.required("value").map(count -> count.whole(0, Long.MAX_VALUE / 2)).orElse(0L);
            named.merge(kind, value, DeployReader::sum);
        }
        own.get("resources").filter(all -> !all.isList()).ifPresent(all -> all.named().forEach((name, value) -> {
            resource(new Value(new Tree.Scalar(name, value.tree().at()), value.path(), value.pattern(),
                    value.problems()));
            named.merge(name, value.whole(0, Long.MAX_VALUE / 2), DeployReader::sum);
        }));
        section.list("devices").forEach(each -> each.section().get("driver").filter(driver ->
                driver.text().equals("nvidia")).flatMap(driver -> each.section().get("count")).filter(count ->
                !count.text().equals("all")).ifPresent(count ->
                named.merge("nvidia.com/gpu", count.whole(1, 1_000_000L), DeployReader::sum)));
        devices.forEach(each -> wanted.merge(each.resource(), (long) each.count(), DeployReader::sum));
        wanted.forEach((name, count) -> {
            long reserved = named.getOrDefault(name, count);
            if (reserved != count) {
                own.get("resources").orElseThrow().error(count + " of " + name + " are asked for, and " + reserved
                        + " are reserved in deploy.resources: leave it out there, what is asked for is reserved by itself");
            }
            named.put(name, count);
        });
        Resources all = Resources.of(cpuMillis, memory);
        for (Map.Entry<String, Long> each : named.entrySet()) {
            all = all.with(each.getKey(), each.getValue());
        }
        return new Resources(all.cpuMillis(), all.memoryBytes(), pids, all.named());
    }

    /** Those that plug-ins offer and that containers get; as a map, resources are counted only. */
    List<ResourceRequest> devices() {
        return devices;
    }

    private static List<ResourceRequest> devices(Section own) {
        List<ResourceRequest> devices = new ArrayList<>();
        for (Value each : own.get("resources").filter(Value::isList).map(Value::list).orElse(List.of())) {
            if (!each.isWord()) {
                each.text();
                continue;
            }
            ResourceWords.Reading reading = ResourceWords.read(List.of(each.text().strip().split(",", -1)));
            reading.problems().forEach(each::error);
            if (reading.problems().isEmpty()) {
                reading.request().problem().ifPresentOrElse(each::error, () -> devices.add(reading.request()));
            }
        }
        return devices;
    }

    private static long sum(long one, long other) {
        return Math.min(one + other, Long.MAX_VALUE / 2);
    }

    private static String resource(Value value) {
        if (!value.text().matches("[A-Za-z0-9][A-Za-z0-9._/-]{0,100}")) {
            value.error("expected a resource's name such as nvidia.com/gpu, found " + value.tree().describe());
            return "unreadable";
        }
        return value.text();
    }

    /** {@code all}, a number, or {@code device=NAME,NAME}; {@code ""} = none. */
    String gpus() {
        List<Value> wanted = new ArrayList<>(deploy.section("resources").section("reservations").list("devices"));
        Optional<Value> gpus = service.get("gpus");
        if (gpus.isPresent() && gpus.get().isWord()) {
            gpus.get().oneOf(List.of("all"));
            return "all";
        }
        gpus.ifPresent(value -> wanted.addAll(value.list()));
        String all = "";
        for (Value each : wanted) {
            if (!all.isEmpty()) {
                each.error("GPUs are asked for in one place only");
            }
            all = gpus(each);
        }
        return all;
    }

    private static String gpus(Value each) {
        Section section = each.section();
        section.get("driver").ifPresent(driver -> {
            if (!driver.text().matches("[A-Za-z0-9._/-]{0,100}")) {
                driver.error("expected a driver's name, found " + driver.tree().describe());
            }
        });
        List<String> capabilities = section.texts("capabilities");
        if (each.pattern().endsWith(".devices") && !capabilities.contains("gpu")) {
            each.error("only GPUs can be reserved so: expected capabilities: [gpu]; other devices are"
                    + " resources of x-jctl");
        }
        List<String> names = section.texts("device_ids");
        if (names.stream().anyMatch(name -> name.indexOf(',') >= 0 || name.indexOf('"') >= 0)) {
            each.error("a device's name has neither comma nor quote");
        }
        if (!names.isEmpty()) {
            if (section.has("count")) {
                each.error("count and device_ids exclude each other");
            }
            return "device=" + String.join(",", names);
        }
        return section.get("count").map(count -> count.isWord() && (count.text().equals("all")
                || count.text().equals("-1")) ? "all" : Integer.toString(count.whole(1, 1_000_000))).orElse("all");
    }

    Placement placement() {
        Section section = deploy.section("placement");
        List<Constraint> constraints = new ArrayList<>();
        for (Value each : section.list("constraints")) {
            Constraint constraint = each.number(DeployReader::constraint, null);
            if (constraint != null) {
                constraints.add(constraint);
            }
        }
        List<String> spread = new ArrayList<>();
        for (Value each : section.list("preferences")) {
            each.section().required("spread").map(DeployReader::attribute).ifPresent(spread::add);
        }
        own.get("spread").map(Value::listOrOne).orElse(List.of()).forEach(each -> spread.add(attribute(each)));
        List<Affinity> affinities = new ArrayList<>();
        for (Value each : own.list("affinity")) {
            Section affinity = each.section();
            affinities.add(new Affinity(affinity.required("service").map(DeployReader::name).orElse(""),
                    affinity.truth("apart"), affinity.get("level").map(DeployReader::attribute).orElse(NODE),
                    affinity.truth("must")));
        }
        int most = section.get("max_replicas_per_node").map(value -> value.whole(0, MOST_TASKS)).orElse(0);
        return new Placement(constraints, spread.stream().distinct().toList(), own.truth("binpack"), affinities, most,
                platforms());
    }

    private static Constraint constraint(String text) {
        if (text.length() > LONGEST_CONSTRAINT) {
            throw new IllegalArgumentException("expected a constraint of at most " + LONGEST_CONSTRAINT
                    + " characters");
        }
        return Constraint.parse(text);
    }

    private static String attribute(Value value) {
        return value.number(text -> new Constraint(text, true, "").attribute(), NODE);
    }

    private List<Platform> platforms() {
        String[] parts = service.text("platform").split("/");
        return parts.length < 2 ? List.of() : List.of(new Platform(parts[0], parts[1]));
    }

    /** From {@code deploy.restart_policy}, else from {@code restart}. */
    RestartPolicy restart() {
        Mode mode = mode();
        boolean job = !mode.isLasting();
        RestartPolicy standard = job ? new RestartPolicy(RestartPolicy.Condition.ON_FAILURE,
                RestartPolicy.STANDARD.delayMillis(), 0, 0) : RestartPolicy.STANDARD;
        RestartPolicy older = service.get("restart").map(value -> older(value, standard)).orElse(standard);
        if (deploy.get("restart_policy").isEmpty()) {
            return checked(older, job, service);
        }
        Section section = deploy.section("restart_policy");
        RestartPolicy.Condition condition = section.get("condition").map(value -> switch (value.oneOf(
                List.of("any", "on-failure", "none"))) {
            case "none" -> RestartPolicy.Condition.NONE;
            case "on-failure" -> RestartPolicy.Condition.ON_FAILURE;
            default -> RestartPolicy.Condition.ANY;
        }).orElse(standard.condition());
        return checked(new RestartPolicy(condition,
                section.get("delay").map(Value::millis).orElse(standard.delayMillis()),
                section.get("max_attempts").map(value -> value.whole(0, MOST_TASKS)).orElse(0),
                section.get("window").map(Value::millis).orElse(0L)), job, section);
    }

    private static RestartPolicy checked(RestartPolicy policy, boolean job, Section where) {
        if (job && policy.condition() == RestartPolicy.Condition.ANY) {
            where.error("a job is not started again after a good end: expected a restart on-failure, or none");
        }
        return policy;
    }

    private static RestartPolicy older(Value value, RestartPolicy standard) {
        String text = value.text();
        if (text.matches("on-failure(:[0-9]{1,6})?")) {
            int attempts = text.contains(":") ? Integer.parseInt(text.substring(text.indexOf(':') + 1)) : 0;
            return new RestartPolicy(RestartPolicy.Condition.ON_FAILURE, standard.delayMillis(), attempts, 0);
        }
        return switch (text) {
            case "no", "false" -> new RestartPolicy(RestartPolicy.Condition.NONE, standard.delayMillis(), 0, 0);
            case "always", "unless-stopped" ->
                    new RestartPolicy(RestartPolicy.Condition.ANY, standard.delayMillis(), 0, 0);
            default -> {
                value.error("expected no, always, unless-stopped or on-failure[:N], found "
                        + value.tree().describe());
                yield standard;
            }
        };
    }

    /** {@code update_config} or {@code rollback_config}. */
    UpdatePolicy policy(String key, boolean mayRollBack) {
        Section section = deploy.section(key);
        UpdatePolicy standard = UpdatePolicy.STANDARD;
        List<String> actions = mayRollBack ? List.of("pause", "continue", "rollback") : List.of("pause", "continue");
        UpdatePolicy.FailureAction action = section.get("failure_action").map(value ->
                switch (value.oneOf(actions)) {
                    case "continue" -> UpdatePolicy.FailureAction.CONTINUE;
                    case "rollback" -> UpdatePolicy.FailureAction.ROLLBACK;
                    default -> UpdatePolicy.FailureAction.PAUSE;
                }).orElse(standard.failureAction());
        return new UpdatePolicy(
                section.get("parallelism").map(value -> value.whole(0, MOST_TASKS)).orElse(standard.parallelism()),
                section.get("delay").map(Value::millis).orElse(standard.delayMillis()),
                section.get("order").map(value -> value.oneOf(List.of("stop-first", "start-first"))
                        .equals("start-first")).orElse(standard.startFirst()),
                section.get("monitor").map(Value::millis).orElse(standard.monitorMillis()), action,
                section.get("max_failure_ratio").map(value -> (int) value.scaled(100, 100))
                        .orElse(standard.maxFailurePercent()));
    }

    private static String name(Value value) {
        if (!value.text().matches("[a-zA-Z0-9](?:[-_.a-zA-Z0-9]{0,61}[a-zA-Z0-9])?")) {
            value.error("expected a name of at most 63 letters, digits, -, _ and ., found " + value.tree().describe());
        }
        return value.text();
    }

    /** Without the ports of nodes, which are a matter of links. */
    ServiceEndpoint endpoint() {
        boolean virtual = deploy.get("endpoint_mode").map(value -> value.oneOf(List.of("vip", "dnsrr")).equals("vip"))
                .orElse(true);
        for (String each : List.of("balance", "prefer_local")) {
            own.get(each).filter(value -> !virtual).ifPresent(value -> value.error("it is about the service's own address, which"
                    + " endpoint_mode: dnsrr does without: leave one of them out"));
        }
        ServiceEndpoint.Choice choice = own.get("balance").map(value -> value.oneOf(List.of("random", "in-turn", "source")))
                .map(word -> switch (word) {
                    case "in-turn" -> ServiceEndpoint.Choice.IN_TURN;
                    case "source" -> ServiceEndpoint.Choice.SOURCE;
                    default -> ServiceEndpoint.Choice.RANDOM;
                }).orElse(ServiceEndpoint.Choice.RANDOM);
        return new ServiceEndpoint(virtual ? ServiceEndpoint.Mode.VIRTUAL : ServiceEndpoint.Mode.ROUND_ROBIN, choice, List.of(),
                named(), own.truth("prefer_local"));
    }

    String project() {
        return own.get("project").map(DeployReader::name).orElse("");
    }

    private List<NamedPort> named() {
        List<NamedPort> named = new ArrayList<>();
        for (Value each : own.list("srv")) {
            Optional.ofNullable(each.number(NamedPort::parse, null)).ifPresent(named::add);
        }
        NamedPort.problem(named).ifPresent(what -> own.get("srv").orElseThrow().error(what));
        return named;
    }

    int priority() {
        return own.get("priority").map(value -> value.whole(-1_000_000_000, 1_000_000_000)).orElse(0);
    }
}
