package runtime.container;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import runtime.image.ImageDefaults;

/** Docker's rules for what runs: entrypoint and arguments, environment. */
final class CommandLine {
    private static final String PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private CommandLine() {}

    /**
     * Program and arguments: a given entrypoint drops the image's Cmd; given arguments replace it.
     *
     * @throws ContainerException if nothing is left to run
     */
    static List<String> of(ContainerOptions options, ImageDefaults defaults)
            throws ContainerException {
        List<String> line = new ArrayList<>(options.entrypoint().orElse(defaults.entrypoint()));
        if (!options.args().isEmpty()) {
            line.addAll(options.args());
        } else if (options.entrypoint().isEmpty()) {
            line.addAll(defaults.command());
        }
        if (line.isEmpty() || line.getFirst().isEmpty()) {
            throw new ContainerException(ContainerException.Reason.INVALID_OPTION,
                    "no command: image " + options.image()
                            + " names none, so give one after the image", 125, null);
        }
        return List.copyOf(line);
    }

    /**
     * The environment: PATH, HOSTNAME, TERM (with a terminal) and HOME as docker sets them, then the
     * image's, then the given ones; a later value takes the place of an earlier one. A given name
     * without {@code =} is taken away.
     */
    static List<String> environment(
            List<String> image, List<String> given, String hostname, String home, boolean terminal) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("PATH", PATH);
        values.put("HOSTNAME", hostname);
        if (terminal) {
            values.put("TERM", "xterm");
        }
        values.put("HOME", home);
        merge(values, image);
        merge(values, given);
        List<String> environment = new ArrayList<>();
        values.forEach((name, value) -> environment.add(name + "=" + value));
        return List.copyOf(environment);
    }

    /** On top of an environment, in place where a name is there already. */
    static List<String> overlaid(List<String> environment, List<String> given) {
        Map<String, String> values = new LinkedHashMap<>();
        merge(values, environment);
        merge(values, given);
        List<String> merged = new ArrayList<>();
        values.forEach((name, value) -> merged.add(name + "=" + value));
        return List.copyOf(merged);
    }

    private static void merge(Map<String, String> values, List<String> entries) {
        for (String entry : entries) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                values.put(entry.substring(0, equals), entry.substring(equals + 1));
            } else if (equals < 0) {
                values.remove(entry);
            }
        }
    }
}
