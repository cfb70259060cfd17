package clusterd.compose;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import overlaynet.policy.Policy;
import overlaynet.policy.Rule;

/** The merged tree to a project: its top level, and what of a service concerns others. */
final class ProjectReader {
    private static final Pattern PROJECT_NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}");
    private static final Pattern SERVICE_NAME = Pattern.compile("[a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?");
    private static final int LONGEST_NAME = 63;
    private static final String DEFAULT_NETWORK = "default";

    private final ComposeInput input;
    private final Map<String, String> variables;
    private final Problems problems;
    private final Budget budget;
    private String name = "";

    ProjectReader(ComposeInput input, Map<String, String> variables, Problems problems, Budget budget) {
        this.input = input;
        this.variables = variables;
        this.problems = problems;
        this.budget = budget;
    }

    ComposeProject read(Tree.Mapping merged) {
        Section top = new Section(merged, "", "", problems, true);
        String ownName = top.text("name");
        name = input.name().isEmpty() ? ownName : input.name();
        if (!PROJECT_NAME.matcher(name).matches()) {
            problems.error("name", top.at(), "expected a name of lower-case letters, digits, - and _ for the project,"
                    + " in the file or with the command, found " + Problems.quote(name));
        }
        SortedMap<String, ComposeNetwork> networks = named(top, "networks", this::network);
        SortedMap<String, ComposeVolume> volumes = named(top, "volumes", this::volume);
        SortedMap<String, ComposeFile> secrets = named(top, "secrets", this::file);
        SortedMap<String, ComposeFile> configs = named(top, "configs", this::file);
        Known known = new Known(new TreeSet<>(networks.keySet()), volumes.keySet(), secrets.keySet(),
                configs.keySet());
        known.networks.add(DEFAULT_NETWORK);
        SortedMap<String, Value> active = active(top);
        SortedMap<String, ComposeService> services = new TreeMap<>();
        ServiceReader reader = new ServiceReader(input, variables, known, problems, budget);
        active.forEach((key, value) -> {
            if (name.length() + 1 + key.length() > LONGEST_NAME) {
                value.error("name " + name + "_" + key + " has more than " + LONGEST_NAME + " characters");
            }
            services.put(key, reader.read(key, value.section()));
        });
        if (services.isEmpty()) {
            top.error("there is no service" + (top.has("services") ? " whose profile is active" : ""));
        }
        new Dependencies(services, active, problems).check();
        boolean usesDefault = services.values().stream()
                .anyMatch(service -> service.links().networks().stream()
                        .anyMatch(use -> use.network().equals(DEFAULT_NETWORK)));
        if (usesDefault && !networks.containsKey(DEFAULT_NETWORK)) {
            networks.put(DEFAULT_NETWORK, new ComposeNetwork(name + "_" + DEFAULT_NETWORK, false, "",
                    new TreeMap<>(), false, false, false, List.of(), new TreeMap<>(), ComposeNetwork.Policy.OPEN));
        }
        return new ComposeProject(name, services, networks, volumes, secrets, configs);
    }

    /** What services may name. */
    record Known(Set<String> networks, Set<String> volumes, Set<String> secrets, Set<String> configs) {
    }

    private <T> SortedMap<String, T> named(Section top, String key, BiFunction<String, Value, T> reading) {
        SortedMap<String, T> named = new TreeMap<>();
        top.get(key).ifPresent(all -> all.named().forEach((each, value) -> {
            if (checked(each, value, NAME, key)) {
                named.put(each, reading.apply(each, value));
            }
        }));
        return named;
    }

    private boolean checked(String each, Value value, Pattern form, String what) {
        boolean fits = form.matcher(each).matches();
        if (!fits) {
            problems.error(what, value.tree().at(), Problems.quote(each) + " cannot be a name here: 1 to 63 letters,"
                    + " digits, - . and _ are expected, a letter or digit first" + (form == SERVICE_NAME
                    ? " and last" : ""));
        }
        return fits;
    }

    private SortedMap<String, Value> active(Section top) {
        SortedMap<String, Value> active = new TreeMap<>();
        Map<String, Value> all = top.get("services").map(Value::named).orElse(Map.of());
        all.forEach((key, value) -> {
            if (!checked(key, value, SERVICE_NAME, "services")) {
                return;
            }
            if (!(value.tree() instanceof Tree.Mapping mapping)) {
                value.error("expected a map with an image and the like, found " + value.tree().describe());
                return;
            }
            List<String> profiles = mapping.get("profiles") instanceof Tree.Sequence sequence
                    ? sequence.elements().stream().map(each -> each instanceof Tree.Scalar word ? word.text() : "")
                    .toList() : List.of();
            if (profiles.isEmpty() || input.profiles().contains("*")
                    || profiles.stream().anyMatch(input.profiles()::contains)) {
                active.put(key, value);
            }
        });
        return active;
    }

    /** Whether it is there already; and its name, which the older way to say so may have. */
    private boolean external(Section section, String[] ownName) {
        Optional<Value> value = section.get("external");
        if (value.isEmpty()) {
            return false;
        }
        if (value.get().tree() instanceof Tree.Mapping) {
            ownName[0] = value.get().section().text("name");
            return true;
        }
        return value.get().truth();
    }

    private String name(String key, Section section, boolean external, String olderName) {
        String own = section.get("name").map(Value::text).orElse(olderName);
        if (!own.isEmpty()) {
            String plain = section.path().startsWith("volumes.") ? LinksReader.withoutPlaceholders(own) : own;
            if (!NAME.matcher(plain).matches()) {
                section.error("name " + Problems.quote(own) + " cannot be a name: 1 to 63 letters, digits, - . and _"
                        + " are expected, a letter or digit first");
            }
            return own;
        }
        return external ? key : name + "_" + key;
    }

    private ComposeNetwork network(String key, Value value) {
        Section section = value.section();
        String[] olderName = {""};
        boolean external = external(section, olderName);
        List<ComposeNetwork.Pool> pools = new ArrayList<>();
        Section addresses = section.section("ipam");
        addresses.get("driver").ifPresent(driver -> driver.oneOf(List.of("default")));
        for (Value each : addresses.list("config")) {
            Section pool = each.section();
            pools.add(new ComposeNetwork.Pool(Addresses.subnet(pool, "subnet"), Addresses.subnet(pool, "ip_range"),
                    Addresses.address(pool, "gateway")));
        }
        String driver = section.get("driver").map(each -> each.oneOf(List.of("bridge", "overlay", "host", "null")))
                .orElse("");
        return new ComposeNetwork(name(key, section, external, olderName[0]), external, driver,
                texts(section, "driver_opts"), section.truth("internal"), section.truth("attachable"),
                section.truth("enable_ipv6"), pools, texts(section, "labels"), policy(section, external, driver));
    }

    private static ComposeNetwork.Policy policy(Section network, boolean external, String driver) {
        Section own = network.section("x-jctl");
        List<Rule> rules = new ArrayList<>();
        for (Value each : own.list("rules")) {
            Optional.ofNullable(each.number(Rule::parse, null)).ifPresent(rules::add);
        }
        ComposeNetwork.Policy policy = new ComposeNetwork.Policy(own.truth("default_deny"), rules);
        try {
            Policy.of(policy.closed(), rules.stream().map(Rule::toString).toList());
        } catch (IllegalArgumentException wrong) {
            own.error(wrong.getMessage());
        }
        if (!policy.equals(ComposeNetwork.Policy.OPEN) && (external || !driver.isEmpty() && !driver.equals("overlay"))) {
            own.error("who may talk to whom is said of overlay networks that are the project's own"
                    + (external ? ": this one is external" : ": this one's driver is " + driver));
        }
        return policy;
    }

    private static SortedMap<String, String> texts(Section section, String key) {
        return new TreeMap<>(section.get(key).map(Value::textPairs).orElse(Map.of()));
    }

    private ComposeVolume volume(String key, Value value) {
        Section section = value.section();
        String[] olderName = {""};
        boolean external = external(section, olderName);
        section.get("driver").ifPresent(driver -> driver.oneOf(List.of("local")));
        return new ComposeVolume(name(key, section, external, olderName[0]), external, texts(section, "labels"));
    }

    private ComposeFile file(String key, Value value) {
        Section section = value.section();
        String[] olderName = {""};
        boolean external = external(section, olderName);
        List<ComposeFile.Source> sources = new ArrayList<>();
        boolean config = value.pattern().startsWith("configs");
        section.get("file").ifPresent(path -> sources.add(new ComposeFile.FromFile(path.text())));
        section.get("environment").ifPresent(variable -> {
            String wanted = variable.text();
            sources.add(new ComposeFile.FromEnvironment(wanted));
            if (!variables.containsKey(wanted)) {
                variable.error("variable " + Problems.quote(wanted) + " is not set");
            }
        });
        if (config) {
            section.get("content").ifPresent(content -> sources.add(new ComposeFile.Inline(content.text())));
        }
        if (external) {
            sources.add(new ComposeFile.External());
        }
        if (sources.size() != 1) {
            value.error("expected exactly one of file, environment" + (config ? ", content" : "")
                    + " and external: true, found " + (sources.isEmpty() ? "none" : "several"));
            sources.add(new ComposeFile.External());
        }
        return new ComposeFile(name(key, section, external, olderName[0]), sources.getFirst(),
                texts(section, "labels"));
    }
}
