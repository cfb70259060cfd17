package runtime.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.node.Filter;
import io.grpc.StatusRuntimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import runtime.network.NetworkView;

/** {@code --filter} of lists. */
class FilterTermsTest {
    private static List<Filter> filters(String... words) {
        List<Filter> filters = new ArrayList<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            filters.add(Filter.newBuilder().setKey(word.substring(0, equals))
                    .setValue(word.substring(equals + 1)).build());
        }
        return filters;
    }

    private static boolean accepted(Map<String, String> labels, String... words) {
        return new FilterTerms(filters(words), List.of("label", "name")).accept((key, value) ->
                key.equals("label") ? FilterTerms.label(labels, value) : value.equals("web"));
    }

    @Test
    void anUnknownKeyIsRefusedEvenIfThereIsNothingToList() {
        String refusal = assertThrows(StatusRuntimeException.class,
                () -> new VolumeFilters(filters("colour=red"))).getMessage();
        assertTrue(refusal.contains("unknown filter 'colour'; there are name, label, label!, dangling,"
                + " driver, scope"), refusal);
        assertThrows(StatusRuntimeException.class, () -> new VolumeFilters(filters("dangling=maybe")));
        assertThrows(StatusRuntimeException.class,
                () -> new NetworkFilters(filters("type=odd"), Instant.EPOCH));
        assertThrows(StatusRuntimeException.class, () -> new ImageFilters(filters("dangling=x"), null));
    }

    @Test
    void valuesAreAlternativesButLabelsMustAllBeThere() {
        Map<String, String> labels = Map.of("a", "1", "b", "2");
        assertTrue(accepted(labels, "name=db", "name=web"));
        assertFalse(accepted(labels, "name=db"));
        assertTrue(accepted(labels, "label=a", "label=b=2"));
        assertFalse(accepted(labels, "label=a", "label=c"));
        assertFalse(accepted(labels, "label=b=1"));
        assertFalse(accepted(labels, "label=a", "name=db"));
        assertTrue(accepted(labels));
    }

    @Test
    void aNameIsAnExpressionThatFitsSomewhere() {
        assertTrue(NamePattern.fits("we", "web"));
        assertTrue(NamePattern.fits("^web$", "web"));
        assertTrue(NamePattern.fits("^/web$", "web"));
        assertFalse(NamePattern.fits("^we$", "web"));
        assertTrue(NamePattern.fits("w.b|db", "web"));
        assertFalse(NamePattern.fits("[", "web"));
        // Neither takes longer than it should.
        assertFalse(NamePattern.fits("(a*)*(a*)*(a*)*b", "a".repeat(100)));
        assertFalse(NamePattern.fits("((){2147483647}){2147483647}", "web"));
    }

    @Test
    void networks() {
        NetworkView network = new NetworkView("ab".repeat(32), "web", "bridge",
                Optional.of(Instant.EPOCH), false, List.of(), Map.of("tier", "front"), Map.of(),
                List.of());
        for (String holds : List.of("type=custom", "driver=bridge", "name=^web$", "id=abab",
                "label=tier=front", "dangling=true", "scope=local", "until=100")) {
            assertEquals(true, new NetworkFilters(filters(holds), Instant.now()).accept(network), holds);
        }
        for (String fails : List.of("type=builtin", "driver=null", "name=^we$", "id=b", "label=tier=back",
                "dangling=false", "scope=swarm")) {
            assertEquals(false, new NetworkFilters(filters(fails), Instant.now()).accept(network), fails);
        }
    }
}
