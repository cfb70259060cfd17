package runtime.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TraceSettingsTest {
    private static final String URL = "otel.exporter.otlp.traces.endpoint";
    private static final Optional<String> NO_OPTION = Optional.empty();

    private static String url(Optional<String> option, Map<String, String> environment) {
        return TraceSettings.of(option, environment).orElseThrow().properties().get(URL);
    }

    @Test
    void withoutAnEndpointThereAreNone() {
        assertEquals(Optional.empty(), TraceSettings.of(NO_OPTION, Map.of()));
        assertEquals(Optional.empty(), TraceSettings.of(NO_OPTION,
                Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", " ", "OTEL_SERVICE_NAME", "x")));
    }

    @Test
    void theOptionIsStrongerThanTheVariables() {
        Map<String, String> environment = Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://general",
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://specific/as/it/is");
        assertEquals("http://specific/as/it/is", url(NO_OPTION, environment));
        assertEquals("http://c:4318/v1/traces", url(Optional.of("http://c:4318"), environment));
        assertEquals("https://c/base/v1/traces", url(Optional.of("https://c/base/"), Map.of()));
        assertEquals("http://general/v1/traces", url(NO_OPTION,
                Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://general")));
    }

    @Test
    void otherVariablesAreHanded() {
        Map<String, String> properties = TraceSettings.of(Optional.of("http://c"), Map.of(
                "OTEL_EXPORTER_OTLP_HEADERS", "key=value", "OTEL_SERVICE_NAME", "edge-7",
                "OTEL_METRICS_EXPORTER", "otlp", "PATH", "/bin")).orElseThrow().properties();
        assertEquals("key=value", properties.get("otel.exporter.otlp.headers"));
        assertEquals("edge-7", properties.get("otel.service.name"));
        assertEquals("none", properties.get("otel.metrics.exporter"), "there are only traces");
        assertNull(properties.get("path"));
    }

    @Test
    void theServicesNameIsJctlUnlessSaid() {
        assertEquals("jctl", TraceSettings.of(Optional.of("http://c"), Map.of()).orElseThrow()
                .properties().get("otel.service.name"));
        assertNull(TraceSettings.of(Optional.of("http://c"),
                Map.of("OTEL_RESOURCE_ATTRIBUTES", "service.name=edge,a=b")).orElseThrow()
                .properties().get("otel.service.name"));
    }

    @Test
    void theVariablesTurnThemOff() {
        for (Map<String, String> off : java.util.List.of(Map.of("OTEL_SDK_DISABLED", "TRUE"),
                Map.of("OTEL_TRACES_EXPORTER", "none"))) {
            assertEquals(Optional.empty(), TraceSettings.of(Optional.of("http://c"), off));
        }
    }

    @Test
    void whatCannotBeFollowedIsASentence() {
        for (String wrong : new String[] {"", "collector:4318", "ftp://c", "http://", "http://a b",
            "http://c?x=1", "/path"}) {
            String message = assertThrows(IllegalArgumentException.class,
                    () -> TraceSettings.of(Optional.of(wrong), Map.of())).getMessage();
            assertTrue(message.contains("'" + wrong + "': give --otlp-endpoint an address like"),
                    message);
        }
        assertTrue(assertThrows(IllegalArgumentException.class, () -> TraceSettings.of(NO_OPTION,
                Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c", "OTEL_EXPORTER_OTLP_PROTOCOL",
                        "grpc"))).getMessage().contains(
                                "set OTEL_EXPORTER_OTLP_PROTOCOL to http/protobuf"));
        assertTrue(TraceSettings.of(NO_OPTION, Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c",
                "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf",
                "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")).isPresent(), "the nearer one counts");
    }
}
