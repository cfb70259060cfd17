package architecture;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Which package may know which. Each rule returns a sentence per violation. */
final class PackageRules {
    /** The arrows between modules, as the design draws them; testkit serves tests only. */
    private static final Map<String, Set<String>> ARROWS = Map.of(
            "testkit", Set.of(),
            "linux", Set.of(),
            "api", Set.of(),
            "runtime", Set.of("linux", "api"),
            "overlay-net", Set.of("linux"),
            "sriov-plugin", Set.of("runtime", "linux", "api"),
            "clusterd", Set.of("runtime", "overlay-net", "api"),
            "cli", Set.of("clusterd", "runtime", "overlay-net", "sriov-plugin", "linux", "api"));
    /** Where messages of the API may be seen; everywhere else there are records. */
    private static final Set<String> WIRE_PACKAGES = Set.of("runtime.node", "runtime.plugin", "cli.command",
            "clusterd.wire", "clusterd.template", "clusterd.executor", "clusterd.control",
            "clusterd.dispatch", "clusterd.agent", "sriov.plugin");
    private static final String RATIS_PACKAGE = "clusterd.raft";

    private PackageRules() {}

    /** Every hand-written package says whether it is Pure, Edge or Kernel. */
    static List<String> kinds(CodeBase code) {
        return code.sources().stream().filter(source -> !source.test())
                .map(source -> packageOf(source.text())).distinct().sorted()
                .filter(name -> !code.kinds().containsKey(name))
                .map(name -> "package " + name + " has no package-info.java that opens with"
                        + " Pure., Edge. or Kernel.").toList();
    }

    /** Modules know each other only along the arrows. */
    static List<String> arrows(CodeBase code) {
        Map<String, String> moduleOf = new HashMap<>();
        code.product().forEach(type -> moduleOf.put(type.name(), type.module()));
        List<String> violations = new ArrayList<>();
        for (CompiledClass type : code.product()) {
            Set<String> allowed = ARROWS.get(type.module());
            if (allowed == null) {
                violations.add("module " + type.module() + " has no arrows: add it to the rule");
                continue;
            }
            for (String other : type.references()) {
                String module = moduleOf.getOrDefault(other, type.module());
                if (!module.equals(type.module()) && !allowed.contains(module)) {
                    violations.add(type.name() + " (" + type.module() + ") knows " + other + " ("
                            + module + "): no arrow goes there");
                }
                boolean beyondDevices = type.module().equals("sriov-plugin")
                        && module.equals("runtime") && !other.startsWith("runtime.device.");
                if (beyondDevices) {
                    violations.add(type.name() + " knows " + other
                            + ": of runtime, the plug-in knows runtime.device only");
                }
            }
        }
        return violations;
    }

    /** No package reaches itself by way of others. */
    static List<String> cycles(CodeBase code) {
        Map<String, Map<String, String>> graph = graph(code.product());
        Set<String> reported = new TreeSet<>();
        List<String> violations = new ArrayList<>();
        for (String start : graph.keySet()) {
            List<String> way = wayBack(graph, start);
            if (!way.isEmpty() && reported.addAll(way)) {
                violations.add("packages in a circle: " + describe(graph, way));
            }
        }
        return violations;
    }

    /** Ratis and the messages of the API are seen only where they belong. */
    static List<String> wireTypes(CodeBase code) {
        Set<String> apiTypes = code.product().stream()
                .filter(type -> type.module().equals("api")).map(CompiledClass::name)
                .collect(Collectors.toSet());
        List<String> violations = new ArrayList<>();
        for (CompiledClass type : code.product()) {
            boolean wire = WIRE_PACKAGES.contains(type.packageName());
            for (String other : type.references()) {
                if (other.startsWith("org.apache.ratis.")
                        && !type.packageName().equals(RATIS_PACKAGE)) {
                    violations.add(type.name() + " imports " + other + ": only " + RATIS_PACKAGE
                            + " may");
                }
                if (apiTypes.contains(other) && !wire && !type.module().equals("api")) {
                    violations.add(type.name() + " knows the message " + other
                            + ": convert it to a record in one of " + new TreeSet<>(WIRE_PACKAGES));
                }
            }
        }
        return violations;
    }

    /** From package to package, with a class that makes the edge. */
    private static Map<String, Map<String, String>> graph(List<CompiledClass> classes) {
        Map<String, String> packageOf = new HashMap<>();
        classes.forEach(type -> packageOf.put(type.name(), type.packageName()));
        Map<String, Map<String, String>> graph = new TreeMap<>();
        for (CompiledClass type : classes) {
            for (String other : type.references()) {
                String target = packageOf.get(other);
                if (target != null && !target.equals(type.packageName())) {
                    graph.computeIfAbsent(type.packageName(), key -> new TreeMap<>())
                            .putIfAbsent(target, type.simpleName());
                }
            }
        }
        return graph;
    }

    /** The shortest way from a package back to itself, without its end; empty if there is none. */
    private static List<String> wayBack(Map<String, Map<String, String>> graph, String start) {
        Map<String, String> cameFrom = new HashMap<>();
        Deque<String> queue = new ArrayDeque<>(List.of(start));
        while (!queue.isEmpty()) {
            String here = queue.poll();
            for (String next : graph.getOrDefault(here, Map.of()).keySet()) {
                if (next.equals(start)) {
                    List<String> way = new ArrayList<>();
                    for (String step = here; step != null; step = cameFrom.get(step)) {
                        way.addFirst(step);
                    }
                    return way;
                }
                if (cameFrom.putIfAbsent(next, here) == null) {
                    queue.add(next);
                }
            }
        }
        return List.of();
    }

    private static String describe(Map<String, Map<String, String>> graph, List<String> way) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < way.size(); i++) {
            String next = way.get((i + 1) % way.size());
            text.append(way.get(i)).append(" -(").append(graph.get(way.get(i)).get(next))
                    .append(")-> ");
        }
        return text.append(way.getFirst()).toString();
    }

    private static String packageOf(String source) {
        return source.lines().filter(line -> line.startsWith("package ")).findFirst()
                .map(line -> line.substring("package ".length()).replace(";", "").strip())
                .orElse("");
    }
}
