package clusterd.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The names in the code, in the operators' page and in the rules for alerts are the same. */
class AlertsTest {
    private static final Pattern NAME = Pattern.compile("jctl_cluster_[a-z_]+[a-z]");
    private static final Pattern ROW = Pattern.compile("\\| `(jctl_cluster_[a-z_]+)` \\|.*");

    private static Set<String> names(String text) {
        Set<String> names = new TreeSet<>();
        Matcher found = NAME.matcher(text);
        while (found.find()) {
            names.add(found.group());
        }
        return names;
    }

    private static Set<String> told() throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            for (Path each : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
                names.addAll(names(Files.readString(each)));
            }
        }
        return names;
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> rules() throws IOException {
        Map<String, Object> file = (Map<String, Object>) new Load(LoadSettings.builder().build())
                .loadFromString(Files.readString(Path.of("../docs/alerts.yaml")));
        assertEquals(Set.of("groups"), file.keySet());
        Map<String, Object> group = ((List<Map<String, Object>>) file.get("groups")).getFirst();
        assertEquals(Set.of("name", "rules"), group.keySet());
        return (List<Map<String, Object>>) group.get("rules");
    }

    @Test
    void thePageNamesWhatIsTold() throws IOException {
        Set<String> page = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("../docs/OPERATIONS.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                assertTrue(page.add(row.group(1)), "twice: " + line);
            }
        }
        assertEquals(told(), page);
        assertTrue(page.size() > 20, page.toString());
    }

    @Test
    void rulesAreAsPrometheusReadsThemAndAskForWhatIsTold() throws IOException {
        Set<String> told = told();
        Set<Object> alerts = new HashSet<>();
        for (Map<String, Object> rule : rules()) {
            assertTrue(Set.of("alert", "expr", "for", "labels", "annotations").containsAll(rule.keySet()),
                    rule.keySet().toString());
            assertTrue(alerts.add(rule.get("alert")), "twice: " + rule);
            String expression = assertInstanceOf(String.class, rule.get("expr"));
            Set<String> asked = names(expression);
            assertTrue(!asked.isEmpty(), expression);
            asked.forEach(each -> assertTrue(told.contains(each.replaceFirst("_bucket$", "")), each));
            assertEquals(expression.chars().filter(each -> each == '(').count(),
                    expression.chars().filter(each -> each == ')').count(), expression);
            assertTrue(String.valueOf(rule.getOrDefault("for", "1m")).matches("[0-9]+[smh]"), rule.toString());
            assertEquals(Set.of("summary", "description"), ((Map<?, ?>) rule.get("annotations")).keySet());
            assertTrue(Set.of("critical", "warning").contains(((Map<?, ?>) rule.get("labels")).get("severity")),
                    rule.toString());
        }
        assertTrue(alerts.size() >= 5, alerts.toString());
    }
}
