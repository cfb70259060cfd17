package clusterd.compose;

import clusterd.model.ServiceEndpoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/** One service's map to a service; its parts are read by others. */
final class ServiceReader {
    private static final String OWN_LABELS = "jctl.";
    private static final int LONGEST_STOP_SECONDS = 86_400 * 365;

    private final ComposeInput input;
    private final Map<String, String> variables;
    private final ProjectReader.Known known;
    private final Problems problems;
    private final Budget budget;
    private final PortReader ports;

    ServiceReader(ComposeInput input, Map<String, String> variables, ProjectReader.Known known, Problems problems,
            Budget budget) {
        this.input = input;
        this.variables = variables;
        this.known = known;
        this.problems = problems;
        this.budget = budget;
        this.ports = new PortReader();
    }

    ComposeService read(String name, Section service) {
        String image = service.text("image");
        if (image.isBlank()) {
            service.error("image is missing" + (service.has("build") ? ": build makes none here, name one that is in"
                    + " a registry" : ""));
        } else if (image.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
            service.get("image").orElseThrow().error("an image's reference has no spaces");
        }
        Limits limits = LimitsReader.read(service);
        DeployReader deploy = new DeployReader(service);
        ServiceEndpoint endpoint = deploy.endpoint();
        Links links = new LinksReader(service, known, ports).read(name);
        boolean ingress = links.ports().stream().anyMatch(port -> !port.onNode() && port.firstHostPort() > 0);
        if (ingress && endpoint.mode() == ServiceEndpoint.Mode.ROUND_ROBIN) {
            service.section("deploy").error("with endpoint_mode: dnsrr there is no address that ports of all nodes"
                    + " could lead to: publish them with mode: host, or leave endpoint_mode out");
        }
        List<ServiceMount> mounts = new MountReader(known).read(service);
        List<FileUse> secrets = FileUses.read(service, "secrets", "/run/secrets/", known.secrets());
        List<FileUse> configs = FileUses.read(service, "configs", "/", known.configs());
        targets(service, mounts, secrets, configs);
        Isolation isolation = IsolationReader.read(service, deploy.gpus(), deploy.devices());
        Section logging = service.section("logging");
        return new ComposeService(name, image, program(service), isolation,
                links, mounts, secrets, configs, limits, health(service),
                new TreeMap<>(labels(service)), new TreeMap<>(pairs(service, "annotations")),
                new TreeMap<>(pairs(service.section("deploy"), "labels")), logging.text("driver"),
                new TreeMap<>(pairs(logging, "options")), platform(service), pullPolicy(service),
                dependencies(service), service.texts("profiles"), deploy.mode(), deploy.reservation(),
                deploy.placement(), deploy.restart(), deploy.policy("update_config", true),
                deploy.policy("rollback_config", false), endpoint, deploy.project(),
                deploy.priority());
    }

    /** No two things are at one place of the container. */
    private static void targets(Section service, List<ServiceMount> mounts, List<FileUse> secrets,
            List<FileUse> configs) {
        List<String> targets = new ArrayList<>(mounts.stream().map(ServiceMount::target).toList());
        secrets.forEach(use -> targets.add(use.target()));
        configs.forEach(use -> targets.add(use.target()));
        Set<String> seen = new HashSet<>();
        targets.stream().filter(target -> !seen.add(target)).findFirst().ifPresent(target -> service.error(
                "two of its volumes, secrets and configs are at " + target));
    }

    private Program program(Section service) {
        OptionalInt stopSeconds = service.get("stop_grace_period").map(value -> OptionalInt.of((int) Math.min(
                LONGEST_STOP_SECONDS, (value.millis() + 999) / 1000))).orElse(OptionalInt.empty());
        String workingDirectory = service.text("working_dir");
        if (!workingDirectory.isEmpty() && !workingDirectory.startsWith("/")) {
            service.get("working_dir").orElseThrow().error("expected an absolute path, found "
                    + Problems.quote(workingDirectory));
        }
        if (service.truth("tty") && service.truth("stdin_open")) {
            service.get("stdin_open").orElseThrow().warning("it has no effect with tty: nobody is at a task's terminal");
        }
        return new Program(words(service, "command"), words(service, "entrypoint"),
                new TreeMap<>(environment(service)), workingDirectory, service.text("user"),
                service.texts("group_add"), service.truth("tty"), service.truth("stdin_open"),
                service.truth("init"), signal(service), stopSeconds);
    }

    private static String signal(Section service) {
        return service.get("stop_signal").map(value -> {
            String text = value.text();
            if (!text.matches("(SIG)?[A-Z][A-Z0-9]{1,8}([+-][0-9]{1,2})?|[0-9]{1,2}")) {
                value.error("expected a signal such as SIGTERM or 15, found " + value.tree().describe());
            }
            return text;
        }).orElse("");
    }

    private static Optional<List<String>> words(Section service, String key) {
        return service.get(key).map(Value::words);
    }

