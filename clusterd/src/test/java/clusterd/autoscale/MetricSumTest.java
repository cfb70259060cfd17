package clusterd.autoscale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.MetricQuery;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MetricSumTest {
    private static final String TEXT = """
            # HELP requests_total Requests.
            # TYPE requests_total counter
            requests_total{code="200",path="/a b"} 1027 1395066363000
            requests_total{code="500", path="/a,b}\\"x\\\\",} 3
            requests_total_max 99
            queue_length 12.47
            \t queue_length{} 1e2
            odd { code = "200" } NaN
            """;

    private static OptionalDouble sum(String text, String name, Map<String, String> labels) {
        MetricSum sum = new MetricSum(new MetricQuery(1, "/", name, new TreeMap<>(labels), false));
        text.lines().forEach(sum::line);
        return sum.value();
    }

    @Test
    void samplesThatHaveTheLabelsAreAddedUp() {
        assertEquals(OptionalDouble.of(1030), sum(TEXT, "requests_total", Map.of()));
        assertEquals(OptionalDouble.of(1027), sum(TEXT, "requests_total", Map.of("code", "200")));
        assertEquals(OptionalDouble.of(3), sum(TEXT, "requests_total", Map.of("path", "/a,b}\"x\\", "code", "500")));
        assertEquals(OptionalDouble.of(112.47), sum(TEXT, "queue_length", Map.of()));
    }

    @Test
    void whatIsNotThereOrIsNoNumberIsNoAnswer() {
        assertEquals(OptionalDouble.empty(), sum(TEXT, "requests", Map.of()));
        assertEquals(OptionalDouble.empty(), sum(TEXT, "queue_length", Map.of("code", "200")));
        assertEquals(OptionalDouble.empty(), sum(TEXT, "odd", Map.of()));
        assertEquals(OptionalDouble.empty(), sum("up +Inf\n", "up", Map.of()));
        assertEquals(OptionalDouble.empty(), sum("up one\nup 1\n", "up", Map.of()));
    }

    @Test
    void rubbishIsSkipped() {
        String alphabet = "up{}=\"\\, \t1.eN#\u00e4";
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            StringBuilder line = new StringBuilder("up");
            for (int i = random.nextInt(20); i > 0; i--) {
                line.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            MetricSum sum = new MetricSum(new MetricQuery(1, "/", "up", new TreeMap<>(), false));
            sum.line(line.toString());
            assertTrue(sum.value().isEmpty() || Double.isFinite(sum.value().getAsDouble()), line.toString());
        }
    }
}
