package runtime.telemetry;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where spans are sent, decided without any of OpenTelemetry's own classes: with traces off none is loaded.
 *
 * @param endpoint    the collector's address, as the user gave it
 * @param properties  what OpenTelemetry's SDK is told, by its names for properties
 */
public record TraceSettings(String endpoint, Map<String, String> properties) {
    private static final String SPECIFIC = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    private static final String GENERAL = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private static final String PROTOCOL = "http/protobuf";
    /** Of OTLP over HTTP (OTLP specification, "OTLP/HTTP Request"). */
    private static final String PATH = "v1/traces";
    /** Clients choose some of the text; a span of it must not be large. */
    private static final String MOST_CHARACTERS = "1024";

    public TraceSettings {
        properties = Map.copyOf(properties);
    }

    /**
     * What an option and the environment say together ("Environment Variable Specification" of
     * OpenTelemetry); the option is the stronger.
     *
     * @param option      the address of {@code --otlp-endpoint}; empty if it was not given
     * @param environment the process's
     * @return empty if spans are to be sent nowhere
     * @throws IllegalArgumentException in a sentence, if they cannot be sent where and how they should
     */
    public static Optional<TraceSettings> of(Optional<String> option,
            Map<String, String> environment) {
        if (is(environment, "OTEL_SDK_DISABLED", "true")
                || is(environment, "OTEL_TRACES_EXPORTER", "none")) {
            return Optional.empty();
        }
        String specific = environment.getOrDefault(SPECIFIC, "").strip();
        String general = environment.getOrDefault(GENERAL, "").strip();
        String endpoint = option.orElse(specific.isEmpty() ? general : specific);
        if (endpoint.isEmpty() && option.isEmpty()) {
            return Optional.empty();
        }
        String source = option.isPresent() ? "--otlp-endpoint"
                : specific.isEmpty() ? GENERAL : SPECIFIC;
        check(endpoint, source);
        checkProtocol(environment);
        return Optional.of(new TraceSettings(endpoint, properties(environment,
                option.isEmpty() && !specific.isEmpty() ? specific : withPath(endpoint))));
    }

    private static Map<String, String> properties(Map<String, String> environment, String url) {
        Map<String, String> properties = new TreeMap<>();
        properties.put("otel.service.name", "jctl");
        properties.put("otel.span.attribute.value.length.limit", MOST_CHARACTERS);
        environment.forEach((name, value) -> {
            if (name.startsWith("OTEL_") && !value.isBlank()) {
                properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
            }
        });
        if (environment.getOrDefault("OTEL_RESOURCE_ATTRIBUTES", "").contains("service.name=")
                && environment.getOrDefault("OTEL_SERVICE_NAME", "").isBlank()) {
            properties.remove("otel.service.name");
        }
        // Spans are all there is to send, and OTLP over HTTP the way.
        properties.put("otel.metrics.exporter", "none");
        properties.put("otel.logs.exporter", "none");
        properties.put("otel.traces.exporter", "otlp");
        properties.put("otel.exporter.otlp.protocol", PROTOCOL);
        properties.put("otel.exporter.otlp.traces.protocol", PROTOCOL);
        properties.put("otel.exporter.otlp.traces.endpoint", url);
        return properties;
    }

    private static String withPath(String endpoint) {
        return endpoint + (endpoint.endsWith("/") ? "" : "/") + PATH;
    }

    private static void check(String endpoint, String source) {
        try {
            URI address = new URI(endpoint);
            String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
            if ((scheme.equals("http") || scheme.equals("https")) && address.getHost() != null
                    && address.getUserInfo() == null && address.getQuery() == null && address.getFragment() == null) {
                return;
            }
        } catch (URISyntaxException noAddress) {
            throw new IllegalArgumentException(noEndpoint(endpoint, source), noAddress);
        }
        throw new IllegalArgumentException(noEndpoint(endpoint, source));
    }

    private static String noEndpoint(String endpoint, String source) {
        return "traces cannot be sent to '" + endpoint.replaceFirst("//[^/]*@", "//…@") + "': give "
                + source + " an address like http://collector:4318; passwords go into"
                + " OTEL_EXPORTER_OTLP_HEADERS";
    }

    private static void checkProtocol(Map<String, String> environment) {
        for (String name : new String[] {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
                "OTEL_EXPORTER_OTLP_PROTOCOL"}) {
            String protocol = environment.getOrDefault(name, "").strip();
            if (!protocol.isEmpty() && !protocol.equals(PROTOCOL)) {
                throw new IllegalArgumentException("traces cannot be sent by " + protocol + ": set "
                        + name + " to " + PROTOCOL + ", which collectors take at port 4318");
            }
            if (!protocol.isEmpty()) {
                return;
            }
        }
    }

    private static boolean is(Map<String, String> environment, String name, String value) {
        return environment.getOrDefault(name, "").strip().equalsIgnoreCase(value);
    }
}
