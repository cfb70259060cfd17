package clusterd.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.ContainerTemplate;
import clusterd.model.Desire;
import clusterd.model.Resources;
import clusterd.model.ServiceId;
import clusterd.model.TaskId;
import clusterd.model.TaskTemplate;
import clusterd.session.Assignment;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Placeholders as docker's services have them. */
class PlaceholdersTest {
    private static TaskNames names(int slot) {
        return new TaskNames(new Assignment(new TaskId("t7"), new ServiceId("s1"), "web", slot, Desire.RUNNING,
                TaskTemplate.of(new ContainerTemplate("a", new byte[0]), Resources.of(0, 0)), false, "host-1",
                List.of(), new TreeMap<>(Map.of("tier", "front", "com.example.x", "y"))), "n1");
    }

    @ParameterizedTest
    @CsvSource({"plain,plain", "{{.Service.ID}},s1", "{{.Service.Name}},web", "{{.Node.ID}},n1",
        "{{.Node.Hostname}},host-1", "{{.Task.ID}},t7", "{{.Task.Name}},web.3.t7", "{{ .Task.Slot }},3",
        "a{{.Task.Slot}}b{{.Task.Slot}}c,a3b3c", "{{.Service.Labels.tier}},front",
        "{{.Service.Labels.com.example.x}},y", "'{{index .Service.Labels \"com.example.x\"}}',y",
        "}} alone,}} alone", "{ {.Task.ID}},{ {.Task.ID}}"})
    void aPlaceholderIsItsValue(String text, String expanded) throws Exception {
        assertEquals(expanded, names(3).expand(text));
    }

    @Test
    void aGlobalTaskHasItsNodeInPlaceOfASlot() throws Exception {
        assertEquals("web.n1.t7 n1", names(0).expand("{{.Task.Name}} {{.Task.Slot}}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{.Task.Colour}}", "{{.Service.Labels}}", "{{.Service.Labels.none}}", "{{", "{{}}",
        "{{.Task.ID", "{{.Task.ID.more}}", "{{printf .Task.ID}}", "{{index .Service.Labels}}", "{{{.Task.ID}}}",
        "{{ if true }}"})
    void whatStandsForNothingIsRefused(String text) {
        TemplateException refused = assertThrows(TemplateException.class, () -> names(3).expand(text));
        assertTrue(refused.getMessage().contains(text), refused.getMessage());
    }
}