    /** The files' variables, then those of the service; one without a value has the outer one, or is left out. */
    private Map<String, String> environment(Section service) {
        Map<String, String> all = new LinkedHashMap<>();
        for (Value each : service.get("env_file").map(Value::listOrOne).orElse(List.of())) {
            all.putAll(environmentFile(each));
        }
        service.get("environment").map(Value::pairs).orElse(Map.of()).forEach((name, value) -> {
            if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
                value.error(Problems.quote(name) + " cannot be a variable's name");
            } else if (!value.isNull()) {
                all.put(name, value.text());
            } else if (variables.containsKey(name)) {
                all.put(name, variables.get(name));
            } else {
                all.remove(name);
            }
        });
        budget.spendValues(all.size());
        return all;
    }

    private Map<String, String> environmentFile(Value each) {
        Section section = each.isWord() ? null : each.section();
        String path = section == null ? each.text() : section.required("path").map(Value::text).orElse("");
        boolean required = section == null || section.get("required").map(Value::truth).orElse(true);
        boolean raw = section != null && section.get("format").map(format -> format.oneOf(List.of("raw")))
                .isPresent();
        if (path.isEmpty()) {
            return Map.of();
        }
        budget.spendFile();
        Optional<String> text = input.otherFiles().apply(path);
        if (text.isEmpty() && required) {
            each.error("there is no file " + path);
        }
        return text.map(content -> raw ? EnvironmentFile.readRaw(content, variables)
                : EnvironmentFile.read(path, content, variables, problems, budget)).orElse(Map.of());
    }

    private Map<String, String> labels(Section service) {
        Map<String, String> all = new LinkedHashMap<>();
        for (Value each : service.get("label_file").map(Value::listOrOne).orElse(List.of())) {
            all.putAll(environmentFile(new Value(each.tree(), each.path(), "services.*.env_file", problems)));
        }
        all.putAll(pairs(service, "labels"));
        all.keySet().stream().filter(label -> label.startsWith(OWN_LABELS)).findFirst().ifPresent(label ->
                service.error("label " + Problems.quote(label) + ": names that begin with " + OWN_LABELS
                        + " are jctl's own"));
        return all;
    }

    private static Map<String, String> pairs(Section section, String key) {
        return section.get(key).map(Value::textPairs).orElse(Map.of());
    }

    private static String platform(Section service) {
        return service.get("platform").map(value -> {
            if (!value.text().matches("[a-z0-9]+/[a-z0-9_]+(/[a-z0-9.]+)?")) {
                value.error("expected a platform such as linux/amd64, found " + value.tree().describe());
            }
            return value.text();
        }).orElse("");
    }

    private static String pullPolicy(Section service) {
        return service.get("pull_policy").map(value -> {
            String word = value.oneOf(List.of("missing", "if_not_present", "always", "never"));
            return word.equals("if_not_present") ? "missing" : word;
        }).orElse("");
    }

    private static Optional<Health> health(Section service) {
        if (service.get("healthcheck").isEmpty()) {
            return Optional.empty();
        }
        Section section = service.section("healthcheck");
        List<String> test = section.get("test").map(ServiceReader::test).orElse(List.of());
        boolean none = test.equals(List.of("NONE"));
        OptionalInt retries = section.get("retries").map(value -> OptionalInt.of(value.whole(1, 1_000_000)))
                .orElse(OptionalInt.empty());
        return Optional.of(new Health(none || section.truth("disable"), none ? List.of() : test,
                millis(section, "interval"), millis(section, "timeout"), millis(section, "start_period"),
                millis(section, "start_interval"), retries));
    }

    private static List<String> test(Value value) {
        if (value.isWord()) {
            return value.text().isBlank() ? List.of() : List.of("CMD-SHELL", value.text());
        }
        List<String> words = value.words();
        String first = words.isEmpty() ? "" : words.getFirst();
        boolean fits = switch (first) {
            case "NONE" -> words.size() == 1;
            case "CMD-SHELL" -> words.size() == 2;
            case "CMD" -> words.size() > 1;
            default -> words.isEmpty();
        };
        if (!fits) {
            value.error("expected [CMD, program, …], [CMD-SHELL, line] or [NONE], found a list of " + words.size()
                    + " that begins with " + Problems.quote(first));
            return List.of();
        }
        return words;
    }

    private static long millis(Section section, String key) {
        return section.get(key).map(Value::millis).orElse(0L);
    }

    private static List<Dependency> dependencies(Section service) {
        List<Dependency> dependencies = new ArrayList<>();
        Map<String, Value> named = new TreeMap<>(service.get("depends_on").map(Value::named).orElse(Map.of()));
        named.forEach((name, value) -> {
            Section section = value.section();
            String word = section.get("condition").map(each -> each.oneOf(List.of(
                    Dependency.Condition.STARTED.word(), Dependency.Condition.HEALTHY.word(),
                    Dependency.Condition.COMPLETED.word()))).orElse(Dependency.Condition.STARTED.word());
            Dependency.Condition condition = Dependency.Condition.STARTED;
            for (Dependency.Condition each : Dependency.Condition.values()) {
                condition = each.word().equals(word) ? each : condition;
            }
            dependencies.add(new Dependency(name, condition, section.truth("restart"),
                    section.get("required").map(Value::truth).orElse(true)));
        });
        return dependencies;
    }
}
