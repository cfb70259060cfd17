package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import runtime.trace.Tracer;

class AgentTracesTest {
    private final List<String> journal = new ArrayList<>();

    private Tracer open(Map<String, String> environment, String... words) throws Exception {
        return AgentTraces.open(ArgumentParser.parse(new AgentCommand().syntax(), words, 0),
                environment, journal::add);
    }

    @Test
    void withoutAWordThereAreNone() throws Exception {
        assertSame(Tracer.OFF, open(Map.of()));
        assertEquals(List.of(), journal);
    }

    @Test
    void anOptionThatCannotBeFollowedIsAnError() {
        assertTrue(assertThrows(UsageException.class,
                () -> open(Map.of(), "--otlp-endpoint", "collector")).getMessage()
                        .contains("'collector'"));
    }

    @Test
    void aVariableThatCannotTurnsThemOffAloud() throws Exception {
        assertSame(Tracer.OFF, open(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "collector")));
        assertTrue(journal.getFirst().startsWith("traces are off: "), journal.toString());
    }

    @Test
    void anOptionThatAVariableTurnsOffIsToldOf() throws Exception {
        assertSame(Tracer.OFF, open(Map.of("OTEL_SDK_DISABLED", "true"),
                "--otlp-endpoint", "http://127.0.0.1:9"));
        assertEquals(1, journal.size(), journal.toString());
    }

    @Test
    void anOptionThatCanBeFollowedIs() throws Exception {
        try (Tracer tracer = open(Map.of(), "--otlp-endpoint", "http://127.0.0.1:9")) {
            assertEquals(0, tracer.counts().get(Tracer.Fate.SENT));
        }
        assertEquals(List.of("traces go to http://127.0.0.1:9"), journal);
    }
}
