package runtime.image;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a container of an image runs unless told otherwise: the {@code config} object of OCI image-spec
 * config.md, with docker's {@code Healthcheck} and {@code Shell}.
 *
 * @param user          {@code name}, {@code uid}, {@code name:group} or {@code uid:gid}; empty is root
 * @param exposedPorts  {@code 80/tcp}
 * @param environment   {@code NAME=value}
 * @param entrypoint    the program with its first arguments, before {@code command}
 * @param command       the default arguments, or the program if there is no entrypoint
 * @param volumes       paths in the container that get a volume
 * @param workingFolder empty means {@code /}
 * @param stopSignal    {@code SIGTERM} or a number; empty means SIGTERM
 * @param shell         of docker's shell form, kept but not used
 */
public record ImageDefaults(String user, SortedSet<String> exposedPorts, List<String> environment,
                            List<String> entrypoint, List<String> command,
                            SortedSet<String> volumes, String workingFolder,
                            Map<String, String> labels, String stopSignal,
                            Optional<HealthCheck> healthCheck, List<String> shell) {

    private static final int COUNT_LIMIT = 10_000;

    /** Nothing set. */
    public static final ImageDefaults NONE = new ImageDefaults("", new TreeSet<>(), List.of(),
            List.of(), List.of(), new TreeSet<>(), "", Map.of(), "", Optional.empty(), List.of());

    /**
     * Docker's {@code HEALTHCHECK}.
     *
     * @param test     {@code NONE}, {@code CMD} and a program, or {@code CMD-SHELL} and a line
     * @param retries  failures in a row that make it unhealthy; 0 means the default
     * @param interval zero means the default, as for all durations here
     */
    public record HealthCheck(List<String> test, Duration interval, Duration timeout,
                              Duration startPeriod, Duration startInterval, int retries) {
    }

    public ImageDefaults {
        environment = List.copyOf(environment);
        entrypoint = List.copyOf(entrypoint);
        command = List.copyOf(command);
        shell = List.copyOf(shell);
        labels = Map.copyOf(labels);
        exposedPorts = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(exposedPorts));
        volumes = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(volumes));
    }

    /** The same with another default program. */
    public ImageDefaults withCommand(List<String> other) {
        return new ImageDefaults(user, exposedPorts, environment, entrypoint, other, volumes,
                workingFolder, labels, stopSignal, healthCheck, shell);
    }

    /** The same with another environment. */
    public ImageDefaults withEnvironment(List<String> other) {
        return new ImageDefaults(user, exposedPorts, other, entrypoint, command, volumes,
                workingFolder, labels, stopSignal, healthCheck, shell);
    }

    static ImageDefaults read(JsonFields fields) throws ImageFormatException {
        Optional<JsonFields> health = fields.optionalObject("Healthcheck");
        return new ImageDefaults(fields.optionalText("User").orElse(""),
                keys(fields, "ExposedPorts"), fields.texts("Env", COUNT_LIMIT),
                fields.texts("Entrypoint", COUNT_LIMIT), fields.texts("Cmd", COUNT_LIMIT),
                keys(fields, "Volumes"), fields.optionalText("WorkingDir").orElse(""),
                fields.textMap("Labels"), fields.optionalText("StopSignal").orElse(""),
                health.isPresent() ? Optional.of(health(health.get())) : Optional.empty(),
                fields.texts("Shell", COUNT_LIMIT));
    }

    private static SortedSet<String> keys(JsonFields fields, String name)
            throws ImageFormatException {
        SortedSet<String> keys = new TreeSet<>();
        Optional<JsonFields> object = fields.optionalObject(name);
        if (object.isPresent()) {
            Iterator<String> names = object.get().node().fieldNames();
            names.forEachRemaining(keys::add);
        }
        if (keys.size() > COUNT_LIMIT) {
            throw fields.invalid(name, "more than " + COUNT_LIMIT + " entries");
        }
        return keys;
    }

    private static HealthCheck health(JsonFields fields) throws ImageFormatException {
        return new HealthCheck(fields.texts("Test", COUNT_LIMIT), duration(fields, "Interval"),
                duration(fields, "Timeout"), duration(fields, "StartPeriod"),
                duration(fields, "StartInterval"),
                Math.toIntExact(Math.clamp(number(fields, "Retries"), 0, Integer.MAX_VALUE)));
    }

    private static Duration duration(JsonFields fields, String name) throws ImageFormatException {
        return Duration.ofNanos(number(fields, name));
    }

    private static long number(JsonFields fields, String name) throws ImageFormatException {
        long number = fields.has(name) ? fields.number(name) : 0;
        if (number < 0) {
            throw fields.invalid(name, number + " is negative");
        }
        return number;
    }

    ObjectNode toNode() {
        ObjectNode node = JsonFields.newObject();
        put(node, "User", user);
        putKeys(node, "ExposedPorts", exposedPorts);
        putList(node, "Env", environment);
        putList(node, "Entrypoint", entrypoint);
        putList(node, "Cmd", command);
        putKeys(node, "Volumes", volumes);
        put(node, "WorkingDir", workingFolder);
        if (!labels.isEmpty()) {
            ObjectNode object = node.putObject("Labels");
            new java.util.TreeMap<>(labels).forEach(object::put);
        }
        put(node, "StopSignal", stopSignal);
        healthCheck.ifPresent(check -> write(check, node.putObject("Healthcheck")));
        putList(node, "Shell", shell);
        return node;
    }

    private static void write(HealthCheck check, ObjectNode node) {
        putList(node, "Test", check.test());
        putNanoseconds(node, "Interval", check.interval());
        putNanoseconds(node, "Timeout", check.timeout());
        putNanoseconds(node, "StartPeriod", check.startPeriod());
        putNanoseconds(node, "StartInterval", check.startInterval());
        if (check.retries() > 0) {
            node.put("Retries", check.retries());
        }
    }

    private static void putNanoseconds(ObjectNode node, String name, Duration duration) {
        if (!duration.isZero()) {
            node.put(name, duration.toNanos());
        }
    }

    private static void put(ObjectNode node, String name, String value) {
        if (!value.isEmpty()) {
            node.put(name, value);
        }
    }

    private static void putList(ObjectNode node, String name, List<String> values) {
        if (!values.isEmpty()) {
            ArrayNode array = node.putArray(name);
            values.forEach(array::add);
        }
    }

    private static void putKeys(ObjectNode node, String name, SortedSet<String> keys) {
        if (!keys.isEmpty()) {
            ObjectNode object = node.putObject(name);
            keys.forEach(object::putObject);
        }
    }
}
