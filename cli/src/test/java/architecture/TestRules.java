package architecture;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What a test must be. */
final class TestRules {
    private static final String JUPITER = "org.junit.jupiter.";
    private static final String ASSERTIONS = "org.junit.jupiter.api.Assertions";
    private static final Set<String> TEST_ANNOTATIONS = Set.of(JUPITER + "api.Test",
            JUPITER + "api.RepeatedTest", JUPITER + "api.TestFactory",
            JUPITER + "params.ParameterizedTest");
    private static final String NEEDS_KERNEL = "testkit.NeedsKernel";
    private static final String REQUIRES = "testkit.Requires";

    private TestRules() {}

    /** Each test method comes, by way of the tests' own code, to an assertion. */
    static List<String> everyTestAsserts(CodeBase code) {
        Map<String, List<CompiledClass.Method>> bodies = bodies(code.tests());
        Map<String, String> superclasses = code.tests().stream().collect(
                Collectors.toMap(CompiledClass::name, CompiledClass::superclass, (a, b) -> a));
        List<String> violations = new ArrayList<>();
        for (CompiledClass type : code.tests().stream().filter(TestRules::isFound).toList()) {
            for (CompiledClass.Method method : type.methods()) {
                boolean test = method.annotations().stream().anyMatch(TEST_ANNOTATIONS::contains);
                if (test && !asserts(method, bodies, superclasses)) {
                    violations.add(type.name() + "." + method.name()
                            + " asserts nothing: it can only fail by accident");
                }
            }
        }
        return violations;
    }

    /** Surefire runs {@code *Test} only: a test elsewhere would never run. */
    static List<String> everyTestRuns(CodeBase code) {
        return code.tests().stream().filter(TestRules::isFound)
                .filter(type -> type.methods().stream().flatMap(m -> m.annotations().stream())
                        .anyMatch(TEST_ANNOTATIONS::contains))
                .filter(type -> !outermost(type).endsWith("Test") && !hasHeir(code, type))
                .map(type -> type.name() + " has tests, but its name does not end in Test:"
                        + " nothing runs it").toList();
    }

    /** {@code ./test unit} leaves out what needs root by its mark. */
    static List<String> rootIsMarked(CodeBase code) {
        Set<String> marked = code.tests().stream()
                .filter(type -> type.annotations().contains(NEEDS_KERNEL)
                        || type.methods().stream()
                                .anyMatch(method -> method.annotations().contains(NEEDS_KERNEL)))
                .map(TestRules::outermost).collect(Collectors.toSet());
        return code.tests().stream()
                .filter(type -> type.methods().stream().flatMap(method -> method.uses().stream())
                        .anyMatch(use -> use.owner().equals(REQUIRES) && use.name().equals("root")))
                .map(TestRules::outermost).distinct()
                .filter(name -> !marked.contains(name) && name.endsWith("Test"))
                .map(name -> name + " requires root, but has no @NeedsKernel").toList();
    }

    /** Whether JUnit looks at it: an inner class that is not marked is some test's own matter. */
    private static boolean isFound(CompiledClass type) {
        return !type.name().contains("$") || type.annotations().contains(JUPITER + "api.Nested");
    }

    private static boolean hasHeir(CodeBase code, CompiledClass type) {
        return code.tests().stream().anyMatch(other -> other.superclass().equals(type.name())
                || other.references().contains(type.name()));
    }

    private static String outermost(CompiledClass type) {
        int inner = type.name().indexOf('$');
        return inner < 0 ? type.name() : type.name().substring(0, inner);
    }

    private static Map<String, List<CompiledClass.Method>> bodies(List<CompiledClass> tests) {
        Map<String, List<CompiledClass.Method>> bodies = new HashMap<>();
        for (CompiledClass type : tests) {
            for (CompiledClass.Method method : type.methods()) {
                bodies.computeIfAbsent(type.name() + "." + method.name(), key -> new ArrayList<>())
                        .add(method);
            }
        }
        return bodies;
    }

    private static boolean asserts(CompiledClass.Method test,
            Map<String, List<CompiledClass.Method>> bodies, Map<String, String> superclasses) {
        Deque<CompiledClass.Method> queue = new ArrayDeque<>(List.of(test));
        Set<CompiledClass.Method> seen = new HashSet<>(queue);
        while (!queue.isEmpty()) {
            for (CompiledClass.Member use : queue.poll().uses()) {
                if (use.owner().equals(ASSERTIONS)
                        || use.owner().equals("java.lang.AssertionError")) {
                    return true;
                }
                String owner = use.owner();
                while (owner != null && !bodies.containsKey(owner + "." + use.name())) {
                    owner = superclasses.get(owner);
                }
                for (var body : bodies.getOrDefault(owner + "." + use.name(), List.of())) {
                    if (seen.add(body)) {
                        queue.add(body);
                    }
                }
            }
        }
        return false;
    }
}
