package cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import runtime.container.Journal;
import runtime.telemetry.OtlpTracer;
import runtime.telemetry.TraceSettings;
import runtime.trace.Tracer;

/**
 * Where the agent sends its traces: to where its option says, or the variables every OpenTelemetry program
 * obeys.
 */
final class AgentTraces {
    static final String OPTION = "otlp-endpoint";
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    private AgentTraces() {}

    /**
     * Opens the way there; {@link Tracer#OFF} if there is none. A variable may be meant for other programs:
     * one that cannot be followed turns traces off, and the journal says so.
     *
     * @throws UsageException if the option cannot be followed
     */
    static Tracer open(Arguments arguments, Map<String, String> environment, Journal journal)
            throws UsageException, IOException {
        Optional<String> option = arguments.has(OPTION)
                ? Optional.of(arguments.value(OPTION)) : Optional.empty();
        try {
            Optional<TraceSettings> settings = TraceSettings.of(option, environment);
            if (settings.isEmpty()) {
                if (option.isPresent()) {
                    journal.say("traces are off: the variable OTEL_SDK_DISABLED or"
                            + " OTEL_TRACES_EXPORTER says so");
                }
                return Tracer.OFF;
            }
            Tracer tracer = OtlpTracer.open(settings.get(), Jctl.VERSION,
                    Files.readString(HOST_NAME).strip(), journal::say);
            journal.say("traces go to " + settings.get().endpoint());
            return tracer;
        } catch (IllegalArgumentException | IOException refused) {
            if (option.isPresent()) {
                throw new UsageException(refused.getMessage());
            }
            journal.say("traces are off: " + refused.getMessage());
            return Tracer.OFF;
        }
    }
}
