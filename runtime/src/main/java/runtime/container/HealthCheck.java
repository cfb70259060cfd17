package runtime.container;

import static runtime.container.ContainerException.Reason.INVALID_OPTION;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import runtime.image.ImageDefaults;

/**
 * How the health of a running container is looked after: docker's {@code HEALTHCHECK} with its standard
 * values, and two probes that need no program in the image.
 *
 * @param kind               what is done
 * @param test               COMMAND: program and arguments, run in the container; HTTP: port and path; TCP: port
 * @param intervalNanos      between two probes
 * @param timeoutNanos       after which a probe has failed
 * @param startPeriodNanos   after the start, in which failures do not count
 * @param startIntervalNanos between two probes in that time
 * @param retries            failures in a row that make it unhealthy
 */
public record HealthCheck(Kind kind, List<String> test, long intervalNanos, long timeoutNanos,
        long startPeriodNanos, long startIntervalNanos, int retries) {

    private static final long STANDARD_INTERVAL_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long STANDARD_TIMEOUT_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long STANDARD_START_INTERVAL_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long SHORTEST_NANOS = Duration.ofMillis(1).toNanos();
    private static final int STANDARD_RETRIES = 3;

    /** What a probe does. */
    public enum Kind {
        /** Runs a program in the container; healthy if it exits with 0. */
        COMMAND,
        /** Fetches a path from the container's address; healthy if the status is 200 to 399. */
        HTTP,
        /** Connects to the container's address; healthy if that works. */
        TCP
    }

    public HealthCheck {
        test = List.copyOf(test);
    }

    /**
     * What a user says of it; zero and empty are not given and leave what the image says.
     *
     * @param disabled --no-healthcheck
     * @param command  --health-cmd, a line for the shell
     * @param http     --health-http: {@code PORT[/PATH]}
     * @param tcp      --health-tcp: {@code PORT}
     */
    public record Options(boolean disabled, String command, String http, String tcp,
            long intervalNanos, long timeoutNanos, long startPeriodNanos, long startIntervalNanos,
            OptionalInt retries) {}

    /**
     * The check of a container.
     *
     * @param options  the user's
     * @param image    the image's
     * @param reachable whether the container will have an address to probe
     * @throws ContainerException with reason INVALID_OPTION if the options contradict each other
     */
    static Optional<HealthCheck> of(Optional<Options> options,
            Optional<ImageDefaults.HealthCheck> image, boolean reachable) throws ContainerException {
        Options given = options.orElse(new Options(false, "", "", "", 0, 0, 0, 0, OptionalInt.empty()));
        check(given, reachable);
        if (given.disabled) {
            return Optional.empty();
        }
        Optional<ImageDefaults.HealthCheck> base = image.filter(each -> !each.test().isEmpty());
        Kind kind = !given.http.isEmpty() ? Kind.HTTP : !given.tcp.isEmpty() ? Kind.TCP : Kind.COMMAND;
        List<String> test = switch (kind) {
            case HTTP -> List.of(given.http);
            case TCP -> List.of(given.tcp);
            case COMMAND -> given.command.isEmpty() ? program(base)
                    : List.of("/bin/sh", "-c", given.command);
        };
        if (test.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new HealthCheck(kind, test,
                first(given.intervalNanos, base.map(ImageDefaults.HealthCheck::interval),
                        STANDARD_INTERVAL_NANOS),
                first(given.timeoutNanos, base.map(ImageDefaults.HealthCheck::timeout),
                        STANDARD_TIMEOUT_NANOS),
                first(given.startPeriodNanos, base.map(ImageDefaults.HealthCheck::startPeriod), 0),
                first(given.startIntervalNanos, base.map(ImageDefaults.HealthCheck::startInterval),
                        STANDARD_START_INTERVAL_NANOS),
                retries(given, base)));
    }

    private static void check(Options given, boolean reachable) throws ContainerException {
        long probes = List.of(given.command, given.http, given.tcp).stream()
                .filter(each -> !each.isEmpty()).count();
        require(probes <= 1, "--health-cmd, --health-http and --health-tcp exclude each other");
        require(!given.disabled || probes == 0, "--no-healthcheck and another --health option"
                + " contradict each other");
        require(given.http.matches("|[0-9]{1,5}(/.*)?") && isPort(given.http.replaceFirst("/.*", "")),
                "--health-http '" + given.http + "' does not look like PORT or PORT/PATH");
        require(isPath(given.http), "--health-http '" + given.http + "': its path is none");
        require(isPort(given.tcp), "--health-tcp '" + given.tcp + "' is no port");
        require(reachable || given.http.isEmpty() && given.tcp.isEmpty(), "--health-http and"
                + " --health-tcp need a network: with --network none use --health-cmd");
        for (long nanos : new long[] {given.intervalNanos, given.timeoutNanos,
            given.startPeriodNanos, given.startIntervalNanos}) {
            require(nanos == 0 || nanos >= SHORTEST_NANOS,
                    "the times of a health check are 0 or at least 1ms");
        }
        require(given.retries.orElse(0) >= 0, "--health-retries cannot be negative");
    }

    private static boolean isPort(String text) {
        return text.isEmpty() || text.matches("[0-9]{1,5}") && Integer.parseInt(text) > 0
                && Integer.parseInt(text) < 65_536;
    }

    private static boolean isPath(String http) {
        try {
            return http.isEmpty() || new java.net.URI("http://host:" + http).getFragment() == null;
        } catch (java.net.URISyntaxException malformed) {
            return false;
        }
    }

    private static void require(boolean holds, String otherwise) throws ContainerException {
        if (!holds) {
            throw new ContainerException(INVALID_OPTION, otherwise, 125, null);
        }
    }

    private static List<String> program(Optional<ImageDefaults.HealthCheck> image) {
        List<String> test = image.map(ImageDefaults.HealthCheck::test).orElse(List.of());
        return switch (test.isEmpty() ? "NONE" : test.getFirst()) {
            case "CMD" -> test.subList(1, test.size());
            case "CMD-SHELL" -> List.of("/bin/sh", "-c", String.join(" ", test.subList(1, test.size())));
            default -> List.of();
        };
    }

    private static long first(long given, Optional<Duration> image, long standard) {
        long said = given != 0 ? given : image.map(Duration::toNanos).orElse(0L);
        return said == 0 ? standard : said;
    }

    private static int retries(Options given, Optional<ImageDefaults.HealthCheck> image) {
        int said = given.retries.orElse(0) > 0 ? given.retries.getAsInt()
                : image.map(ImageDefaults.HealthCheck::retries).orElse(0);
        return said == 0 ? STANDARD_RETRIES : said;
    }
}
