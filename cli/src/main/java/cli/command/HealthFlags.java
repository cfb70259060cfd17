package cli.command;

import static api.node.HealthOptions.*;

import api.node.CreateContainerRequest;
import cli.wire.MessageWriter;

/** --health-cmd and its kin. */
final class HealthFlags {
    private static final String[] NAMES = {
        "no-healthcheck", "health-cmd", "health-http", "health-tcp", "health-interval",
        "health-timeout", "health-start-period", "health-start-interval", "health-retries",
    };

    private HealthFlags() {}

    static Syntax addTo(Syntax syntax) {
        return syntax.value("health-cmd", "string", "Command to run in the container to check its health")
                .value("health-http", "string", "PORT[/PATH] that answers 200 to 399 if it is healthy")
                .value("health-tcp", "string", "PORT that takes connections if it is healthy")
                .value("health-interval", "duration", "Time between two checks (default 30s)")
                .value("health-timeout", "duration", "Time after which a check has failed (default 30s)")
                .value("health-retries", "int", "Failures in a row that make it unhealthy (default 3)")
                .value("health-start-period", "duration", "Time to begin in, before failures count")
                .value("health-start-interval", "duration",
                        "Time between two checks in that time (default 5s)")
                .flag("no-healthcheck", "Turn off the image's health check");
    }

    static void add(MessageWriter request, Arguments arguments) throws UsageException {
        boolean any = false;
        for (String name : NAMES) {
            any |= arguments.has(name);
        }
        if (!any) {
            return;
        }
        MessageWriter health = new MessageWriter()
                .flag(DISABLED_FIELD_NUMBER, arguments.isOn("no-healthcheck"))
                .string(COMMAND_FIELD_NUMBER, arguments.value("health-cmd"))
                .string(HTTP_FIELD_NUMBER, arguments.value("health-http"))
                .string(TCP_FIELD_NUMBER, arguments.value("health-tcp"))
                .number(INTERVAL_NANOS_FIELD_NUMBER, arguments.nanos("health-interval"))
                .number(TIMEOUT_NANOS_FIELD_NUMBER, arguments.nanos("health-timeout"))
                .number(START_PERIOD_NANOS_FIELD_NUMBER, arguments.nanos("health-start-period"))
                .number(START_INTERVAL_NANOS_FIELD_NUMBER,
                        arguments.nanos("health-start-interval"));
        if (arguments.has("health-retries")) {
            health.optionalNumber(RETRIES_FIELD_NUMBER, arguments.integer("health-retries"));
        }
        request.message(CreateContainerRequest.HEALTH_FIELD_NUMBER, health);
    }
}
